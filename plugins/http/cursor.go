package http

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"time"

	"github.com/kommunpuls/kommunpuls/plugins/sdk"
)

// cursor is what a collection leaves to the next.
type cursor struct {
	// Settings is a fingerprint of settings, profile and pseudonym key; another
	// one means a full pass.
	Settings string `json:"settings"`
	FullAt   int64  `json:"full_at"` // seconds since 1970
	// Newest is when the newest item of each stream was changed.
	Newest map[string]int64 `json:"newest,omitempty"`
	// Content is when any content last changed, if that is known.
	Content int64 `json:"content,omitempty"`
	// Read are the optional streams that could be read.
	Read []string `json:"read,omitempty"`
	// Counted are the org units that each count had something in.
	Counted map[string][]string `json:"counted,omitempty"`
}

// openCursor reads what a collection left; nil if it cannot be gone on from.
func openCursor(b []byte, print string) *cursor {
	var c cursor
	if len(b) == 0 || json.Unmarshal(b, &c) != nil || c.Settings != print {
		return nil
	}
	return &c
}

// fingerprint changes when the settings, the profile or the pseudonym key do.
func fingerprint(s sdk.Settings, profile []byte) string {
	h := hmac.New(sha256.New, s.PseudonymKey)
	for _, part := range [][]byte{[]byte("kommunpuls http cursor 1"), []byte(s.KeyID), s.JSON, profile} {
		sum := sha256.Sum256(part)
		h.Write(sum[:]) // a hash never fails
	}
	return hex.EncodeToString(h.Sum(nil))
}

// full tells whether everything must be read: there is no stream that knows
// increments, or none to go on from, or the last full pass was too long ago.
func (pl *plan) full(c *cursor, req sdk.CollectRequest) bool {
	if c == nil || req.Full || !req.Dated.IsZero() {
		return true
	}
	every := time.Duration(0)
	for _, st := range pl.streams {
		if st.Increment == nil {
			continue
		}
		if _, known := c.Newest[st.Name]; !known {
			continue // it was empty then, and is read whole
		}
		if d := pl.FullEvery.Std(st.Increment.FullEvery.Std(defaultFull)); every == 0 || d < every {
			every = d
		}
	}
	age := req.Now.Sub(time.Unix(c.FullAt, 0))
	return every == 0 || age < 0 || age >= every
}

// defaultFull is how often everything is read unless the profile says.
const defaultFull = 7 * 24 * time.Hour
