package endpoint

import "slices"

// Evidence is what a host has seen of its clients.
type Evidence struct {
	// Connections is how many were accepted. Seen has the first of them, in
	// their order, and Dropped counts those that it leaves out.
	Connections int          `json:"connections"`
	Seen        []Connection `json:"seen,omitempty"`
	Dropped     int          `json:"dropped,omitempty"`

	// Queries are the first questions about the host's name that the world's
	// resolver was asked, in their order.
	Queries []Query `json:"queries,omitempty"`

	// Errors are the lab's own and not the client's: a handler that failed, or
	// a listener. Only the first are kept.
	Errors []string `json:"errors,omitempty"`
}

// Query is one question about a name.
type Query struct {
	Type   string `json:"type"`             // such as AAAA
	Answer string `json:"answer,omitempty"` // addresses or a code such as NXDOMAIN; empty for no answer at all
}

// Connection is one connection as its host saw it. What did not happen is left
// empty.
type Connection struct {
	Backend int `json:"backend,omitempty"` // which machine took it, from 1, where there are several

	// From the ClientHello (RFC 8446, section 4.1.2).
	SNI      string   `json:"sni,omitempty"`      // the name that was asked for
	Versions []string `json:"versions,omitempty"` // offered, such as 1.3
	Offers   []string `json:"offers,omitempty"`   // protocols by ALPN
	Hello    int      `json:"hello,omitempty"`    // size in bytes, with record headers

	// What the host answered, where it did not refuse at once.
	Version   string   `json:"version,omitempty"`   // such as 1.3
	Cipher    string   `json:"cipher,omitempty"`    // the IANA name
	ALPN      string   `json:"alpn,omitempty"`      // the protocol chosen
	Presented []string `json:"presented,omitempty"` // the chain, by the set's names

	// Error is how the handshake failed in crypto/tls's words. "remote error:"
	// is in front of an alert that the client sent.
	Error string `json:"error,omitempty"`

	// Requests are the first ones, in their order; Dropped counts the others.
	Requests []Request `json:"requests,omitempty"`
	Dropped  int       `json:"dropped,omitempty"`
}

// Request is one HTTP request.
type Request struct {
	Request string `json:"request"`          // method and target, such as "GET /a?b"
	Status  int    `json:"status,omitempty"` // of the answer; zero while there is none
}

// The number of connections, of requests of each, and of errors that are kept.
const bound = 32

// Merge is the evidence of two ports of one host: e's and then o's, within the
// same bounds. Neither is changed.
func (e Evidence) Merge(o Evidence) Evidence {
	merged := Evidence{
		Connections: e.Connections + o.Connections,
		Seen:        slices.Concat(e.Seen, o.Seen),
		Dropped:     e.Dropped + o.Dropped,
		Queries:     slices.Concat(e.Queries, o.Queries),
		Errors:      slices.Concat(e.Errors, o.Errors),
	}
	if extra := len(merged.Seen) - bound; extra > 0 {
		merged.Seen = merged.Seen[:bound]
		merged.Dropped += extra
	}
	merged.Queries = merged.Queries[:min(len(merged.Queries), bound)]
	merged.Errors = merged.Errors[:min(len(merged.Errors), bound)]
	return merged
}
