// Package setting holds what the settings of several sources have in common.
package setting

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strconv"
	"strings"
	"time"
)

// Duration is a time span in settings: "90s", "36h", "7d". Zero is not given.
type Duration time.Duration

// Or is the span, or def where none is given.
func (d Duration) Or(def time.Duration) time.Duration {
	if d == 0 {
		return def
	}
	return time.Duration(d)
}

// UnmarshalJSON takes a text: Go's form, or whole days before it ("7d", "1d12h").
func (d *Duration) UnmarshalJSON(b []byte) error {
	var s string
	if err := json.Unmarshal(b, &s); err != nil {
		return fmt.Errorf("en tid skrivs som text, till exempel \"90s\", \"36h\" eller \"7d\": %w", err)
	}
	v, err := parseDuration(s)
	if err != nil || v <= 0 {
		return fmt.Errorf("%q är ingen tid; skriv till exempel 90s, 36h eller 7d", s)
	}
	*d = Duration(v)
	return nil
}

// MarshalJSON writes Go's form.
func (d Duration) MarshalJSON() ([]byte, error) {
	return json.Marshal(time.Duration(d).String())
}

func parseDuration(s string) (time.Duration, error) {
	var days time.Duration
	if head, rest, ok := strings.Cut(s, "d"); ok {
		n, err := strconv.ParseUint(head, 10, 16)
		if err != nil {
			return 0, err
		}
		if days = time.Duration(n) * 24 * time.Hour; rest == "" {
			return days, nil
		}
		s = rest
	}
	v, err := time.ParseDuration(s)
	return days + v, err
}

// Decode reads settings strictly: an unknown key is an error, and so is
// anything after them.
func Decode(b []byte, into any) error {
	dec := json.NewDecoder(bytes.NewReader(b))
	dec.DisallowUnknownFields()
	if err := dec.Decode(into); err != nil {
		return err
	}
	if dec.More() {
		return fmt.Errorf("det står mer efter inställningarna")
	}
	return nil
}
