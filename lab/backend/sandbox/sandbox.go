// Package sandbox is the backend that gives a client a machine of its own out
// of Linux namespaces, without any privilege: real names and ports in a
// private network, its own /etc/hosts, resolver and system trust store, and a
// process tree that ends with the harness. Its first process is the harness's
// own program, see package boot.
package sandbox

import "github.com/tlslab/tlslab/lab/backend"

// New returns the backend. The machine is looked at only when it is asked
// something. From its first Open on the backend keeps one process waiting, so
// that the next Open need not start it. It is an [io.Closer]: Close, which is
// safe at any time, ends that process, and an Open after it starts another.
func New() backend.Backend { return &sandbox{} }

func (*sandbox) Name() string { return "sandbox" }
