package resolver

import (
	"context"
	"errors"
	"net"
	"net/netip"
	"strings"
	"sync"
	"testing"

	"github.com/miekg/dns"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"github.com/tlslab/tlslab/scenarios"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

var (
	good = netip.MustParseAddr("198.18.0.1")
	dead = netip.MustParseAddr("192.0.2.66")
	six  = netip.MustParseAddr("2001:db8::1")
)

// many is an answer that does not fit into 512 bytes.
func many() (addresses []netip.Addr) {
	for i := range 60 {
		addresses = append(addresses, netip.AddrFrom4([4]byte{192, 0, 2, byte(i)}))
	}
	return addresses
}

var zone = Zone{
	"proxy.corp.test":  {Addresses: []netip.Addr{six, dead, good}},
	"broken.corp.test": {Fault: scenarios.ServFail},
	"gone.corp.test":   {Fault: scenarios.NXDomain},
	"silent.corp.test": {Fault: scenarios.NoAnswer},
	"empty.corp.test":  {},
	"many.corp.test":   {Addresses: many()},
}

// serve starts a server on one port of both protocols.
func serve(t testing.TB, zone Zone) (s *Server, address string) {
	t.Helper()
	stream, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	packets, err := net.ListenPacket("udp", stream.Addr().String())
	require.NoError(t, err)
	s = Serve(packets, stream, zone)
	t.Cleanup(func() { assert.NoError(t, s.Close()) })
	return s, stream.Addr().String()
}

func ask(t testing.TB, network, address, name string, kind uint16) *dns.Msg {
	t.Helper()
	client := &dns.Client{Net: network}
	reply, _, err := client.Exchange(new(dns.Msg).SetQuestion(name, kind), address)
	require.NoError(t, err)
	return reply
}

func TestAnswers(t *testing.T) {
	t.Parallel()
	s, address := serve(t, zone)
	for _, test := range []struct {
		name, question string
		kind           uint16
		rcode          int
		answer         string // of the evidence
	}{
		{"IPv4, in order", "proxy.corp.test.", dns.TypeA, dns.RcodeSuccess, "192.0.2.66 198.18.0.1"},
		{"IPv6", "proxy.corp.test.", dns.TypeAAAA, dns.RcodeSuccess, "2001:db8::1"},
		{"a name in capitals", "PROXY.Corp.Test.", dns.TypeAAAA, dns.RcodeSuccess, "2001:db8::1"},
		{"no such record", "proxy.corp.test.", dns.TypeMX, dns.RcodeSuccess, "NOERROR"},
		{"no address", "empty.corp.test.", dns.TypeA, dns.RcodeSuccess, "NOERROR"},
		{"said not to exist", "gone.corp.test.", dns.TypeA, dns.RcodeNameError, "NXDOMAIN"},
		{"unknown", "example.com.", dns.TypeA, dns.RcodeNameError, "NXDOMAIN"},
		{"below a host", "www.proxy.corp.test.", dns.TypeA, dns.RcodeNameError, "NXDOMAIN"},
		{"fails", "broken.corp.test.", dns.TypeA, dns.RcodeServerFailure, "SERVFAIL"},
	} {
		for _, network := range []string{"udp", "tcp"} {
			before := len(s.Queries())
			reply := ask(t, network, address, test.question, test.kind)
			assert.Equal(t, test.rcode, reply.Rcode, "%s over %s", test.name, network)
			assert.True(t, reply.Authoritative && reply.RecursionAvailable, test.name)
			kind := dns.Type(test.kind).String()
			asked := strings.ToLower(strings.TrimSuffix(test.question, "."))
			assert.Equal(t, []Query{{asked, kind, test.answer}}, s.Queries()[before:], "%s over %s", test.name, network)
			for _, record := range reply.Answer {
				assert.Equal(t, test.question, record.Header().Name, "the name as it was asked")
				assert.Zero(t, record.Header().Ttl)
			}
		}
	}
}

// TestNoAnswer asks for a silent name and then for another over one
// connection: the answer that comes is the second one's.
func TestNoAnswer(t *testing.T) {
	t.Parallel()
	s, address := serve(t, zone)
	for _, network := range []string{"udp", "tcp"} {
		conn, err := dns.Dial(network, address)
		require.NoError(t, err)
		defer conn.Close()
		for _, name := range []string{"silent.corp.test.", "proxy.corp.test."} {
			require.NoError(t, conn.WriteMsg(new(dns.Msg).SetQuestion(name, dns.TypeA)))
		}
		reply, err := conn.ReadMsg()
		require.NoError(t, err)
		assert.Equal(t, "proxy.corp.test.", reply.Question[0].Name, network)
	}
	assert.Contains(t, s.Queries(), Query{"silent.corp.test", "A", ""})
}

// TestTruncation asks for more than a UDP message holds, as clients without
// and with EDNS do (RFC 6891).
func TestTruncation(t *testing.T) {
	t.Parallel()
	_, address := serve(t, zone)
	reply := ask(t, "udp", address, "many.corp.test.", dns.TypeA)
	assert.True(t, reply.Truncated)
	assert.Less(t, len(reply.Answer), 60)
	reply = ask(t, "tcp", address, "many.corp.test.", dns.TypeA)
	assert.False(t, reply.Truncated)
	assert.Len(t, reply.Answer, 60)

	request := new(dns.Msg).SetQuestion("many.corp.test.", dns.TypeA).SetEdns0(1232, false)
	reply, _, err := new(dns.Client).Exchange(request, address)
	require.NoError(t, err)
	assert.False(t, reply.Truncated)
	assert.Len(t, reply.Answer, 60)
	assert.NotNil(t, reply.IsEdns0())
}

// TestGoResolver has go's own resolver ask.
func TestGoResolver(t *testing.T) {
	t.Parallel()
	_, address := serve(t, zone)
	r := &net.Resolver{PreferGo: true, Dial: func(ctx context.Context, network, _ string) (net.Conn, error) {
		return new(net.Dialer).DialContext(ctx, network, address)
	}}
	found, err := r.LookupHost(t.Context(), "many.corp.test.")
	require.NoError(t, err, "truncated, and so asked again over TCP")
	assert.Len(t, found, 60)
	for name, text := range map[string]string{
		"gone.corp.test.":   "no such host",
		"empty.corp.test.":  "no such host",
		"broken.corp.test.": "server misbehaving",
	} {
		_, err := r.LookupHost(t.Context(), name)
		assert.ErrorContains(t, err, text, name)
	}
}

func TestClose(t *testing.T) {
	t.Parallel()
	s, address := serve(t, zone)
	conn, err := net.Dial("tcp", address) // that never says anything
	require.NoError(t, err)
	defer conn.Close()
	require.NoError(t, s.Close())
	require.NoError(t, s.Close(), "twice")
	_, err = net.Dial("tcp", address)
	assert.Error(t, err)
}

// TestSocketThatFails has a server whose listener accepts nothing.
func TestSocketThatFails(t *testing.T) {
	t.Parallel()
	stream, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	packets, err := net.ListenPacket("udp", "127.0.0.1:0")
	require.NoError(t, err)
	closed := make(chan struct{})
	s := Serve(packets, &failing{stream, sync.OnceFunc(func() { close(closed) })}, zone)
	<-closed // by the server, which gives up
	assert.ErrorContains(t, s.Close(), "no more")
}

// failing is a listener that accepts nothing.
type failing struct {
	net.Listener
	closed func()
}

func (*failing) Accept() (net.Conn, error) { return nil, errors.New("no more") }

func (f *failing) Close() error {
	f.closed()
	return f.Listener.Close()
}

func TestConcurrentClients(t *testing.T) {
	t.Parallel()
	s, address := serve(t, zone)
	var together sync.WaitGroup
	for range 32 {
		together.Go(func() {
			for range 16 {
				reply := ask(t, "udp", address, "proxy.corp.test.", dns.TypeA)
				assert.Len(t, reply.Answer, 2)
				_ = s.Queries()
			}
		})
	}
	together.Wait()
	assert.Len(t, s.Queries(), bound)
}

// FuzzMessage gives the server any bytes: it must go on answering.
func FuzzMessage(f *testing.F) {
	for _, kind := range []uint16{dns.TypeA, dns.TypeANY, dns.TypeAXFR} {
		request, err := new(dns.Msg).SetQuestion("proxy.corp.test.", kind).SetEdns0(1, true).Pack()
		require.NoError(f, err)
		f.Add(request)
	}
	f.Add([]byte{})
	f.Add(make([]byte, 12))
	_, address := serve(f, zone)
	f.Fuzz(func(t *testing.T, message []byte) {
		conn, err := dns.Dial("udp", address)
		require.NoError(t, err)
		defer conn.Close()
		if len(message) <= 512 {
			_, err = conn.Conn.Write(message)
			require.NoError(t, err)
		}
		reply := ask(t, "udp", address, "proxy.corp.test.", dns.TypeA)
		assert.Len(t, reply.Answer, 2)
	})
}

func BenchmarkServe(b *testing.B) {
	for b.Loop() {
		stream, err := net.Listen("tcp", "127.0.0.1:0")
		require.NoError(b, err)
		packets, err := net.ListenPacket("udp", "127.0.0.1:0")
		require.NoError(b, err)
		require.NoError(b, Serve(packets, stream, zone).Close())
	}
}
