package access

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/rand"
	"encoding/base64"
	"encoding/json"
	"errors"
	"time"
)

// pending is a login that has begun. It travels in the browser's own cookie, so
// those who only begin take no memory, and only the browser that began can end it.
type pending struct {
	State    string    `json:"s"`
	Nonce    string    `json:"n"`
	Verifier string    `json:"v"`
	Target   string    `json:"t"`
	Until    time.Time `json:"u"`
}

// errSeal is returned for what was not sealed here, or since the start.
var errSeal = errors.New("not sealed by this process")

// seal encrypts and signs with a key that lives as long as the process.
type seal struct{ aead cipher.AEAD }

func newSeal() (*seal, error) {
	var key [32]byte
	if _, err := rand.Read(key[:]); err != nil {
		return nil, err
	}
	block, err := aes.NewCipher(key[:])
	if err != nil {
		return nil, err
	}
	aead, err := cipher.NewGCMWithRandomNonce(block)
	return &seal{aead}, err
}

// close seals a pending login for the cookie of a name.
func (s *seal) close(name string, p pending) (string, error) {
	b, err := json.Marshal(p)
	if err != nil {
		return "", err
	}
	return base64.RawURLEncoding.EncodeToString(s.aead.Seal(nil, nil, b, []byte(name))), nil
}

// open returns what was sealed for the cookie of a name.
func (s *seal) open(name, value string) (pending, error) {
	var p pending
	b, err := base64.RawURLEncoding.DecodeString(value)
	if err != nil {
		return p, errSeal
	}
	if b, err = s.aead.Open(nil, nil, b, []byte(name)); err != nil {
		return p, errSeal
	}
	return p, json.Unmarshal(b, &p)
}
