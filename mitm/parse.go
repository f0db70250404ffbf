package mitm

import "golang.org/x/crypto/cryptobyte"

// hello is what a box can tell of a ClientHello.
type hello struct {
	name   string // the host asked for; empty where there is none
	newest uint16 // the newest version offered
}

// The extensions of RFC 6066, section 3, and RFC 8446, section 4.2.1.
const (
	extensionServerName        = 0
	extensionSupportedVersions = 43
)

// parseHello reads what [readHello] has returned. It is false where that is not
// a well-formed ClientHello.
func parseHello(raw []byte) (hello, bool) {
	s := cryptobyte.String(unwrap(raw))
	var h hello
	var session, suites, compression cryptobyte.String
	ok := s.Skip(messageHeader) && s.ReadUint16(&h.newest) && s.Skip(32) &&
		s.ReadUint8LengthPrefixed(&session) && s.ReadUint16LengthPrefixed(&suites) && s.ReadUint8LengthPrefixed(&compression)
	if ok && !s.Empty() { // before TLS 1.3 there need not be extensions
		var extensions cryptobyte.String
		ok = s.ReadUint16LengthPrefixed(&extensions) && h.readExtensions(extensions)
	}
	return h, ok
}

// unwrap is the payload of whole records.
func unwrap(raw []byte) []byte {
	var message []byte
	records := cryptobyte.String(raw)
	for {
		var payload cryptobyte.String
		if !records.Skip(recordHeader-2) || !records.ReadUint16LengthPrefixed(&payload) {
			return message
		}
		message = append(message, payload...)
	}
}

func (h *hello) readExtensions(s cryptobyte.String) bool {
	for !s.Empty() {
		var kind uint16
		var data cryptobyte.String
		if !s.ReadUint16(&kind) || !s.ReadUint16LengthPrefixed(&data) {
			return false
		}
		switch {
		case kind == extensionServerName && !h.readName(data):
			return false
		case kind == extensionSupportedVersions && !h.readVersions(data):
			return false
		}
	}
	return true
}

// readName reads the first name. There is but one, and one type of names.
func (h *hello) readName(s cryptobyte.String) bool {
	const hostName = 0
	var names, name cryptobyte.String
	var kind uint8
	ok := s.ReadUint16LengthPrefixed(&names) && names.ReadUint8(&kind) && names.ReadUint16LengthPrefixed(&name)
	if kind == hostName {
		h.name = string(name)
	}
	return ok
}

// readVersions reads the list that replaces the version field since TLS 1.3.
func (h *hello) readVersions(s cryptobyte.String) bool {
	var versions cryptobyte.String
	ok := s.ReadUint8LengthPrefixed(&versions)
	h.newest = 0
	for !versions.Empty() {
		var version uint16
		if !versions.ReadUint16(&version) {
			return false
		}
		if !reserved(version) {
			h.newest = max(h.newest, version)
		}
	}
	return ok
}

// reserved says whether a version is one of those that clients send to find
// out who stumbles over unknown ones (RFC 8701, section 2).
func reserved(version uint16) bool { return version&0x0f0f == 0x0a0a && version>>8 == version&0xff }
