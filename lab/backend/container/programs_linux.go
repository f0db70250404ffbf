package container

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"strings"
	"sync"

	"github.com/tlslab/tlslab/lab/backend"
	"github.com/tlslab/tlslab/lab/backend/internal/guest"
)

// inventory is what has been found in images, by their names in Docker.
var inventory struct {
	sync.Mutex
	programs map[string][]string
}

// has are the programs in the image's PATH, nil where that is not known since
// the image is still to be made. A container of it is asked, once a process.
func (m image) has() ([]string, error) {
	if m.programs != nil {
		return m.programs, nil
	}
	if !connected.Load() {
		return nil, nil
	}
	docker, err := docker()
	if err != nil {
		return nil, err
	}
	inventory.Lock()
	defer inventory.Unlock()
	ref := m.ref()
	if found, asked := inventory.programs[ref]; asked {
		return found, nil
	}
	ctx, cancel := context.WithTimeout(context.Background(), callback)
	defer cancel()
	if _, err := docker.ImageInspect(ctx, ref); err != nil {
		return nil, missingIsFine(err)
	}
	found, err := ask(ctx, ref)
	if err != nil {
		return nil, fmt.Errorf("looking for programs in the image %s: %w", m.name, err)
	}
	if inventory.programs == nil {
		inventory.programs = map[string][]string{}
	}
	inventory.programs[ref] = found
	return found, nil
}

// ask lists the folders of an image's PATH.
func ask(ctx context.Context, ref string) (found []string, err error) {
	dir, err := os.MkdirTemp("", "tlslab-container-")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(dir)
	i, err := start(ctx, request{image: ref, name: "client", scratch: dir})
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, i.link.Close(), i.remove()) }()
	var out bytes.Buffer
	_, err = guest.New(i.link).Start(ctx, "ls", backend.Command{ // it fails for a folder that is missing
		Args: append([]string{"ls", "-1"}, strings.Split(systemPath, ":")...), Dir: "/", Env: []string{"PATH=" + systemPath}, Stdout: &out,
	})
	return strings.Fields(out.String()), err
}
