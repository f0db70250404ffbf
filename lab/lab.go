// Package lab plays worlds and judges them: it makes a world's certificates,
// brings its hosts up, runs the real command of its client on a backend, and
// holds what happened against what the scenario says. It is the API that other
// programs import.
//
//	l, err := lab.New(ctx, lab.Options{})
//	defer l.Close()
//	for _, c := range lab.Cases(scenario) {
//		trial, err := l.Play(ctx, c)
//	}
//
// The client's environment is built from nothing, its folders are temporary,
// and nothing listens beyond loopback or a private network namespace.
package lab

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync/atomic"
	"time"

	"github.com/tlslab/tlslab/lab/backend"
	"github.com/tlslab/tlslab/lab/scratch"
	"github.com/tlslab/tlslab/lab/toolchain"
)

// ErrUnavailable is wrapped by every error that says that this machine, and
// not the scenario, is in the way: no go command, no temporary folder, no such
// backend.
var ErrUnavailable = errors.New("this machine cannot")

// Auto is the backend that is the best available one that can play a world.
const Auto = "auto"

// Options configure a lab. The zero value plays with the go command on PATH on
// the best backend.
type Options struct {
	// Go are the go commands to play with: releases, as 1.14.15 or go1.14.15,
	// which are fetched into the lab's cache where they are not there yet;
	// paths; names on PATH; [Local] for the one on PATH. None means that one.
	Go []string

	// Fetching is told about once a second how far a release is that is being
	// fetched. Nil tells nobody.
	Fetching func(toolchain.Progress)

	// Backend is the name of a backend. Empty means [Auto].
	Backend string

	// TempDir is where the lab's temporary folder is made. Empty means TMPDIR,
	// else on Linux a folder in memory where there is a fit one, else
	// [os.TempDir].
	TempDir string

	// Port is the loopback port on which the host backend's tunnel listens.
	// Empty means any free one. Two worlds at once cannot share it.
	Port string
}

// Lab plays worlds. Its methods are safe for concurrent use.
type Lab struct {
	opts     Options
	tools    []Tool
	scratch  *scratch.Dir
	backends []backend.Backend
	passed   []string // backends that Auto passed over, with the reason
	runs     atomic.Int64
	spent    atomic.Int64 // nanoseconds
}

// New makes a lab. It finds the go commands and fetches those that are not here
// yet, sweeps what killed processes left and, for [Auto], tries which backends
// work here. An error wraps [ErrUnavailable], but for a release that is none
// and a backend that is unknown.
func New(ctx context.Context, opts Options) (_ *Lab, err error) {
	l := &Lab{opts: opts}
	if l.scratch, err = scratch.Open(opts.TempDir); err != nil {
		return nil, fmt.Errorf("%w: %w", ErrUnavailable, err)
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, l.Close())
		}
	}()
	find := finder{dir: filepath.Join(l.scratch.Path(), "tools"), fetched: opts.Fetching}
	if l.tools, err = find.findAll(ctx, opts.Go); err != nil {
		return nil, err
	}
	if err := l.chooseBackends(ctx); err != nil {
		return nil, err
	}
	return l, os.Mkdir(l.caches(), 0o700)
}

// Close removes everything that the lab has made, and what its backends keep
// ready for the next world. Worlds must be closed before.
func (l *Lab) Close() error {
	var errs []error
	for _, b := range l.closable() {
		if c, ok := b.(io.Closer); ok {
			errs = append(errs, c.Close())
		}
	}
	return errors.Join(append(errs, l.scratch.Close())...)
}

// Tool is the go command of what is not told to use another: the first.
func (l *Lab) Tool() Tool { return l.tools[0] }

// Tools are the go commands that the lab plays with, in the order of
// [Options.Go].
func (l *Lab) Tools() []Tool { return slices.Clone(l.tools) }

// caches is the folder with a GOCACHE for each of the lab's releases.
func (l *Lab) caches() string { return filepath.Join(l.scratch.Path(), "gocache") }

// Runs counts the commands that have been played and judged, attacks included.
func (l *Lab) Runs() int64 { return l.runs.Load() }

// Spent is how long all commands of worlds took together, those that prepare
// and those of attacks included, each from its start to its end.
func (l *Lab) Spent() time.Duration { return time.Duration(l.spent.Load()) }

// Backend says which backend plays, and why not a better one. For [Auto] it is
// the first choice; a world that it cannot express goes to the next.
func (l *Lab) Backend() (name, why string) {
	return l.backends[0].Name(), strings.Join(l.passed, "; ")
}
