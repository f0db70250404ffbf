package scenarios

import (
	"reflect"

	"github.com/tlslab/tlslab/certgen"
)

// enumerated is a string type with a closed list of values. The decoder, its
// messages and the schema all read this one list.
type enumerated interface{ Values() []string }

// Values lists every side.
func (Side) Values() []string { return texts(ByServer, ByClient, ByNetwork) }

// Values lists every attack.
func (Attack) Values() []string { return texts(Impostor, Tampering) }

// Values lists every service.
func (Service) Values() []string { return texts(Modules, Sumdb, Git, Page, ReverseProxy, ForwardProxy) }

// Values lists every protocol.
func (Protocol) Values() []string { return texts(SpeaksTLS, SpeaksHTTP, SpeaksTransparent) }

// Values lists every answer to CONNECT that leads to no host.
func (ConnectAnswer) Values() []string {
	return texts(ConnectBadGateway, ConnectUnanswered, ConnectReset, ConnectClose, ConnectPage)
}

// Values lists every kind of middlebox.
func (BoxKind) Values() []string { return texts(BoxReset, BoxClose, BoxStall, BoxSlow, BoxCorrupt) }

// Values lists every image.
func (Image) Values() []string { return texts(Scratch, Debian) }

// Values lists every stage.
func (BoxStage) Values() []string { return texts(AtAccept, AtHello, AtHandshake, AtResponse, AtBody) }

func texts[T ~string](values ...T) []string {
	list := make([]string, len(values))
	for i, v := range values {
		list[i] = string(v)
	}
	return list
}

// valuesOf lists the values of an enumerated type, and is nil for the others.
func valuesOf(t reflect.Type) []string {
	switch zero := reflect.Zero(t).Interface().(type) {
	case enumerated:
		return zero.Values()
	case certgen.Format:
		return texts(certgen.Formats()...)
	}
	return nil
}
