//go:build !linux

package scratch

// endProcesses does nothing: other systems do not tell the environment of a
// process, by which it could be known for sure as one of the lab's.
func endProcesses(string) {}
