package lab

import (
	"context"
	"fmt"
	"os/exec"
	"path/filepath"
	"strings"

	"github.com/tlslab/tlslab/lab/client"
)

// Tool is a go command.
type Tool struct {
	Path    string // absolute
	Version string // as "go1.26.8"; "unknown" where the command does not tell
}

// findTool looks the command up and asks it for its release, in a home of its
// own at dir. A command that answers nonsense is used all the same: the trials
// show what it is.
func findTool(ctx context.Context, name, dir string) (Tool, error) {
	if name == "" {
		name = "go"
	}
	path, err := exec.LookPath(name)
	if err == nil {
		path, err = filepath.Abs(path)
	}
	if err != nil {
		return Tool{}, fmt.Errorf("%w find the go command: %w; install Go or put it on PATH", ErrUnavailable, err)
	}
	asking, err := client.Bare(dir, client.Path(path))
	if err != nil {
		return Tool{}, err
	}
	cmd := exec.CommandContext(ctx, path, "version")
	cmd.Env, cmd.Dir = asking.Env(), asking.Work()
	out, err := cmd.Output()
	if err := ctx.Err(); err != nil {
		return Tool{}, err
	}
	tool := Tool{Path: path, Version: "unknown"}
	if fields := strings.Fields(string(out)); err == nil && len(fields) > 2 && fields[0] == "go" && fields[1] == "version" {
		tool.Version = fields[2]
	}
	return tool, nil
}
