package mitm

import "net"

// HalfClose ends the sending direction of conn: the other side reads the end
// of the stream (a TCP FIN) while conn can still be read. It looks through
// connections that wrap others and say so by a NetConn method, so that TLS
// sends no close_notify. A connection without directions, such as [net.Pipe]'s,
// is closed.
func HalfClose(conn net.Conn) error {
	inner := innermost(conn)
	if c, ok := inner.(interface{ CloseWrite() error }); ok {
		return c.CloseWrite()
	}
	return inner.Close()
}

// innermost is the connection that all the others wrap.
func innermost(conn net.Conn) net.Conn {
	for {
		outer, ok := conn.(interface{ NetConn() net.Conn })
		if !ok {
			return conn
		}
		conn = outer.NetConn()
	}
}
