package endpoint

import (
	"slices"
	"strings"
	"sync"
)

// ledger is where evidence is written down. Its methods, and those of its
// records, are safe for concurrent use.
type ledger struct {
	mu          sync.Mutex
	connections int
	records     []*record
	errors      []string
}

// record is the evidence of one connection.
type record struct {
	ledger     *ledger
	connection Connection
}

// connection begins a record. One that is over the bound is kept by nobody.
func (l *ledger) connection(backend int) *record {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.connections++
	r := &record{ledger: l, connection: Connection{Backend: backend}}
	if len(l.records) < bound {
		l.records = append(l.records, r)
	}
	return r
}

func (l *ledger) failed(message string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if len(l.errors) < bound {
		l.errors = append(l.errors, message)
	}
}

// Write takes what net/http logs: the panics of handlers. What follows the
// first line is a stack.
func (l *ledger) Write(message []byte) (int, error) {
	line, _, _ := strings.Cut(string(message), "\n")
	l.failed(line)
	return len(message), nil
}

// snapshot shares nothing with the ledger that still changes.
func (l *ledger) snapshot() Evidence {
	l.mu.Lock()
	defer l.mu.Unlock()
	e := Evidence{
		Connections: l.connections,
		Dropped:     l.connections - len(l.records),
		Errors:      slices.Clone(l.errors),
	}
	for _, r := range l.records {
		c := r.connection
		c.Requests = slices.Clone(c.Requests)
		e.Seen = append(e.Seen, c)
	}
	return e
}

func (r *record) update(change func(*Connection)) {
	r.ledger.mu.Lock()
	defer r.ledger.mu.Unlock()
	change(&r.connection)
}

// request notes a request and returns how to note its status.
func (r *record) request(request string) (answered func(status int)) {
	index := -1
	r.update(func(c *Connection) {
		if len(c.Requests) == bound {
			c.Dropped++
			return
		}
		index = len(c.Requests)
		c.Requests = append(c.Requests, Request{Request: request})
	})
	return func(status int) {
		r.update(func(c *Connection) {
			if index >= 0 {
				c.Requests[index].Status = status
			}
		})
	}
}
