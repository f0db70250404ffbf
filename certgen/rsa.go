package certgen

import (
	"crypto"
	"crypto/rand"
	"crypto/rsa"
	"errors"
	"fmt"
	"io"
	"math/big"
)

// generateRSA finds a key. crypto/rsa refuses sizes below 1024 bits and needs
// a minute for 8192. What matters of such keys is only what a client says to
// the public one, so they are made here.
func generateRSA(bits int) (*keyPair, error) {
	primes := rsaPrimes(bits)
	if bits >= 1024 && primes == 2 {
		key, err := rsa.GenerateKey(rand.Reader, bits)
		if err != nil {
			return nil, err
		}
		return newKeyPair(key)
	}
	key, err := findRSA(bits, primes)
	if err != nil {
		return nil, err
	}
	return newKeyPair(oddRSAKey{key})
}

// rsaPrimes is how many primes a modulus of a size has. Large ones have the
// most that OpenSSL reads, which makes them a hundred times faster to find;
// nobody can tell from the public key (RFC 8017, section 3.1).
func rsaPrimes(bits int) int {
	switch {
	case bits > 8191:
		return 5
	case bits > 4096:
		return 4
	default:
		return 2
	}
}

// findRSA generates a key with a modulus of exactly so many bits and the
// public exponent 65537 (RFC 8017, section 3.2).
func findRSA(bits, primes int) (*rsa.PrivateKey, error) {
	for {
		key := &rsa.PrivateKey{PublicKey: rsa.PublicKey{N: big.NewInt(1), E: 65537}}
		totient := big.NewInt(1)
		for i := range primes {
			prime, err := nextPrime(key.N, bits, primes-i)
			if err != nil {
				return nil, err
			}
			key.Primes = append(key.Primes, prime)
			key.N.Mul(key.N, prime)
			totient.Mul(totient, minusOne(prime))
		}
		// Without an inverse, a prime does not suit this exponent; an equal pair
		// would make no RSA modulus. Both are rare: start again.
		if key.D = new(big.Int).ModInverse(big.NewInt(int64(key.E)), totient); key.D != nil && distinct(key.Primes) {
			key.Precompute()
			return key, nil
		}
	}
}

// nextPrime finds one of the primes that are missing of a modulus of so many
// bits whose others have the product found. The last one brings the modulus to
// its exact size.
func nextPrime(found *big.Int, bits, missing int) (*big.Int, error) {
	if missing > 1 {
		return rand.Prime(rand.Reader, (bits-found.BitLen()+1)/missing)
	}
	one := big.NewInt(1)
	low := new(big.Int).Lsh(one, uint(bits-1))
	low.Div(low, found).Add(low, one)
	high := new(big.Int).Lsh(one, uint(bits))
	high.Div(high, found)
	for {
		candidate, err := rand.Int(rand.Reader, new(big.Int).Sub(high, low))
		if err != nil {
			return nil, err
		}
		candidate.Add(candidate, low).SetBit(candidate, 0, 1)
		if candidate.ProbablyPrime(20) {
			return candidate, nil
		}
	}
}

func distinct(primes []*big.Int) bool {
	seen := map[string]bool{}
	for _, prime := range primes {
		seen[prime.String()] = true
	}
	return len(seen) == len(primes)
}

func minusOne(n *big.Int) *big.Int { return new(big.Int).Sub(n, big.NewInt(1)) }

// oddRSAKey is a key of a size that crypto/rsa does not sign with, or only
// slowly. It signs with math/big, which is not constant-time: these keys
// protect nothing.
type oddRSAKey struct{ *rsa.PrivateKey }

// Sign makes a signature in the scheme of opts: [*rsa.PSSOptions] with a salt
// as long as the hash, else PKCS #1 v1.5. It returns
// [rsa.ErrMessageTooLong] where that does not fit the modulus.
func (k oddRSAKey) Sign(random io.Reader, digest []byte, opts crypto.SignerOpts) ([]byte, error) {
	hash := opts.HashFunc()
	if len(digest) != hash.Size() {
		return nil, fmt.Errorf("digest of %d bytes: expected %d for %v", len(digest), hash.Size(), hash)
	}
	var encoded []byte
	var err error
	if pss, ok := opts.(*rsa.PSSOptions); ok {
		if pss.SaltLength != rsa.PSSSaltLengthEqualsHash && pss.SaltLength != hash.Size() {
			return nil, errors.New("PSS salt: expected it as long as the hash")
		}
		encoded, err = encodePSS(random, hash, digest, k.N.BitLen()-1)
	} else {
		encoded, err = encodePKCS1(hash, digest, k.Size())
	}
	if err != nil {
		return nil, err
	}
	return k.exponentiate(new(big.Int).SetBytes(encoded)).FillBytes(make([]byte, k.Size())), nil
}

// exponentiate is RSASP1 with the Chinese remainder theorem (RFC 8017, section
// 5.2.1).
func (k oddRSAKey) exponentiate(m *big.Int) *big.Int {
	s, product := new(big.Int), big.NewInt(1)
	for _, prime := range k.Primes {
		exponent := new(big.Int).Mod(k.D, minusOne(prime))
		h := new(big.Int).Exp(m, exponent, prime)
		h.Sub(h, s).Mul(h, new(big.Int).ModInverse(product, prime)).Mod(h, prime)
		s.Add(s, h.Mul(h, product))
		product.Mul(product, prime)
	}
	return s
}

// encodePKCS1 is EMSA-PKCS1-v1_5 (RFC 8017, section 9.2) for a modulus of so
// many bytes.
func encodePKCS1(hash crypto.Hash, digest []byte, size int) ([]byte, error) {
	info := digestInfo(hash, digest)
	if size < len(info)+pkcs1Overhead {
		return nil, rsa.ErrMessageTooLong
	}
	encoded := make([]byte, size)
	encoded[1] = 1
	for i := 2; i < size-len(info)-1; i++ {
		encoded[i] = 0xff
	}
	copy(encoded[size-len(info):], info)
	return encoded, nil
}

// encodePSS is EMSA-PSS (RFC 8017, section 9.1.1) with a salt as long as the
// hash.
func encodePSS(random io.Reader, hash crypto.Hash, digest []byte, bits int) ([]byte, error) {
	size := (bits + 7) / 8
	if size < 2*hash.Size()+2 {
		return nil, rsa.ErrMessageTooLong
	}
	salt := make([]byte, hash.Size())
	if _, err := io.ReadFull(random, salt); err != nil {
		return nil, err
	}
	h := hash.New()
	h.Write(make([]byte, 8))
	h.Write(digest)
	h.Write(salt)
	seed := h.Sum(nil)

	encoded := make([]byte, size)
	db := encoded[:size-len(seed)-1]
	db[len(db)-len(salt)-1] = 1
	copy(db[len(db)-len(salt):], salt)
	mask(db, hash, seed)
	db[0] &= 0xff >> (8*size - bits)
	copy(encoded[len(db):], seed)
	encoded[size-1] = 0xbc
	return encoded, nil
}

// mask combines data with the output of MGF1 (RFC 8017, appendix B.2.1).
func mask(data []byte, hash crypto.Hash, seed []byte) {
	for counter := byte(0); len(data) > 0; counter++ {
		h := hash.New()
		h.Write(seed)
		h.Write([]byte{0, 0, 0, counter})
		for _, b := range h.Sum(nil) {
			if len(data) == 0 {
				break
			}
			data[0] ^= b
			data = data[1:]
		}
	}
}
