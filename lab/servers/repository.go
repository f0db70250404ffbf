package servers

import (
	"bytes"
	"fmt"
	"io"
	"os"
	"os/exec"
	"slices"

	"golang.org/x/mod/semver"
)

// makeRepository makes a bare repository in dir with one commit and one tag a
// version, oldest first. Everything in it follows from the versions, so that
// their commits have the same hashes wherever they are made.
func makeRepository(git, dir string, versions []Module) error {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return err
	}
	if err := runGit(git, dir, nil, "init", "--quiet", "--bare", "--initial-branch=main", "--template="); err != nil {
		return err
	}
	return runGit(git, dir, history(versions), "fast-import", "--quiet")
}

// history is the repository's content as git-fast-import(1) reads it.
func history(versions []Module) io.Reader {
	var b bytes.Buffer
	oldestFirst := func(a, b Module) int { return semver.Compare(a.Version, b.Version) }
	for _, m := range slices.SortedFunc(slices.Values(versions), oldestFirst) {
		fmt.Fprintf(&b, "commit refs/heads/main\ncommitter Lab <lab@example.test> %d +0000\n", committed.Unix())
		writeData(&b, []byte(m.Version))
		b.WriteString("deleteall\n")
		for _, f := range m.files {
			fmt.Fprintf(&b, "M 100644 inline %s\n", f.name)
			writeData(&b, f.data)
		}
		fmt.Fprintf(&b, "reset refs/tags/%s\nfrom refs/heads/main\n\n", m.Version)
	}
	return &b
}

func writeData(b *bytes.Buffer, data []byte) {
	fmt.Fprintf(b, "data %d\n%s\n", len(data), data)
}

func runGit(git, dir string, stdin io.Reader, args ...string) error {
	cmd := exec.Command(git, args...)
	cmd.Dir, cmd.Env, cmd.Stdin = dir, gitEnv(dir), stdin
	if out, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("%s %s: %w: %s", git, args[0], err, bytes.TrimSpace(out))
	}
	return nil
}

// gitEnv is an environment in which no configuration of the user's or the
// system's has a say, and in which it does not matter whose dir is.
func gitEnv(dir string) []string {
	return []string{
		"PATH=" + os.Getenv("PATH"),
		"HOME=" + dir,
		"LC_ALL=C",
		"GIT_CONFIG_NOSYSTEM=1",
		"GIT_CONFIG_GLOBAL=" + os.DevNull,
		"GIT_CONFIG_COUNT=1",
		"GIT_CONFIG_KEY_0=safe.directory",
		"GIT_CONFIG_VALUE_0=*",
	}
}
