package prometheus

import (
	"encoding/json"
	"time"
)

// cursor is where the next collection goes on.
type cursor struct {
	Settings string `json:"settings"` // fingerprint
	// Until is when the last collection asked.
	Until time.Time `json:"until"`
	// Newest is when the newest value was measured.
	Newest time.Time `json:"newest"`
	// Spans are intervals that the next window may begin within.
	Spans []span `json:"spans,omitempty"`
}

// span is an unbroken time that a series was not zero.
type span struct {
	Metric string            `json:"metric"`
	Key    string            `json:"key"`
	Labels map[string]string `json:"labels,omitempty"` // those that are mapped
	Start  int64             `json:"start"`            // its first step, seconds since 1970
	Last   int64             `json:"last"`             // its last step
	// End is the first step that was zero, or a step after Last where
	// nothing was measured; 0 is ongoing.
	End int64 `json:"end,omitempty"`
}

// parseCursor returns an empty cursor for one that is not of these settings.
func parseCursor(b []byte, fingerprint string) cursor {
	var c cursor
	if err := json.Unmarshal(b, &c); err != nil || c.Settings != fingerprint {
		return cursor{Settings: fingerprint}
	}
	return c
}
