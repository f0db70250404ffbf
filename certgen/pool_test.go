package certgen

import (
	"errors"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// TestPoolGeneratesOnce holds that goroutines which ask for one key wait for
// one generation, and that a failed one is not mistaken for a key.
func TestPoolGeneratesOnce(t *testing.T) {
	t.Parallel()
	var generated atomic.Int32
	pool := &keyPool{generate: func(bits int) (*keyPair, error) {
		generated.Add(1)
		if bits == 0 {
			return nil, errors.New("no such size")
		}
		return &keyPair{id: []byte{byte(generated.Load())}}, nil
	}}
	var wg sync.WaitGroup
	keys := make([]*keyPair, 64)
	for i := range keys {
		wg.Go(func() { keys[i], _ = pool.get(2048, i%2) })
	}
	wg.Wait()
	assert.EqualValues(t, 2, generated.Load())
	for i, key := range keys {
		assert.Same(t, keys[i%2], key)
	}
	assert.NotSame(t, keys[0], keys[1])
	_, err := pool.get(0, 0)
	assert.EqualError(t, err, "no such size")
}

// TestSharedKeys holds who shares a key with whom.
func TestSharedKeys(t *testing.T) {
	t.Parallel()
	specs := map[string]Spec{
		"a": {Key: "rsa-1024"}, "b": {Key: "rsa-1024"}, "c": {KeyOf: "b"}, "d": {KeyOf: "c"}, "e": {},
	}
	one, err := Generate(specs, time.Now())
	require.NoError(t, err)
	two, err := Generate(specs, time.Now())
	require.NoError(t, err)
	apart, err := one.GenerateApart(specs, time.Now())
	require.NoError(t, err)

	key := func(s *Set, name string) any { return s.Certificate(name).Key.Public() }
	assert.NotEqual(t, key(one, "a"), key(one, "b"))
	assert.Equal(t, key(one, "b"), key(one, "c"))
	assert.Equal(t, key(one, "b"), key(one, "d"))
	assert.Equal(t, key(one, "a"), key(two, "a"))
	assert.NotEqual(t, key(one, "e"), key(two, "e"))
	for _, theirs := range apart.Names() {
		for _, ours := range one.Names() {
			assert.NotEqual(t, key(one, ours), key(apart, theirs))
		}
	}
}

// TestSetTLS holds what a set says of names that it does not have.
func TestSetTLS(t *testing.T) {
	t.Parallel()
	set, err := Generate(map[string]Spec{"root": {}, "leaf": {}}, time.Now())
	require.NoError(t, err)
	assert.Equal(t, []string{"leaf", "root"}, set.Names())
	assert.Nil(t, set.Certificate("lead"))
	_, err = set.TLS(nil, "")
	assert.EqualError(t, err, "a chain without certificates: expected the end entity first")
	_, err = set.TLS([]string{"leaf", "rot"}, "")
	assert.EqualError(t, err, `unknown certificate "rot" (did you mean "root"?): expected leaf, root`)
	_, err = set.TLS([]string{"leaf"}, "lead")
	assert.EqualError(t, err, `unknown certificate "lead" (did you mean "leaf"?): expected leaf, root`)
	presented, err := set.TLS([]string{"leaf", "root"}, "root")
	require.NoError(t, err)
	assert.Equal(t, [][]byte{set.Certificate("leaf").Raw, set.Certificate("root").Raw}, presented.Certificate)
	assert.Equal(t, set.Certificate("root").Key, presented.PrivateKey)
}
