//go:build !linux

package backend

import "os/exec"

// No other system kills a child with its parent.
func dieWithParent(*exec.Cmd) {}

// Without waitid there is no moment at which a group whose leader has ended
// can be killed safely; what is left of it goes when ctx ends, or by itself.
func endGroup(*exec.Cmd) {}
