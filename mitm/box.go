package mitm

import (
	"fmt"
	"maps"
	"net"
	"slices"
	"strings"
)

// Box is one middlebox: what it does to a connection, and when. Names,
// LargerThan and NewerThan are conditions on the ClientHello: all that are set
// must hold, or the box lets the connection be, as it does with one that begins
// with no ClientHello.
type Box struct {
	Kind string // one of Kinds

	// At is one of Stages; empty means hello. A slow box has none: it slows
	// the whole connection. Nor has one that corrupts.
	At string

	// After is how many bytes of what the host writes after its handshake
	// pass before a box at body acts. One that corrupts counts from the
	// beginning of the connection.
	After int

	// Rate is how many bytes a second a slow box passes to the client.
	Rate int

	Names      Patterns // the names that it minds; nil means any, or none
	LargerThan int      // the greatest size that it copes with, in bytes with record headers; zero means any
	NewerThan  string   // the newest version offered that it copes with, such as "1.2"; empty means any
}

// wrapper is a box in working order: it takes a connection that comes from the
// client's side and returns it as the host's side meets it.
type wrapper func(net.Conn) net.Conn

// kinds makes each kind of box, or says what is wrong with its settings.
var kinds = map[string]func(Box) (wrapper, error){
	"close":   staged(halfCloseAndDrain),
	"corrupt": corrupt,
	"reset":   staged(reset),
	"slow":    slow,
	"stall":   staged(stall),
}

// Kinds are the kinds of box that there are, sorted.
func Kinds() []string { return slices.Sorted(maps.Keys(kinds)) }

// Through puts boxes in the way of connections, the outermost first, which is
// the one next to the client. The function that it returns wraps an accepted
// connection; it does not block and is safe for concurrent use. The wrapped
// connection acts while it is read and written, and its Close ends whatever its
// boxes do. Boxes that act after the handshake have to be told of its end, by
// [Handshaken] and [Asked]. Without boxes connections stay as they are. Errors
// are those of the boxes' own settings.
func Through(boxes ...Box) (func(net.Conn) net.Conn, error) {
	wrappers := make([]wrapper, len(boxes))
	for i, box := range boxes {
		kind, ok := kinds[box.Kind]
		if !ok {
			return nil, fmt.Errorf("middlebox %d: unknown kind %q: expected %s", i+1, box.Kind, strings.Join(Kinds(), ", "))
		}
		wrap, err := kind(box)
		if err == nil {
			wrap, err = conditional(box, wrap)
		}
		if err != nil {
			return nil, fmt.Errorf("middlebox %d (%s): %w", i+1, box.Kind, err)
		}
		wrappers[i] = wrap
	}
	return func(conn net.Conn) net.Conn {
		for _, wrap := range wrappers {
			conn = wrap(conn)
		}
		return conn
	}, nil
}
