// Package judge compares what a command printed with what a scenario expects
// of it. It runs nothing.
package judge

import (
	"regexp"
	"runtime"
	"slices"
	"strings"
	"time"

	"github.com/tlslab/tlslab/certgen"
)

// Context is what the placeholders of an expected text stand for in one run.
type Context struct {
	Set        *certgen.Set // for {CERT.not-after} and {CERT.not-before}
	Home       string       // for {home}
	Dir        string       // the client's folder; Normal has {client} for it
	Start, End time.Time    // bounds of {now}, by the client's clock
}

// head is what may stand on a line before the reason of a failure: what go was
// fetching, up to the URL in quotes, or words that quote no URL at all. Text
// between the URL and the reason, such as "proxyconnect tcp: ", is part of the
// reason: it is another failure. So is what says before a URL that go was
// asking the checksum database, and what says that a server is quoted.
const head = `((?:.*"https?://[^"]*": |[^"]*(?::\s|\t))?)`

// ofSumdb says whether a head tells of a question to the checksum database, as
// in `verifying module: M@V: Get "URL": ` (cmd/go's modfetch.checkModSum).
func ofSumdb(head string) bool {
	return strings.Contains(head, "verifying ") && strings.HasSuffix(head, `": `)
}

// ofServer says whether a head tells that what follows are a server's words and
// not go's (cmd/go's web.HTTPError).
func ofServer(head string) bool { return strings.HasPrefix(head, "\tserver response: ") }

var placeholder = regexp.MustCompile(`\{[^{}]+\}`)

// pattern turns an expected text into an expression for a whole line. Every
// {now} becomes a group, to be compared with the clock.
func (c Context) pattern(expected string) *regexp.Regexp {
	var b strings.Builder
	b.WriteString("^" + head)
	last := 0
	for _, at := range placeholder.FindAllStringIndex(expected, -1) {
		b.WriteString(regexp.QuoteMeta(expected[last:at[0]]))
		b.WriteString(c.stands(expected[at[0]:at[1]]))
		last = at[1]
	}
	b.WriteString(regexp.QuoteMeta(expected[last:]) + "$")
	return regexp.MustCompile(b.String())
}

// stands is the expression that a placeholder stands for. What is no
// placeholder stands for itself.
func (c Context) stands(name string) string {
	switch name {
	case "{now}":
		return `(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:Z|[+-]\d\d:\d\d))`
	case "{address}":
		return `(?:\d+\.\d+\.\d+\.\d+|\[[0-9a-f:]+\]):\d+`
	case "{goos}":
		return runtime.GOOS
	case "{goarch}":
		return runtime.GOARCH
	case "{home}":
		return regexp.QuoteMeta(c.Home)
	}
	cert, date, _ := strings.Cut(strings.Trim(name, "{}"), ".")
	if c.Set != nil {
		if made := c.Set.Certificate(cert); made != nil {
			switch date {
			case "not-after":
				return regexp.QuoteMeta(made.NotAfter.UTC().Format(time.RFC3339))
			case "not-before":
				return regexp.QuoteMeta(made.NotBefore.UTC().Format(time.RFC3339))
			}
		}
	}
	return regexp.QuoteMeta(name)
}

// found says whether expected ends a line of output.
func (c Context) found(expected, output string) bool {
	end := expected[strings.LastIndex(expected, "}")+1:] // stands for itself
	for line := range strings.Lines(output) {
		line = strings.TrimRight(line, "\r\n")
		if !strings.HasSuffix(line, end) {
			continue // most lines, and no pattern was needed to know it
		}
		groups := c.pattern(expected).FindStringSubmatch(line)
		if groups != nil && !ofSumdb(groups[1]) && !ofServer(groups[1]) && c.timely(groups[2:]) {
			return true
		}
	}
	return false
}

// timely says whether each printed time lies within the run, to the second.
func (c Context) timely(printed []string) bool {
	for _, text := range printed {
		at, err := time.Parse(time.RFC3339, text)
		if err != nil || at.Before(c.Start.Truncate(time.Second)) || at.After(c.End) {
			return false
		}
	}
	return true
}

// Missing are the lines of expected that output does not hold.
func (c Context) Missing(expected []string, output string) []string {
	var missing []string
	for _, text := range expected {
		if !c.found(text, output) {
			missing = append(missing, text)
		}
	}
	return missing
}

// Other is the first line of output that none of expected ends; "" where there
// is none.
func (c Context) Other(expected []string, output string) string {
	for line := range strings.Lines(output) {
		line = strings.TrimRight(line, "\r\n")
		ends := func(text string) bool { return c.found(text, line) }
		if line != "" && !slices.ContainsFunc(expected, ends) {
			return line
		}
	}
	return ""
}

// unsolicited is what net/http logs of bytes behind an answer, where it sees
// them before go has ended.
var unsolicited = regexp.MustCompile(`(?m)^Unsolicited response received on idle HTTP channel .*\n`)

var address = regexp.MustCompile(`(?:\d+\.\d+\.\d+\.\d+|\[[0-9a-f:]+\]):\d+`)

// Normal is output with everything in it replaced that differs between two
// runs of the same failure: times of the client's clock, addresses and ports,
// the client's folders, certificates' dates and a checksum database's
// signatures. Outputs of two backends that are
// equal in this form are the same text.
func (c Context) Normal(output string) string {
	output = unsolicited.ReplaceAllString(output, "")
	if c.Home != "" {
		output = strings.ReplaceAll(output, c.Home, "{home}")
	}
	if c.Dir != "" {
		output = strings.ReplaceAll(output, c.Dir, "{client}")
	}
	output = signature.ReplaceAllString(output, "$1{signature}")
	if c.Set != nil {
		for _, name := range c.Set.Names() {
			cert := c.Set.Certificate(name)
			output = strings.ReplaceAll(output, cert.NotAfter.UTC().Format(time.RFC3339), "{"+name+".not-after}")
			output = strings.ReplaceAll(output, cert.NotBefore.UTC().Format(time.RFC3339), "{"+name+".not-before}")
		}
	}
	output = clock.ReplaceAllStringFunc(output, func(text string) string {
		if c.timely([]string{text}) {
			return "{now}"
		}
		return text
	})
	return ReplaceAddresses(output, "{address}")
}

// signature is the last line of a signed note (golang.org/x/mod/sumdb/note).
var signature = regexp.MustCompile(`(?m)^(— \S+ )[A-Za-z0-9+/]+=*$`)

// ReplaceAddresses is text with by in place of each address and port.
func ReplaceAddresses(text, by string) string { return address.ReplaceAllLiteralString(text, by) }

var clock = regexp.MustCompile(Context{}.stands("{now}"))
