package resolver

import (
	"errors"
	"io"
	"net"
	"strings"
	"sync"

	"github.com/miekg/dns"
)

// Server answers over UDP and TCP until it is closed. Its methods are safe for
// concurrent use.
type Server struct {
	zone    Zone
	servers []*dns.Server
	running sync.WaitGroup

	mu      sync.Mutex
	queries []Query
	errs    []error
}

// Query is one question that a client asked.
type Query struct {
	Name   string // in small letters, without the final dot
	Type   string // such as AAAA
	Answer string // what it was told: addresses, NOERROR for none, or a failure such as NXDOMAIN; empty for nothing
}

// bound is how many queries are kept: the first ones.
const bound = 256

// Serve starts a server on two sockets, which are its own from then on.
func Serve(packets net.PacketConn, stream net.Listener, zone Zone) *Server {
	s := &Server{zone: zone}
	for _, d := range []*dns.Server{{PacketConn: packets}, {Listener: stream}} {
		started := make(chan struct{})
		d.Handler = dns.HandlerFunc(s.serve)
		d.NotifyStartedFunc = func() { close(started) }
		s.servers = append(s.servers, d)
		s.running.Go(func() { s.fail(d.ActivateAndServe()) })
		<-started // Shutdown refuses what has not
	}
	return s
}

func (s *Server) fail(err error) {
	if err == nil || errors.Is(err, net.ErrClosed) || errors.Is(err, io.EOF) {
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.errs = append(s.errs, err)
}

// serve answers a request, or does not.
func (s *Server) serve(w dns.ResponseWriter, request *dns.Msg) {
	if len(request.Question) != 1 {
		return
	}
	reply := s.zone.answer(request)
	s.keep(request.Question[0], reply)
	if reply == nil {
		return
	}
	if _, ok := w.RemoteAddr().(*net.UDPAddr); ok {
		reply.Truncate(room(request))
	}
	_ = w.WriteMsg(reply) // a client that is gone needs no answer
}

// room is how many bytes of a UDP message a client can take (RFC 6891, section
// 6.2.3).
func room(request *dns.Msg) int {
	if edns := request.IsEdns0(); edns != nil {
		return max(dns.MinMsgSize, int(edns.UDPSize()))
	}
	return dns.MinMsgSize
}

func (s *Server) keep(question dns.Question, reply *dns.Msg) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.queries) < bound {
		s.queries = append(s.queries, Query{plain(question.Name), dns.Type(question.Qtype).String(), told(reply)})
	}
}

// told says what a reply tells.
func told(reply *dns.Msg) string {
	if reply == nil {
		return ""
	}
	var addresses []string
	for _, record := range reply.Answer {
		switch record := record.(type) {
		case *dns.A:
			addresses = append(addresses, record.A.String())
		case *dns.AAAA:
			addresses = append(addresses, record.AAAA.String())
		}
	}
	if addresses != nil {
		return strings.Join(addresses, " ")
	}
	return dns.RcodeToString[reply.Rcode]
}

// Queries are the first that were asked, in their order.
func (s *Server) Queries() []Query {
	s.mu.Lock()
	defer s.mu.Unlock()
	return append([]Query(nil), s.queries...)
}

// Close ends the server and every connection of it, and returns what went
// wrong with its sockets while it ran.
func (s *Server) Close() error {
	for _, d := range s.servers {
		_ = d.Shutdown() // twice is an error of its own, and no harm
	}
	s.running.Wait()
	s.mu.Lock()
	defer s.mu.Unlock()
	return errors.Join(s.errs...)
}
