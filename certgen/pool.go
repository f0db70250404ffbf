package certgen

import "sync"

// rsaKeys are the RSA keys of this process. One takes from tens of
// milliseconds to seconds to find, so all sets share them.
var rsaKeys = &keyPool{generate: generateRSA}

// keyPool holds keys that are generated once, when they are first asked for.
// It is safe for concurrent use: who asks for a key that another goroutine is
// generating waits for that one.
type keyPool struct {
	generate func(bits int) (*keyPair, error)

	mu   sync.Mutex
	keys map[poolSlot]func() (*keyPair, error)
}

// poolSlot is the n-th key of a size, counted from zero.
type poolSlot struct{ bits, n int }

func (p *keyPool) get(bits, n int) (*keyPair, error) {
	return p.slot(poolSlot{bits, n})()
}

func (p *keyPool) slot(s poolSlot) func() (*keyPair, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.keys == nil {
		p.keys = map[poolSlot]func() (*keyPair, error){}
	}
	key, ok := p.keys[s]
	if !ok {
		key = sync.OnceValues(func() (*keyPair, error) { return p.generate(s.bits) })
		p.keys[s] = key
	}
	return key
}
