package scenarios

import (
	"fmt"
	"strings"
)

// Middlebox is a device in the path: what it does to a connection, and when.
//
// Names, LargerThan and NewerThan are conditions on the ClientHello (RFC 8446,
// section 4.1.2). All that are set must hold; otherwise the connection passes
// untouched, as does one that begins with no ClientHello.
type Middlebox struct {
	Box BoxKind `json:"box"`

	// At is when it acts. Empty means hello. A slow box has no such moment: it
	// slows the whole connection. Nor has one that corrupts.
	At BoxStage `json:"at,omitempty"`

	// After is how many bytes of what the host writes after its handshake, as
	// they are on the wire, pass before a box at body acts. They count for the
	// whole connection, on which a client may ask more than once. A box that
	// corrupts changes the byte after so many of the connection.
	After int `json:"after,omitempty"`

	// Rate is how many bytes a second a slow box passes towards the client.
	Rate int `json:"rate,omitempty"`

	// Names are the hosts that the box minds, by the name asked for (server
	// name indication, RFC 6066): "proxy.corp.test", "*.corp.test" for
	// everything below a domain, or "*" for every name. Nil means also a
	// ClientHello without a name.
	Names []string `json:"names,omitempty"`

	// LargerThan is the greatest size of a ClientHello, in bytes with its
	// record headers, that the box copes with. Zero means any.
	LargerThan int `json:"larger-than,omitempty"`

	// NewerThan is the newest version of TLS that a client may offer without
	// the box minding. Empty means any.
	NewerThan string `json:"newer-than,omitempty" jsonschema:"enum=1.0,enum=1.1,enum=1.2"`
}

// Stage is when the middlebox acts, with the default filled in. It means
// nothing for a slow one.
func (m Middlebox) Stage() BoxStage {
	if m.At == "" {
		return AtHello
	}
	return m.At
}

// String tells in words what the middlebox does, such as "close at hello where
// the ClientHello is larger than 1500 bytes".
func (m Middlebox) String() string {
	does := fmt.Sprintf("%s at %s", m.Box, m.Stage())
	switch {
	case m.Box == BoxSlow:
		does = fmt.Sprintf("%s, %d bytes a second", m.Box, m.Rate)
	case m.Box == BoxCorrupt:
		does = fmt.Sprintf("%s after %d bytes", m.Box, m.After)
	case m.At == AtBody:
		does += fmt.Sprintf(", after %d bytes", m.After)
	}
	if conditions := m.conditions(); len(conditions) > 0 {
		does += " where the ClientHello " + strings.Join(conditions, " and ")
	}
	return does
}

// conditions tells in words what a ClientHello must be like for the middlebox
// to act; it is empty where every connection will do.
func (m Middlebox) conditions() (list []string) {
	if len(m.Names) > 0 {
		list = append(list, "names "+strings.Join(m.Names, " or "))
	}
	if m.LargerThan > 0 {
		list = append(list, fmt.Sprintf("is larger than %d bytes", m.LargerThan))
	}
	if m.NewerThan != "" {
		list = append(list, "offers a version newer than TLS "+m.NewerThan)
	}
	return list
}

// BoxKind is what a middlebox does to a connection.
type BoxKind string

// The kinds of middlebox.
const (
	BoxReset   BoxKind = "reset"   // sends a TCP reset
	BoxClose   BoxKind = "close"   // closes without a word
	BoxStall   BoxKind = "stall"   // keeps the connection open and passes nothing on
	BoxSlow    BoxKind = "slow"    // passes everything on to the client at a rate
	BoxCorrupt BoxKind = "corrupt" // changes one bit of what it passes on to the client

)

// BoxStage is when a middlebox acts.
type BoxStage string

// The stages of a connection.
const (
	AtAccept    BoxStage = "accept"    // before a byte is read
	AtHello     BoxStage = "hello"     // after the whole ClientHello (the default)
	AtHandshake BoxStage = "handshake" // after the server's first flight
	AtResponse  BoxStage = "response"  // instead of the first bytes that the host writes after its handshake
	AtBody      BoxStage = "body"      // after some bytes of that
)
