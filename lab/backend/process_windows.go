package backend

import (
	"os"
	"os/exec"
)

// Windows has no process groups that are killed as one.
func ownGroup(*exec.Cmd) {}

func killGroup(leader *os.Process) error { return leader.Kill() }

func exitStatus(state *os.ProcessState) int { return state.ExitCode() }
