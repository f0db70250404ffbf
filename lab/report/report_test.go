package report

import (
	"bytes"
	"encoding/json"
	"encoding/xml"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/tlslab/tlslab/lab"
	"github.com/tlslab/tlslab/lab/toolchain"
	"github.com/tlslab/tlslab/scenarios"
)

func catalogue(t *testing.T) []*scenarios.Scenario {
	all, err := scenarios.Catalogue()
	require.NoError(t, err)
	return all
}

// On anything but a terminal every page is plain and fits 80 columns, but for
// single words, which stay whole so that they can be copied, and what a
// scenario's author has laid out.
func TestPagesFit(t *testing.T) {
	for _, s := range catalogue(t) {
		var out bytes.Buffer
		Page(NewPaper(&out), s)
		page := out.String()
		assert.NotContains(t, page, "\x1b", s.ID)
		for line := range strings.Lines(page) {
			line = strings.TrimRight(line, "\n")
			if strings.Contains(s.About, strings.TrimSpace(line)) {
				continue
			}
			words := strings.Fields(line)
			if utf8.RuneCountInString(line) > 80 {
				assert.LessOrEqual(t, len(words), 2, "%s: %s", s.ID, line)
			}
			assert.Equal(t, strings.TrimRight(line, " "), line, "%s: trailing space", s.ID)
		}
		for _, f := range s.Fixes {
			assert.Contains(t, page, f.ID)
		}
		for _, m := range s.Myths {
			assert.Contains(t, page, m.ID)
		}
	}
}

func TestChainDrawing(t *testing.T) {
	tests := map[string][]string{ // what the drawing of the broken world says
		"chain/missing-intermediate": {"sent           ●  proxy", "missing        ○  intermediate", "trusted        ●  root"},
		"interception/intermediate-not-sent": {
			"what gateway.corp.test sends for *", "sent           ●  re-signed", "missing        ○  gateway", "trusted        ●  root",
		},
		"chain/root-included":            {"sent, trusted  ●  root"},
		"validity/expired-leaf":          {"expired"},
		"names/cn-only":                  {"it has no subject alternative name"},
		"chain/v1-intermediate":          {"X.509 version 1"},
		"chain/path-length":              {"path length 0"},
		"trust/empty-store":              {"the client's own trust store is empty"},
		"chain/intermediate-before-leaf": {"sent as number 2", "sent as number 1"},
		"network/dns-hijack":             {"proxy.corp.test: leads to "},
	}
	byID := map[string]*scenarios.Scenario{}
	for _, s := range catalogue(t) {
		byID[s.ID] = s
	}
	for id, says := range tests {
		require.Contains(t, byID, id)
		var out bytes.Buffer
		NewPaper(&out).world(byID[id].World)
		for _, text := range says {
			assert.Contains(t, out.String(), text, id)
		}
	}
}

func TestReason(t *testing.T) {
	tests := map[string]string{
		`go: m@v1.0.0: Get "https://h/m/@v/v1.0.0.info": tls: bad` + "\n":                                       "tls: bad",
		"go: downloading m v1.0.0\n" + `go: m@v1.0.0: verifying module: m@v1.0.0: Get "https://s/l": x: "y": z`: `x: "y": z`,
		"something else\n": "something else",
		"":                 "",
	}
	for stderr, want := range tests {
		assert.Equal(t, want, Reason(stderr))
	}
}

// The three verdicts look different in every form that is written.
func TestVerdictsAreTold(t *testing.T) {
	s := &scenarios.Scenario{ID: "a/b", Cause: "harmless"}
	fix := &scenarios.Fix{ID: "mend", By: scenarios.ByClient}
	c := lab.Case{Scenario: s, Fix: fix}
	trial := func(v lab.Verdict, why string) lab.Trial {
		return lab.Trial{Scenario: s.ID, Trial: c.Name(), Verdict: v, Why: why, MS: 1500}
	}
	unsafe := trial(lab.AsExpected, "")
	unsafe.Impostor, unsafe.Tampering = lab.Refused, lab.Accepted
	safe := trial(lab.AsExpected, "")
	safe.Impostor, safe.Tampering = lab.Refused, lab.Refused
	trials := []lab.Trial{safe, unsafe, trial(lab.Deviates, "another text"), trial(lab.Skipped, "no such place")}

	var out bytes.Buffer
	table := NewTable(NewPaper(&out))
	for _, tr := range trials {
		table.Add(c, tr)
	}
	table.Summary(7, 1230*time.Millisecond)
	for _, text := range []string{
		"✓ fix", "client   safe\n", "UNSAFE: lets tampering in", "✗ fix", "deviates: another text", "– fix", "skipped: no such place",
		"1 scenario, 4 trials: 2 as expected, 1 deviate, 1 skipped", "7 runs of the command in 1.23s",
	} {
		assert.Contains(t, out.String(), text)
	}

	out.Reset()
	require.NoError(t, WriteJUnit(&out, trials))
	var suites junitSuites
	require.NoError(t, xml.Unmarshal(out.Bytes(), &suites))
	require.Len(t, suites.Suites, 1)
	suite := suites.Suites[0]
	assert.Equal(t, []int{4, 1, 1}, []int{suite.Tests, suite.Failures, suite.Skipped})
	assert.Equal(t, "6.000", suite.Time)
	assert.Equal(t, "another text", suite.Cases[2].Failure.Message)
	assert.Equal(t, "no such place", suite.Cases[3].Skipped.Message)
}

// The same trial with two releases is told apart in every form.
func TestReleasesAreTold(t *testing.T) {
	tools := []lab.Tool{{Path: "/old/go", Version: "go1.14.15"}, {Path: "/go", Version: "go1.26.8"}}
	var out bytes.Buffer
	table := NewTable(NewPaper(&out))
	var trials []lab.Trial
	for i, c := range lab.With(tools, []lab.Case{{Scenario: &scenarios.Scenario{ID: "a/b", Cause: "harmless"}}}) {
		trial := lab.Trial{Scenario: "a/b", Trial: lab.Broken, Go: c.Tool.Version, Verdict: []lab.Verdict{lab.Skipped, lab.AsExpected}[i]}
		table.Add(c, trial)
		trials = append(trials, trial)
	}
	table.Summary(2, time.Second)
	assert.Regexp(t, `(?s)go1\.14\.15 ─+\n\na/b .*go1\.26\.8 ─+\n\na/b `, out.String())
	assert.Contains(t, out.String(), "go1.14.15  0 as expected, 1 skipped\ngo1.26.8   1 as expected\n1 scenario, 2 trials: 1 as expected, 1 skipped\n")

	out.Reset()
	require.NoError(t, WriteJUnit(&out, trials))
	var suites junitSuites
	require.NoError(t, xml.Unmarshal(out.Bytes(), &suites))
	require.Len(t, suites.Suites, 2)
	assert.Equal(t, "go1.14.15/a/b", suites.Suites[0].Name)
	assert.Equal(t, "go1.26.8/a/b", suites.Suites[1].Cases[0].Class)
}

// A fetch that nobody watches is one line at its end.
func TestFetchingIsTold(t *testing.T) {
	var out bytes.Buffer
	tell := Fetching(NewPaper(&out))
	tell(toolchain.Progress{Release: "go1.14.15", Bytes: 1})
	assert.Empty(t, out.String())
	tell(toolchain.Progress{Release: "go1.14.15", Bytes: 123_700_000, Took: 5*time.Second + 1, Done: true})
	assert.Equal(t, "fetched go1.14.15: 123.7 MB in 5s\n", out.String())
}

func TestListJSONHasNoNulls(t *testing.T) {
	var out bytes.Buffer
	require.NoError(t, ListJSON(&out, []*scenarios.Scenario{{ID: "a/b"}}))
	assert.NotContains(t, out.String(), "null")
	require.NoError(t, json.Unmarshal(out.Bytes(), &[]entry{}))
}

func TestWrap(t *testing.T) {
	assert.Equal(t, []string{"one two", "three"}, wrap("one  two three", 8))
	assert.Equal(t, []string{"a", "muchtoolongword", "b"}, wrap("a muchtoolongword b", 5))
	assert.Equal(t, []string{""}, wrap("", 5))
}
