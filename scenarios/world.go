package scenarios

import "github.com/tlslab/tlslab/certgen"

// World is an environment as data: everything that a backend needs to build
// it. Fixes and myths are patches to it.
type World struct {
	// Certificates are made afresh for every trial.
	Certificates map[string]certgen.Spec `json:"certificates,omitempty"`

	// Hosts are servers by the name or IP address under which the client
	// reaches them.
	Hosts map[string]Host `json:"hosts,omitempty"`

	// Names are what the client's resolver is told of a name that does not
	// simply lead to its host. They are in no hosts file.
	Names map[string]Name `json:"names,omitempty"`

	// Modules are what the hosts serve, as path@version. Nil means
	// [DefaultModule], an empty list that there is none.
	Modules []string `json:"modules,omitzero"`

	// Client is who meets the failure.
	Client Client `json:"client"`
}

// DefaultModule is the module that a world serves when it names none.
const DefaultModule = "example.test/hello@v1.0.0"
