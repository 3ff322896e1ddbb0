package seal

import (
	"bytes"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"hash"
	"io"
	"path"
	"strings"
	"sync"

	"github.com/kommunpuls/kommunpuls/plugins/sdk"
)

// PseudonymKey makes the pseudonyms of one snapshot out of those of the store:
// the same one gives the same, so rows can be counted and held against each
// other. Without the key nobody can tell which of the store's is meant.
type PseudonymKey struct {
	id  string
	mu  sync.Mutex // several files are made at once
	mac hash.Hash
}

// newPseudonymKey takes 32 random bytes.
func newPseudonymKey(secret []byte) *PseudonymKey {
	sum := sha256.Sum256(append([]byte("kommunpuls snapshot pseudonym key id\x00"), secret...))
	return &PseudonymKey{id: "ob" + hex.EncodeToString(sum[:4]), mac: hmac.New(sha256.New, secret)}
}

// ID names the key without giving it away. Pseudonyms begin with it.
func (k *PseudonymKey) ID() string {
	if k == nil {
		return ""
	}
	return k.id
}

// Text returns a text with every pseudonym in it made anew.
func (k *PseudonymKey) Text(s string) string {
	// Most texts are too short to hold one: a pseudonym ends in a hyphen and its digits.
	if k == nil || len(s) <= hexLength || !strings.Contains(s[:len(s)-hexLength], "-") {
		return s
	}
	return string(k.Bytes([]byte(s)))
}

// longest parts of a pseudonym: its key id and its digits.
const (
	idLength  = 16
	hexLength = 32
)

// Bytes makes every pseudonym of a text anew. It returns b itself where there is
// none.
func (k *PseudonymKey) Bytes(b []byte) []byte {
	var out []byte
	done := 0
	for at := 0; at < len(b); {
		i := bytes.IndexByte(b[at:], '-')
		if i < 0 {
			break
		}
		i += at
		at = i + 1
		start, end := i, i+1+hexLength
		for start > done && isWord(b[start-1]) {
			start--
		}
		if start == i || i-start > idLength || end > len(b) || end < len(b) && isWord(b[end]) || !sdk.IsPseudonym(string(b[start:end])) {
			continue
		}
		if string(b[start:i]) == k.id {
			at = end
			continue
		}
		out = append(append(out, b[done:start]...), k.of(b[start:end])...)
		done, at = end, end
	}
	if out == nil {
		return b
	}
	return append(out, b[done:]...)
}

// isWord tells whether a character can stand beside a pseudonym's without a
// break between: then it is none.
func isWord(c byte) bool {
	return c >= '0' && c <= '9' || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z'
}

func (k *PseudonymKey) of(pseudonym []byte) []byte {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.mac.Reset()
	k.mac.Write(pseudonym)
	out := append([]byte(k.id), '-')
	return hex.AppendEncode(out, k.mac.Sum(nil)[:hexLength/2])
}

// Through makes the pseudonyms of a payload file anew while it is written. What
// is packed or drawn (a workbook, a PDF) is made of texts that already are.
func (k *PseudonymKey) Through(name string, to io.Writer) io.WriteCloser {
	switch path.Ext(name) {
	case ".json", ".csv", ".txt", ".sql", ".html", ".md", ".svg":
		return &rekeying{key: k, to: to}
	}
	return unchanged{to}
}

type unchanged struct{ io.Writer }

func (unchanged) Close() error { return nil }

// rekeying holds back what may be the beginning of a pseudonym.
type rekeying struct {
	key  *PseudonymKey
	to   io.Writer
	held []byte
}

// Write passes on everything up to the last character that no pseudonym has.
func (r *rekeying) Write(b []byte) (int, error) {
	r.held = append(r.held, b...)
	end := len(r.held)
	for end > 0 && (isWord(r.held[end-1]) || r.held[end-1] == '-') {
		end--
	}
	if end == 0 {
		return len(b), nil
	}
	if _, err := r.to.Write(r.key.Bytes(r.held[:end])); err != nil {
		return 0, err
	}
	r.held = append(r.held[:0], r.held[end:]...)
	return len(b), nil
}

// Close passes on the rest.
func (r *rekeying) Close() error {
	_, err := r.to.Write(r.key.Bytes(r.held))
	r.held = nil
	return err
}
