package container

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/containerd/errdefs"
	"github.com/gofrs/flock"
	"github.com/moby/moby/client"

	"github.com/tlslab/tlslab/lab/backend"
	"github.com/tlslab/tlslab/lab/toolchain"
	"github.com/tlslab/tlslab/scenarios"
)

// image is a kind of system that a client can have.
type image struct {
	name     string
	debian   bool     // its trust store is kept as Debian keeps it
	programs []string // what worlds may run in it besides go; nil means what a system has
	recipe   string   // everything that decides what is in it
	possible func() error
	make     func(ctx context.Context, told func(string)) (io.ReadCloser, error) // a tar archive of its files
}

// standard is the image of a world that names none.
const standard = "debian"

var images = map[string]image{
	"scratch": {name: "scratch", programs: []string{}, recipe: scratchRecipe, possible: func() error { return nil }, make: makeScratch},
	"debian":  {name: "debian", debian: true, recipe: debianRecipe, possible: debianPossible, make: makeDebian},
}

// imageName is the image that a world names.
func imageName(w *scenarios.World) string { return string(w.Client.Image) }

// imageOf is the image of that name, or the reason why there is none. A world
// that names none gets an empty system where this machine cannot have Debian.
func imageOf(name string) (image, error) {
	if name == "" {
		if ready(images[standard]) == nil {
			return images[standard], nil
		}
		return images["scratch"], nil
	}
	kind, known := images[name]
	if !known {
		return image{}, fmt.Errorf("no image %q: use %s", name, strings.Join(slices.Sorted(maps.Keys(images)), ", "))
	}
	if err := ready(kind); err != nil {
		return image{}, fmt.Errorf("image %s: %w", name, err)
	}
	return kind, nil
}

// runs says which program of a world the image lacks.
func (m image) runs(w *scenarios.World) error {
	has, err := m.has()
	if err != nil || has == nil {
		return err
	}
	for _, command := range append(slices.Clone(w.Client.Before), w.Client.Run) {
		program := strings.Join(command[:min(1, len(command))], "")
		if program == "" || program == "go" || strings.Contains(program, "/") || slices.Contains(has, program) {
			continue
		}
		return fmt.Errorf("the image %s has no program %s, which the client runs", m.name, program)
	}
	return nil
}

// ref is the image's name in Docker. Another recipe has another.
func (m image) ref() string {
	sum := sha256.Sum256([]byte(runtime.GOARCH + "\n" + m.recipe))
	return fmt.Sprintf("tlslab/%s:%x", m.name, sum[:6])
}

var known struct {
	sync.Mutex
	ready map[string]error
}

// ready says why this machine can neither use nor make an image. It looks once
// a process, and not before that process uses Docker: what a catalogue says of
// itself is the same everywhere.
func ready(m image) error {
	if !connected.Load() {
		return nil
	}
	known.Lock()
	defer known.Unlock()
	if err, tried := known.ready[m.name]; tried {
		return err
	}
	err := m.possible()
	if err != nil {
		docker, dockerErr := docker()
		if dockerErr == nil {
			if _, missing := docker.ImageInspect(context.Background(), m.ref()); missing == nil {
				err = nil
			}
		}
	}
	if known.ready == nil {
		known.ready = map[string]error{}
	}
	known.ready[m.name] = err
	return err
}

var making sync.Mutex // one image at a time

// get gives the image's name in Docker, and makes the image where Docker does
// not have it.
func (m image) get(ctx context.Context) (ref string, err error) {
	docker, err := docker()
	if err != nil {
		return "", err
	}
	ref = m.ref()
	if _, err := docker.ImageInspect(ctx, ref); !errdefs.IsNotFound(err) {
		return ref, explain(err)
	}
	making.Lock()
	defer making.Unlock()
	unlock, err := lockImages(ctx)
	if err != nil {
		return "", err
	}
	defer func() { err = errors.Join(err, unlock()) }()
	if _, err := docker.ImageInspect(ctx, ref); err == nil {
		return ref, nil // another process has made it
	}
	begun := time.Now()
	told := func(text string, done bool) {
		if tell := telling.Load(); tell != nil {
			(*tell)(backend.Making{Image: m.name, Text: text, Took: time.Since(begun), Done: done})
		}
	}
	if err := m.build(ctx, ref, told); err != nil {
		if ctx.Err() != nil {
			return "", context.Cause(ctx)
		}
		return "", fmt.Errorf("making the image %s: %w", m.name, explain(err))
	}
	info, err := docker.ImageInspect(ctx, ref)
	told(fmt.Sprintf("made here as %s, %.1f MB", ref, float64(info.Size)/1e6), true)
	return ref, err
}

// build imports the archive, which keeps modes and owners as they are in it;
// the classic builder loses those of /tmp.
func (m image) build(ctx context.Context, ref string, told func(string, bool)) error {
	docker, err := docker()
	if err != nil {
		return err
	}
	files, err := m.make(ctx, func(text string) { told(text, false) })
	if err != nil {
		return err
	}
	result, err := docker.ImageImport(ctx, client.ImageImportSource{Source: files, SourceName: "-"}, ref,
		client.ImageImportOptions{Changes: []string{"ENV PATH=" + systemPath, "LABEL tlslab.image=" + m.name}})
	if err == nil {
		var said []byte
		said, err = io.ReadAll(result)
		if strings.Contains(string(said), `"error"`) {
			err = errors.Join(err, fmt.Errorf("docker import: %s", said))
		}
		err = errors.Join(err, result.Close())
	}
	return errors.Join(err, files.Close())
}

// lockImages keeps other processes from making an image meanwhile.
func lockImages(ctx context.Context) (unlock func() error, err error) {
	dir, err := toolchain.DefaultDir()
	if err != nil {
		return nil, err
	}
	dir = filepath.Dir(dir)
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, err
	}
	lock := flock.New(filepath.Join(dir, "images.lock"))
	if _, err := lock.TryLockContext(ctx, 100*time.Millisecond); err != nil {
		return nil, err
	}
	return lock.Close, nil
}
