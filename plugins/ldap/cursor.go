package ldap

import (
	"bytes"
	"compress/gzip"
	"crypto/aes"
	"crypto/cipher"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"io"

	"github.com/kommunpuls/kommunpuls/plugins/sdk"
)

// cursor is what a collection leaves to the next. It holds DNs of group
// members and OUs, so it is encrypted: the daemon keeps it, and cannot read it.
type cursor struct {
	Settings string      `json:"settings"` // fingerprint; other settings mean a full pass
	FullAt   int64       `json:"full_at"`  // seconds since 1970
	Dirs     []dirCursor `json:"dirs"`
	Pupils   []string    `json:"pupils,omitempty"` // org units that had pupils
}

// dirCursor is one directory's part.
type dirCursor struct {
	Where    string                `json:"where"`
	Replica  string                `json:"replica,omitempty"`
	USN      int64                 `json:"usn,omitempty"`
	Stamp    string                `json:"stamp,omitempty"`
	Modified string                `json:"modified,omitempty"` // newest modifyTimestamp seen
	Entries  int64                 `json:"entries"`            // of the last full pass
	OUs      map[string]int64      `json:"ous,omitempty"`      // entries per OU then
	Groups   map[string]groupState `json:"groups,omitempty"`
}

// groupState is a group's members at the last collection.
type groupState struct {
	// Members are DN keys, true if only through another group. Whole says that
	// they are here; protected and large groups have a digest alone, and a
	// change in them means a full pass.
	Members map[string]bool `json:"members,omitempty"`
	Whole   bool            `json:"whole,omitempty"`
	Digest  string          `json:"digest"` // of the members, and of what else gives membership
}

var errCursor = errors.New("ldap: cursor cannot be read")

// cursorKey is derived, so that the pseudonym key itself encrypts nothing.
func cursorKey(secret []byte) []byte {
	h := hmac.New(sha256.New, secret)
	h.Write([]byte("kommunpuls ldap cursor 1"))
	return h.Sum(nil)
}

func (c *cursor) seal(secret []byte) ([]byte, error) {
	plain, err := json.Marshal(c)
	if err != nil {
		return nil, err
	}
	var packed bytes.Buffer
	z := gzip.NewWriter(&packed)
	if _, err := z.Write(plain); err != nil {
		return nil, err
	}
	if err := z.Close(); err != nil {
		return nil, err
	}
	aead, err := cursorAEAD(secret)
	if err != nil {
		return nil, err
	}
	nonce := make([]byte, aead.NonceSize())
	if _, err := rand.Read(nonce); err != nil {
		return nil, err
	}
	return aead.Seal(nonce, nonce, packed.Bytes(), nil), nil
}

// openCursor reads what seal wrote. Another key, or anything else that cannot
// be read, is errCursor: the collection is then a full pass.
func openCursor(b, secret []byte) (*cursor, error) {
	aead, err := cursorAEAD(secret)
	if err != nil {
		return nil, err
	}
	if len(b) < aead.NonceSize() {
		return nil, errCursor
	}
	packed, err := aead.Open(nil, b[:aead.NonceSize()], b[aead.NonceSize():], nil)
	if err != nil {
		return nil, errCursor
	}
	z, err := gzip.NewReader(bytes.NewReader(packed))
	if err != nil {
		return nil, errCursor
	}
	plain, err := io.ReadAll(z)
	if err != nil {
		return nil, errCursor
	}
	var c cursor
	if err := json.Unmarshal(plain, &c); err != nil {
		return nil, errCursor
	}
	return &c, nil
}

func cursorAEAD(secret []byte) (cipher.AEAD, error) {
	block, err := aes.NewCipher(cursorKey(secret))
	if err != nil {
		return nil, err
	}
	return cipher.NewGCM(block)
}

// fingerprint changes when the settings or the pseudonym key do.
func fingerprint(s sdk.Settings) string {
	h := hmac.New(sha256.New, s.PseudonymKey)
	h.Write([]byte(s.KeyID + "\n"))
	h.Write(s.JSON)
	return hex.EncodeToString(h.Sum(nil))
}

// dir finds a directory's part; nil if it was not read then.
func (c *cursor) dir(where string) *dirCursor {
	if c == nil {
		return nil
	}
	for i := range c.Dirs {
		if c.Dirs[i].Where == where {
			return &c.Dirs[i]
		}
	}
	return nil
}
