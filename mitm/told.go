package mitm

import "net"

// Handshaken tells the boxes in conn's way that the host's handshake has ended,
// or that there is none: the bytes that the host writes from now on count for
// them. A box could not know it from the bytes, since TLS 1.3 encrypts most of
// its handshake (RFC 8446, section 5.2). It is safe for concurrent use.
func Handshaken(conn net.Conn) {
	tell(conn, func(box interface{ handshaken() }) { box.handshaken() })
}

// Asked tells the boxes in conn's way that the client has sent its first
// request: what the host writes is the answer, and no longer the settings with
// which HTTP/2 begins (RFC 9113, section 3.4). Boxes after the handshake act no
// sooner, so that no client meets them in the middle of its request. It may be
// called again, and is safe for concurrent use.
func Asked(conn net.Conn) {
	tell(conn, func(box interface{ asked() }) { box.asked() })
}

// tell calls what the connections that conn is made of can be told.
func tell[T any](conn net.Conn, call func(T)) {
	for {
		if box, ok := conn.(T); ok {
			call(box)
		}
		outer, ok := conn.(interface{ NetConn() net.Conn })
		if !ok {
			return
		}
		conn = outer.NetConn()
	}
}
