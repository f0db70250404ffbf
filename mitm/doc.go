// Package mitm is what stands between a client and a host: middleboxes that
// reset, close, stall or slow the connections that pass through them, and HTTP
// proxies. A middlebox works on the bytes of a connection and ends no TLS; a
// proxy may open it and sign anew.
package mitm
