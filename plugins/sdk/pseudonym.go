package sdk

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"hash"
	"io"
	"strings"
	"sync"
)

// Sizes of a pseudonym's parts.
const (
	minPseudonymKey = 16 // bytes
	maxKeyID        = 16 // characters
	pseudonymHex    = 32 // characters: the first 128 bits of the HMAC
)

// ErrPseudonymKey says that a key or its id cannot be used.
var ErrPseudonymKey = errors.New("pseudonym key cannot be used")

// Pseudonymiser makes pseudonyms. The same text and key give the same
// pseudonym in every source; without the key nobody can tell whose it is.
// It is safe for concurrent use.
type Pseudonymiser struct {
	id     string
	macs   sync.Pool // of hash.Hash, keyed
	before *Pseudonymiser
}

// NewPseudonymiser takes the settings' key (at least 16 bytes) and its id (1
// to 16 of a–z and 0–9).
func NewPseudonymiser(key []byte, keyID string) (*Pseudonymiser, error) {
	if len(key) < minPseudonymKey {
		return nil, fmt.Errorf("sdk: pseudonym key: %w: want at least %d bytes, got %d", ErrPseudonymKey, minPseudonymKey, len(key))
	}
	if !validKeyID(keyID) {
		return nil, fmt.Errorf("sdk: pseudonym key id: %w: want 1 to %d of a-z and 0-9", ErrPseudonymKey, maxKeyID)
	}
	key = append([]byte(nil), key...)
	return &Pseudonymiser{id: keyID, macs: sync.Pool{New: func() any { return hmac.New(sha256.New, key) }}}, nil
}

// Pseudonymiser returns the pseudonymiser of the settings. While the key is
// being changed it makes twins.
func (s Settings) Pseudonymiser() (*Pseudonymiser, error) {
	p, err := NewPseudonymiser(s.PseudonymKey, s.KeyID)
	if err != nil || s.PreviousKeyID == "" {
		return p, err
	}
	if p.before, err = NewPseudonymiser(s.PreviousPseudonymKey, s.PreviousKeyID); err != nil {
		return nil, fmt.Errorf("the previous key: %w", err)
	}
	return p, nil
}

// Of returns the pseudonym of a person's text: the key id, "-", and the first
// 32 hex digits of HMAC-SHA256 over [Normalise] of the text in UTF-8. Text
// that normalises to nothing has no pseudonym: "".
func (p *Pseudonymiser) Of(text string) string {
	n := Normalise(text)
	if n == "" {
		return ""
	}
	return p.OfExact(n)
}

// OfExact is Of without normalisation, for ids that are not written by people:
// an objectGUID, an entryUUID, a SID.
func (p *Pseudonymiser) OfExact(text string) string {
	if p.before != nil {
		return p.of(text) + twinMark + p.before.of(text)
	}
	return p.of(text)
}

func (p *Pseudonymiser) of(text string) string {
	mac := p.macs.Get().(hash.Hash)
	defer p.macs.Put(mac)
	mac.Reset()
	var sum [sha256.Size]byte
	_, _ = io.WriteString(mac, text) // a hash never fails
	out := make([]byte, 0, len(p.id)+1+2*sha256.Size)
	out = append(append(out, p.id...), '-')
	out = hex.AppendEncode(out, mac.Sum(sum[:0]))
	return string(out[:len(p.id)+1+pseudonymHex])
}

// KeyID returns the id that every pseudonym begins with.
func (p *Pseudonymiser) KeyID() string { return p.id }

// IsPseudonym tells whether text has the form of a pseudonym. It cannot tell
// whether a key made it.
func IsPseudonym(text string) bool {
	id, sum, ok := strings.Cut(text, "-")
	if !ok || !validKeyID(id) || len(sum) != pseudonymHex {
		return false
	}
	for i := range len(sum) {
		if c := sum[i]; (c < '0' || c > '9') && (c < 'a' || c > 'f') {
			return false
		}
	}
	return true
}

func validKeyID(id string) bool {
	if id == "" || len(id) > maxKeyID {
		return false
	}
	for i := range len(id) {
		if c := id[i]; (c < '0' || c > '9') && (c < 'a' || c > 'z') {
			return false
		}
	}
	return true
}

// Names is all that a directory calls one account.
type Names struct {
	Login       string   // sAMAccountName, uid
	UPN         string   // userPrincipalName
	Mails       []string // mail, proxyAddresses
	DisplayName string   // displayName or cn
	Given       string   // givenName
	Surname     string   // sn
	DN          string
	SID         string
}

// Key is one pseudonym that an account answers to, for the child list
// account.key.
type Key struct {
	Pseudonym string
	Of        string // login, upn, mail, name, dn or sid
}

// Keys returns what an account can be matched by, each pseudonym once, in the
// order login, UPN, mails, names, DN, SID. A registry's cell is matched by
// Of(cell) against these, whatever the cell holds: a name in either order, an
// address, a login with or without its domain.
func (p *Pseudonymiser) Keys(n Names) []Key {
	var keys []Key
	seen := make(map[string]bool, 6)
	add := func(of, pseudonym string) {
		if pseudonym != "" && !seen[pseudonym] {
			seen[pseudonym] = true
			keys = append(keys, Key{Pseudonym: pseudonym, Of: of})
		}
	}
	add("login", p.Of(n.Login))
	add("upn", p.Of(n.UPN))
	for _, mail := range n.Mails {
		add("mail", p.Of(mail))
	}
	add("name", p.Of(n.DisplayName))
	if n.Given != "" && n.Surname != "" {
		add("name", p.Of(n.Given+" "+n.Surname))
	}
	add("dn", p.Of(n.DN))
	if n.SID != "" {
		add("sid", p.OfExact(n.SID))
	}
	return keys
}
