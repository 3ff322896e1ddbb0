package access

import (
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/binary"
	"maps"
	"slices"
	"sync"

	promconfig "github.com/prometheus/common/config"
	"golang.org/x/crypto/bcrypt"
)

// passwords compares passwords with their bcrypt hashes. One that was right is
// remembered by a keyed sum, so that a scrape does not cost a hash each time.
type passwords struct {
	key [sha256.Size]byte

	hashing sync.Mutex // one at a time: bcrypt is meant to be heavy
	mu      sync.Mutex
	right   map[[sha256.Size]byte]struct{}
}

// maxRight is how many right passwords are remembered.
const maxRight = 100

// longest is the most bytes of a name or password that are looked at.
const longest = 1024

func newPasswords() (*passwords, error) {
	p := &passwords{right: map[[sha256.Size]byte]struct{}{}}
	_, err := rand.Read(p.key[:])
	return p, err
}

// match tells whether a user has a password. It takes as long for a user that
// is not there.
func (p *passwords) match(users map[string]promconfig.Secret, name, password string) bool {
	if len(users) == 0 || len(name) > longest || len(password) > longest {
		return false
	}
	hash, known := users[name]
	if !known {
		hash = users[slices.Min(slices.Collect(maps.Keys(users)))]
	}
	sum := p.sum(name, string(hash), password)
	p.mu.Lock()
	_, ok := p.right[sum]
	p.mu.Unlock()
	if ok {
		return known
	}
	p.hashing.Lock()
	err := bcrypt.CompareHashAndPassword([]byte(hash), []byte(password))
	p.hashing.Unlock()
	if err != nil || !known {
		return false
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if len(p.right) >= maxRight {
		clear(p.right)
	}
	p.right[sum] = struct{}{}
	return true
}

func (p *passwords) sum(parts ...string) (out [sha256.Size]byte) {
	h := hmac.New(sha256.New, p.key[:])
	for _, s := range parts {
		_ = binary.Write(h, binary.BigEndian, uint32(len(s))) // a hash never fails
		h.Write([]byte(s))
	}
	h.Sum(out[:0])
	return out
}
