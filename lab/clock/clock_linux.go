package clock

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"time"

	"github.com/tlslab/tlslab/lab/clock/tracer"
)

// self is the running program, also where its file has been replaced.
const self = "/proc/self/exe"

// Available is nil where [Skew] works, and else says what forbids it and what
// to do. It really tries, once a process, and is safe for concurrent use.
var Available = sync.OnceValue(func() error {
	return Probe(func(path string, argv []string, offset time.Duration) (string, error) {
		var stdout bytes.Buffer
		cmd := &exec.Cmd{Path: path, Args: argv, Env: []string{}, Stdout: &stdout}
		refusal, err := Skew(cmd, offset)
		if err != nil {
			return "", err
		}
		err = cmd.Run()
		return stdout.String(), errors.Join(refusal(), err)
	})
})

// Skew changes cmd, which is not yet started, to run the same program with a
// clock that is ahead by offset, and so everything that it starts. The process
// of cmd is then a tracer, see package tracer: it has cmd's folder and
// standard descriptors, it ends with the program and its status, and all that
// it traces ends with it. cmd has an Env and no ExtraFiles.
//
// The caller calls refusal, once, after cmd has ended or could not be started.
// It gives the reason why the program was not run, or nil.
func Skew(cmd *exec.Cmd, offset time.Duration) (refusal func() error, err error) {
	patch, err := Patch(offset)
	if err != nil {
		return nil, err
	}
	said, say, err := os.Pipe()
	if err != nil {
		return nil, err
	}
	cmd.ExtraFiles = []*os.File{say} // becomes tracer.Complaints
	words := []string{tracer.Name, patch.String(), cmd.Path, strconv.Itoa(len(cmd.Args))}
	words = append(words, cmd.Args...)
	cmd.Path, cmd.Args, cmd.Env = self, append(words, cmd.Env...), []string{}
	return func() error {
		defer said.Close()
		_ = say.Close()
		complaint, err := io.ReadAll(said)
		if len(complaint) == 0 {
			return err
		}
		return parse(string(complaint))
	}, nil
}

// complaint is an error of a tracer. It unwraps to its errno.
type complaint struct {
	text  string
	errno syscall.Errno
}

func (c *complaint) Error() string { return c.text }
func (c *complaint) Unwrap() error { return c.errno }

func parse(said string) error {
	number, text, _ := strings.Cut(said, " ")
	errno, err := strconv.Atoi(number)
	if err != nil || errno == 0 {
		return errors.New(text)
	}
	return &complaint{text, syscall.Errno(errno)}
}

// wrong is how far the clock of a [Probe] is off.
const wrong = 1000 * 24 * time.Hour

// Probe tries whether clocks can be set where run runs a program: with argv
// and a clock that is ahead by offset, returning its standard output. The
// error says what forbids it and what to do, and wraps run's.
func Probe(run func(path string, argv []string, offset time.Duration) (stdout string, err error)) error {
	before := time.Now().Unix()
	printed, err := run(self, []string{tracer.Name}, wrong)
	after := time.Now().Unix()
	if err != nil {
		return explain(err, "/proc/sys/kernel/yama/ptrace_scope")
	}
	shown, err := strconv.ParseInt(printed, 10, 64)
	if err != nil {
		return fmt.Errorf("a program that must print its clock printed %q", printed)
	}
	if ahead := int64(wrong / time.Second); shown < before+ahead || shown > after+ahead {
		return fmt.Errorf("a program whose clock should be ahead by %v has one that is ahead by %v",
			wrong, time.Duration(shown-before)*time.Second)
	}
	return nil
}

// explain adds to the error of a clock that could not be set what forbids it,
// where scope is the file of Yama's setting.
func explain(err error, scope string) error {
	if !errors.Is(err, fs.ErrPermission) { // EPERM and EACCES
		return fmt.Errorf("no process's clock can be set: %w", err)
	}
	why := "a seccomp profile, or something that traces this program already; " +
		"in a container, start it with --security-opt seccomp=unconfined"
	if value, readErr := os.ReadFile(scope); readErr == nil {
		if level := strings.TrimSpace(string(value)); level == "2" || level == "3" {
			why = "kernel.yama.ptrace_scope is " + level + ": set it with `sysctl kernel.yama.ptrace_scope=1`, as root" +
				map[string]string{"3": ", in /etc/sysctl.d, and start the machine anew"}[level]
		}
	}
	return fmt.Errorf("no process's clock can be set: ptrace(2) is forbidden by %s (%w)", why, err)
}
