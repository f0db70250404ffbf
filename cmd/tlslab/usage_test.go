package main

import (
	"io"
	"testing"

	"github.com/stretchr/testify/assert"
)

// Bad usage is an error that says what was expected and where to look, and is
// never taken for a wish for help.
func TestBadUsage(t *testing.T) {
	for _, test := range []struct {
		args []string
		says string
	}{
		{[]string{"show"}, "tlslab show takes one scenario, an ID or a file, and got 0 arguments; tlslab list prints the IDs"},
		{[]string{"export", "nginx", "a", "b", "-o", "x"}, "tlslab export nginx takes one scenario, an ID or a file, and got 2 arguments; tlslab list prints the IDs"},
		{[]string{"export", "apache"}, `tlslab export: unknown command "apache"; tlslab export --help lists them`},
		{[]string{"completion", "tcsh"}, `tlslab completion: unknown command "tcsh"; tlslab completion --help lists them`},
		{[]string{"completion", "bash", "x"}, `tlslab completion bash takes no arguments, and got "x"`},
		{[]string{"doctor", "x"}, `tlslab doctor takes no arguments, and got "x"`},
		{[]string{"help", "nope"}, `unknown command "nope" for "tlslab"`},
		{[]string{"run", "-j", "x"}, "--jobs x: expected a whole number"},
		{[]string{"run", "--json=maybe"}, "--json maybe: expected true or false"},
		{[]string{"run", "--bogus"}, "unknown flag: --bogus; tlslab run --help lists the flags"},
		{[]string{"up", "--port", "99999", "x"}, "--port 99999: expected a number from 0 to 65535"},
		{[]string{"up", "--port", "3128", "--backend", "sandbox", "chain/missing-intermediate"}, "--port 3128: only the host backend has a tunnel with a port; leave it out, or --backend sandbox"},
		{[]string{"up", "--backend", "container", "chain/missing-intermediate"}, "--backend container: another terminal cannot reach into a container by itself; use host or sandbox, or tlslab shell chain/missing-intermediate --backend container"},
	} {
		cmd := root()
		cmd.SetArgs(test.args)
		cmd.SetOut(io.Discard)
		cmd.SetErr(io.Discard)
		assert.EqualError(t, cmd.Execute(), test.says, test.args)
	}
}
