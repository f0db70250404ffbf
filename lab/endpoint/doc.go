// Package endpoint is one port of a host: it accepts connections, puts the
// host's middleboxes in their way, speaks TLS or plain HTTP as the host is
// told to, serves a handler over that, and keeps evidence of what it saw.
package endpoint
