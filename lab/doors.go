package lab

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"net"
	"slices"
	"sync"
	"syscall"

	"github.com/tlslab/tlslab/lab/endpoint"
	"github.com/tlslab/tlslab/scenarios"
)

// doors lead to the hosts of a world from this process, in which proxies run,
// and not on the client's machine: second listeners on loopback. They are safe
// for concurrent use, but for the addresses, which do not change once clients
// run.
type doors struct {
	addresses map[string]string // by host:port
	only      string            // the one host that is up in this process; empty for all

	mu   sync.Mutex
	open map[*passage]bool
}

func newDoors() *doors {
	return &doors{addresses: map[string]string{}, open: map[*passage]bool{}}
}

// dial reaches hosts of the world and nothing else.
func (d *doors) dial(ctx context.Context, network, address string) (net.Conn, error) {
	door, ok := d.addresses[address]
	if !ok {
		return nil, &net.OpError{Op: "dial", Net: network, Err: fmt.Errorf("%s: %w", address, syscall.ECONNREFUSED)}
	}
	conn, err := new(net.Dialer).DialContext(ctx, "tcp", door)
	if err != nil {
		return nil, err
	}
	p := &passage{TCPConn: conn.(*net.TCPConn)}
	p.close = sync.OnceValue(func() error {
		defer d.forget(p)
		return p.TCPConn.Close()
	})
	d.mu.Lock()
	defer d.mu.Unlock()
	d.open[p] = true
	return p, nil
}

func (d *doors) forget(p *passage) {
	d.mu.Lock()
	defer d.mu.Unlock()
	delete(d.open, p)
}

// close ends the connections that are still open, and returns when they are.
// What dialled them closes them too, but need not have done so yet when it has
// what it wanted: net/http's transport.
func (d *doors) close() {
	d.mu.Lock()
	open := slices.Collect(maps.Keys(d.open))
	d.mu.Unlock()
	for _, p := range open {
		_ = p.Close()
	}
}

// passage is a connection through a door.
type passage struct {
	*net.TCPConn
	close func() error
}

func (p *passage) Close() error { return p.close() }

// openDoors gives every port of every host that is no proxy a door.
func (r *World) openDoors() error {
	for name, host := range r.world.Hosts {
		if host.Serves == scenarios.ForwardProxy {
			continue
		}
		for _, port := range ports(host) {
			if err := r.openDoor(name, port, protocol(host, port)); err != nil {
				return err
			}
		}
	}
	return nil
}

// openDoor gives a host one more door, if it has none to that port.
func (r *World) openDoor(name, port string, speaks scenarios.Protocol) error {
	address := net.JoinHostPort(name, port)
	if _, ok := r.doors.addresses[address]; ok {
		return nil
	}
	if r.elsewhere(name) { // where its own name leads
		r.doors.addresses[address] = address
		return nil
	}
	handler, err := r.handler(name)
	if err != nil {
		return err
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	r.doors.addresses[address] = listener.Addr().String()
	_, err = r.start(endpoint.Config{
		Name: name, Host: r.world.Hosts[name], Protocol: speaks, Handler: handler, Listener: listener,
	})
	if err != nil {
		return errors.Join(err, listener.Close())
	}
	return nil
}
