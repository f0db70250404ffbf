package scenarios

import "time"

// Scenario is one file of the catalogue: a broken world, the error it gives,
// what ends it and what does not.
type Scenario struct {
	// ID is family/name for the catalogue's own, the path's last element
	// without its extension for a file of the user's.
	ID string `json:"-"`

	// File is the path that the scenario was read from.
	File string `json:"-"`

	// Title is one line: what is broken, in plain words.
	Title string `json:"title"`

	// Cause is the reason, from the closed list of [Causes].
	Cause Cause `json:"cause"`

	// About is the published page: what happens and why, in prose.
	About string `json:"about,omitempty"`

	// Seen links threads in which real people met this.
	Seen []string `json:"seen,omitempty"`

	// World is the broken world.
	World World `json:"world"`

	// Needs says which releases have what this scenario is about. With the
	// others its trials are skipped. Nil means all.
	Needs *Needs `json:"needs,omitempty"`

	// Waits is how long the broken world keeps its command waiting, such as
	// "10s", where that is a time-out and not the command's own work. Its
	// trials, but for the fixes, are played beside the others, since waiting
	// takes no processor.
	Waits string `json:"waits,omitempty"`

	// Fails is what the broken world prints. Empty where Succeeds is set.
	Fails Expectations `json:"fails,omitempty"`

	// Succeeds says that go is not stopped by this world, and why. Such a
	// scenario has no Fails.
	Succeeds string `json:"succeeds,omitempty"`

	// AcceptsTampering says that this world succeeds with another module than
	// the one it is about, and go does not notice. It stands beside Succeeds;
	// a run deviates where the right module arrives.
	AcceptsTampering bool `json:"accepts-tampering,omitempty"`

	// NoClientFix says why nothing on the client's side ends the failure. It
	// stands where no fix is by the client; the myths are its proof.
	NoClientFix string `json:"no-client-fix,omitempty"`

	// Fixes and Myths are in the order of the file, by ID.
	Fixes []Fix  `json:"fixes,omitempty"`
	Myths []Myth `json:"myths,omitempty"`
}

// Expectation is one failure as its two ends tell it.
type Expectation struct {
	// Go bounds the releases that print it, such as ">=1.20" or
	// ">=1.14 <1.20". Empty means every release.
	Go string `json:"go,omitempty"`

	// Stderr is the text that must end a line of standard error. In front of
	// it may stand only what go says of the fetch itself, up to the URL. It
	// holds placeholders where a text varies: {now} for the client's time,
	// {CERT.not-after} and {CERT.not-before} for a certificate's dates,
	// {address} for IP:port, {home} for the client's home folder, {goos} and
	// {goarch} for the system that runs the lab, in go's words.
	// Several lines must each be found. It is in the words of the newest
	// release; [Wordings] gives it those of older ones.
	Stderr Lines `json:"stderr,omitempty"`

	// Stdout is the same for standard output.
	Stdout Lines `json:"stdout,omitempty"`

	// Server is what a host of the world met in the handshake, in crypto/tls's
	// words, such as "remote error: tls: bad certificate". Empty means only
	// that the client must have reached a host, and [NoServer], the word none,
	// that it must have reached none.
	Server string `json:"server,omitempty"`

	// Request is one that a host of the world had, such as "GET /a?b". Empty
	// means that it may have had none.
	Request string `json:"request,omitempty"`

	// Only says that Stderr is all that is printed there.
	Only bool `json:"only,omitempty"`

	// Hangs says that the command does not end by itself: it is still running
	// after so long, such as "12s", and is then killed. What it has printed by
	// then is Stderr. Empty means that it ends.
	Hangs string `json:"hangs,omitempty"`

	// Runs is how many of the client's runs fail. Zero means all.
	Runs int `json:"runs,omitempty"`

	// Succeeds says that the releases within Go are not stopped by the world,
	// and why. It stands beside Go alone.
	Succeeds string `json:"succeeds,omitempty"`
}

// Needs are the releases that have what a scenario is about.
type Needs struct {
	Go      string `json:"go"`      // as [Expectation.Go]
	Because string `json:"because"` // what the others lack
}

// Patience is the longest that one of list says its command hangs. Zero means
// that none of them does; so does a text that is no time, which no loaded
// scenario has.
func (list Expectations) Patience() time.Duration {
	longest := time.Duration(0)
	for _, e := range list {
		hangs, _ := time.ParseDuration(e.Hangs)
		longest = max(longest, hangs)
	}
	return longest
}

// NoServer stands as [Expectation.Server] for a failure before any connection
// to a host of the world: its port refuses, or its name leads nowhere.
const NoServer = "none"

// Expectations are alternatives: one that fits the release must match. A file
// writes a single one without a list.
type Expectations []Expectation

// Lines are lines of text. A file writes a single one without a list.
type Lines []string

// Fix is a change that ends the failure.
type Fix struct {
	ID     string `json:"-"`
	Title  string `json:"title"`           // what is done, as an instruction
	By     Side   `json:"by"`              // who does it
	About  string `json:"about,omitempty"` // what to know of it, in prose
	Change Patch  `json:"change"`

	// Go bounds the releases with which the fix works, as [Expectation.Go]
	// does. With the others it is played as well, and must end nothing. Empty
	// means every release.
	Go string `json:"go,omitempty"`

	// Fails is what the changed world prints with releases that the fix does
	// not work with. For one beyond Go that none of it fits, that is the same
	// as the broken one.
	Fails Expectations `json:"fails,omitempty"`

	// Unsafe names the attacks that get through with the fix in place. A run
	// measures them and deviates where the file says otherwise.
	Unsafe []Attack `json:"unsafe,omitempty"`
}

// Myth is a change that people recommend and that does not help.
type Myth struct {
	ID      string `json:"-"`
	Claim   string `json:"claim"`             // what people say
	Because string `json:"because,omitempty"` // why they think so, and why it is not so
	Change  Patch  `json:"change"`

	// Fails is what the changed world prints. For a release that none of it
	// fits, that is the same as the broken one.
	Fails Expectations `json:"fails,omitempty"`
}

// Side is who carries out a fix.
type Side string

// The sides of a connection, and who stands between.
const (
	ByServer  Side = "server"
	ByClient  Side = "client"
	ByNetwork Side = "network"
)

// Attack is a way to use a fix against the one who applied it.
type Attack string

const (
	// Impostor takes the place of the real servers: same names and ports, a
	// chain from an authority that nobody trusts.
	Impostor Attack = "impostor"

	// Tampering is done by the real servers with their real certificates,
	// which hand out another module zip.
	Tampering Attack = "tampering"
)

// Patch is a change to a world: a JSON Merge Patch (RFC 7396) as JSON text.
type Patch []byte
