package mitm

import (
	"crypto/tls"
	"sync"
)

// Leaves keeps the certificates that an interception proxy has made, by host,
// so that a host's second connection costs no signature. The zero value is
// empty. It is safe for concurrent use, and a goproxy.CertStorage.
type Leaves struct {
	mu     sync.Mutex
	leaves map[string]func() (*tls.Certificate, error)
}

// Fetch returns the certificate for host, which generate makes where there is
// none. Who asks for one that is being made waits for it. An error of generate
// is everybody's who waits, and is forgotten.
func (l *Leaves) Fetch(host string, generate func() (*tls.Certificate, error)) (*tls.Certificate, error) {
	leaf, err := l.slot(host, generate)()
	if err != nil {
		l.mu.Lock()
		delete(l.leaves, host)
		l.mu.Unlock()
	}
	return leaf, err
}

func (l *Leaves) slot(host string, generate func() (*tls.Certificate, error)) func() (*tls.Certificate, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.leaves == nil {
		l.leaves = map[string]func() (*tls.Certificate, error){}
	}
	leaf, ok := l.leaves[host]
	if !ok {
		leaf = sync.OnceValues(generate)
		l.leaves[host] = leaf
	}
	return leaf
}
