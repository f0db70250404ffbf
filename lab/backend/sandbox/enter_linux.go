package sandbox

import "strconv"

// Enter is the command by which another terminal gets into the sandbox; what
// is to be run there follows it. It ends with the machine, and with the next
// command that Run runs.
func (m *machine) Enter() []string {
	return []string{
		"nsenter", "--target", strconv.Itoa(m.cmd.Process.Pid),
		"--user", "--mount", "--net", "--pid", "--ipc", "--uts", "--preserve-credentials", "--",
	}
}
