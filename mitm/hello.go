package mitm

import (
	"encoding/binary"
	"errors"
	"io"
)

// errNotHello says that a stream does not begin with a whole ClientHello.
var errNotHello = errors.New("not a TLS ClientHello")

// The numbers of RFC 8446, sections 4 and 5.1.
const (
	recordHandshake = 22
	recordHeader    = 5 // type, version, length
	maxRecord       = 1 << 14
	messageHello    = 1
	messageHeader   = 4       // type, length
	maxHello        = 1 << 16 // what crypto/tls accepts of any message but certificates
)

// readHello reads exactly the records that hold a ClientHello (RFC 8446,
// section 4.1.2), which may be split over several, and returns them as they
// were sent. On an error, which wraps errNotHello or is the reader's own, the
// bytes are what was read until then.
func readHello(r io.Reader) (raw []byte, err error) {
	var message []byte
	for !wholeHello(message) {
		var record []byte
		raw, record, err = readRecord(r, raw)
		if err != nil {
			return raw, err
		}
		message = append(message, record...)
		if !maybeHello(message) {
			return raw, errNotHello
		}
	}
	return raw, nil
}

// readRecord reads one handshake record, appends all of it to raw and returns
// its payload too.
func readRecord(r io.Reader, raw []byte) (all, payload []byte, err error) {
	raw, err = readMore(r, raw, recordHeader)
	if err != nil {
		return raw, nil, err
	}
	header := raw[len(raw)-recordHeader:]
	length := int(binary.BigEndian.Uint16(header[3:]))
	if header[0] != recordHandshake || length == 0 || length > maxRecord {
		return raw, nil, errNotHello
	}
	raw, err = readMore(r, raw, length)
	if err != nil {
		return raw, nil, err
	}
	return raw, raw[len(raw)-length:], nil
}

// readMore appends the next n bytes, or as many as there are, to raw.
func readMore(r io.Reader, raw []byte, n int) ([]byte, error) {
	start := len(raw)
	raw = append(raw, make([]byte, n)...)
	read, err := io.ReadFull(r, raw[start:])
	return raw[:start+read], err
}

// maybeHello says whether message can be the beginning of a ClientHello.
func maybeHello(message []byte) bool {
	return message[0] == messageHello && (len(message) < messageHeader || helloLength(message) <= maxHello)
}

func wholeHello(message []byte) bool {
	return len(message) >= messageHeader && len(message) >= messageHeader+helloLength(message)
}

// helloLength is the length field of a handshake message, 24 bits.
func helloLength(message []byte) int {
	return int(message[1])<<16 | int(message[2])<<8 | int(message[3])
}
