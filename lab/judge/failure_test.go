package judge

import (
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/tlslab/tlslab/scenarios"
)

func TestFailure(t *testing.T) {
	expected := scenarios.Expectations{
		{Stderr: scenarios.Lines{"tls: bad"}, Server: "remote error: tls: bad certificate"},
		{Stderr: scenarios.Lines{"bad"}},
	}
	failed := Run{Exit: 1, Stderr: prefix + "tls: bad\n"}
	notFound := scenarios.Expectations{{Stderr: scenarios.Lines{"dial tcp: lookup proxy.corp.test on 127.0.0.1:53: no such host"}, Server: scenarios.NoServer}}
	unresolved := Run{Exit: 1, Stderr: prefix + notFound[0].Stderr[0] + "\n"}
	works := Run{}
	met := Seen{Connections: 1, Errors: []string{"EOF", "remote error: tls: bad certificate"}}

	tests := map[string]struct {
		expected scenarios.Expectations
		runs     []Run
		seen     Seen
		why      string // a part of it; "" means as expected
	}{
		"as expected":                 {expected, []Run{failed}, met, ""},
		"the second alternative":      {expected, []Run{{Exit: 1, Stderr: prefix + "bad\n"}}, met, ""},
		"none of the alternatives":    {expected, []Run{{Exit: 1, Stderr: prefix + "worse\n"}}, met, `"tls: bad"; or `},
		"another text":                {expected, []Run{{Exit: 1, Stderr: "worse\n"}}, met, `does not end a line in "tls: bad"`},
		"success":                     {expected, []Run{works}, met, "0 of 1 runs failed, expected 1"},
		"one run of three too few":    {expected, []Run{failed, works, failed}, met, "2 of 3 runs failed, expected 3"},
		"one of three, as expected":   {scenarios.Expectations{{Stderr: scenarios.Lines{"tls: bad"}, Runs: 1}}, []Run{works, failed, works}, met, ""},
		"reached nobody":              {expected, []Run{failed}, Seen{}, "reached no host"},
		"the other end disagrees":     {expected, []Run{failed}, Seen{Connections: 1, Errors: []string{"EOF"}}, `expected "remote error: tls: bad certificate"`},
		"reaches nobody, as expected": {scenarios.Expectations{{Stderr: scenarios.Lines{"bad"}, Server: scenarios.NoServer}}, []Run{{Exit: 1, Stderr: prefix + "bad\n"}}, Seen{}, ""},
		"asks the resolver":           {notFound, []Run{unresolved}, Seen{Asked: []string{"proxy.corp.test"}}, ""},
		"asks for another name":       {notFound, []Run{unresolved}, Seen{Asked: []string{"a.test"}}, "never asked the resolver of the world for proxy.corp.test"},
		"reaches somebody":            {scenarios.Expectations{{Stderr: scenarios.Lines{"bad"}, Server: scenarios.NoServer}}, []Run{{Exit: 1, Stderr: prefix + "bad\n"}}, met, "saw 1 connections, expected none"},
		"had the request":             {scenarios.Expectations{{Stderr: scenarios.Lines{"tls: bad"}, Request: "GET /a"}}, []Run{failed}, Seen{Connections: 1, Requests: []string{"GET /", "GET /a"}}, ""},
		"had another request":         {scenarios.Expectations{{Stderr: scenarios.Lines{"tls: bad"}, Request: "GET /b"}}, []Run{failed}, Seen{Connections: 1, Requests: []string{"GET /a"}}, `expected "GET /b"`},
		"only that line":              {scenarios.Expectations{{Stderr: scenarios.Lines{"tls: bad"}, Only: true}}, []Run{failed}, met, ""},
		"not only that line":          {scenarios.Expectations{{Stderr: scenarios.Lines{"tls: bad"}, Only: true}}, []Run{{Exit: 1, Stderr: failed.Stderr + "\nmore\n"}}, met, `also has the line "more"`},
		"hangs":                       {scenarios.Expectations{{Hangs: "12s", Request: "GET /a"}}, []Run{{Exit: 137, Hung: true}}, Seen{Connections: 1, Requests: []string{"GET /a"}}, ""},
		"hangs without having asked":  {scenarios.Expectations{{Hangs: "12s", Request: "GET /a"}}, []Run{{Exit: 137, Hung: true}}, met, `expected "GET /a"`},
		"ends where it should hang":   {scenarios.Expectations{{Hangs: "12s", Request: "GET /a"}}, []Run{failed}, met, "ended by itself with exit status 1"},
		"hangs where it should end":   {expected, []Run{{Exit: 137, Hung: true, Stderr: failed.Stderr}}, met, "had to be killed"},
		"standard output":             {scenarios.Expectations{{Stdout: scenarios.Lines{"x"}}}, []Run{failed}, met, "standard output"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			why := Failure(test.expected, test.runs, test.seen)
			if test.why == "" {
				assert.Empty(t, why)
			} else {
				assert.Contains(t, why, test.why)
			}
		})
	}
}

func TestWanted(t *testing.T) {
	modules := []string{"example.test/hello@v1.0.0", "example.test/other@v1.2.3"}
	tests := map[string]struct {
		command scenarios.Command
		want    []string
	}{
		"get":          {scenarios.Command{"go", "get", "example.test/hello@v1.0.0"}, modules[:1]},
		"mod download": {scenarios.Command{"go", "mod", "download", "example.test/hello@v1.0.0", "example.test/other@v1.2.3"}, modules},
		"a package":    {scenarios.Command{"go", "install", "example.test/hello/cmd/hello@v1.0.0"}, modules[:1]},
		"a neighbour":  {scenarios.Command{"go", "get", "example.test/hello2@v1.0.0", "example.test/hello@v1.0.1"}, nil},
		"mod verify":   {scenarios.Command{"go", "mod", "verify"}, nil},
		"list":         {scenarios.Command{"go", "list", "-m", "example.test/hello@v1.0.0"}, nil},
		"another tool": {scenarios.Command{"curl", "get", "example.test/hello@v1.0.0"}, nil},
		"a bare go":    {scenarios.Command{"go"}, nil},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			assert.Equal(t, test.want, Wanted(test.command, modules))
		})
	}
}
