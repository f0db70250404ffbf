package report

import (
	"encoding/xml"
	"fmt"
	"io"
	"slices"

	"github.com/tlslab/tlslab/lab"
)

// The JUnit form that CI systems read: a suite a scenario and release, a case a
// trial.
type (
	junitSuites struct {
		XMLName xml.Name      `xml:"testsuites"`
		Suites  []*junitSuite `xml:"testsuite"`
	}
	junitSuite struct {
		Name     string      `xml:"name,attr"`
		Tests    int         `xml:"tests,attr"`
		Failures int         `xml:"failures,attr"`
		Skipped  int         `xml:"skipped,attr"`
		Time     string      `xml:"time,attr"` // seconds
		Cases    []junitCase `xml:"testcase"`
		ms       float64
	}
	junitCase struct {
		Class   string        `xml:"classname,attr"`
		Name    string        `xml:"name,attr"`
		Time    string        `xml:"time,attr"` // seconds
		Failure *junitMessage `xml:"failure"`
		Skipped *junitMessage `xml:"skipped"`
		Err     string        `xml:"system-err,omitempty"`
	}
	junitMessage struct {
		Message string `xml:"message,attr"`
	}
)

// WriteJUnit writes trials as a JUnit XML file.
func WriteJUnit(w io.Writer, trials []lab.Trial) error {
	suites := junitSuites{}
	byID := map[string]*junitSuite{}
	several := slices.ContainsFunc(trials, func(t lab.Trial) bool { return t.Go != trials[0].Go })
	for _, t := range trials {
		name := t.Scenario
		if several {
			name = t.Go + "/" + t.Scenario
		}
		suite := byID[name]
		if suite == nil {
			suite = &junitSuite{Name: name}
			byID[name] = suite
			suites.Suites = append(suites.Suites, suite)
		}
		suite.add(t)
	}
	if _, err := io.WriteString(w, xml.Header); err != nil {
		return err
	}
	encoder := xml.NewEncoder(w)
	encoder.Indent("", "  ")
	if err := encoder.Encode(suites); err != nil {
		return err
	}
	_, err := io.WriteString(w, "\n")
	return err
}

func (s *junitSuite) add(t lab.Trial) {
	c := junitCase{Class: s.Name, Name: t.Trial + " (" + t.Backend + ", " + t.Go + ")", Time: seconds(t.MS), Err: t.Stderr}
	switch t.Verdict {
	case lab.Deviates:
		s.Failures++
		c.Failure = &junitMessage{t.Why}
	case lab.Skipped:
		s.Skipped++
		c.Skipped = &junitMessage{t.Why}
	}
	s.Tests++
	s.ms += t.MS
	s.Time = seconds(s.ms)
	s.Cases = append(s.Cases, c)
}

func seconds(ms float64) string { return fmt.Sprintf("%.3f", ms/1000) }
