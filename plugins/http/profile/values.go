package profile

import (
	"encoding/json"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/invopop/jsonschema"
)

// Duration is a time span: "90s", "36h" or "7d".
type Duration time.Duration

// Std returns it as the standard library's, or def if it is not given.
func (d Duration) Std(def time.Duration) time.Duration {
	if d == 0 {
		return def
	}
	return time.Duration(d)
}

// ParseDuration reads Go's durations and whole days.
func ParseDuration(s string) (Duration, error) {
	if days, ok := strings.CutSuffix(s, "d"); ok {
		if n, err := strconv.ParseUint(days, 10, 16); err == nil && n > 0 {
			return Duration(time.Duration(n) * 24 * time.Hour), nil
		}
	} else if v, err := time.ParseDuration(s); err == nil && v > 0 {
		return Duration(v), nil
	}
	return 0, fmt.Errorf("%q är inget tidsspann; skriv till exempel 90s, 36h eller 7d", s)
}

// UnmarshalJSON reads the form that MarshalJSON writes.
func (d *Duration) UnmarshalJSON(b []byte) error {
	var s string
	if err := json.Unmarshal(b, &s); err != nil {
		return err
	}
	v, err := ParseDuration(s)
	*d = v
	return err
}

// UnmarshalYAML reads a time span.
func (d *Duration) UnmarshalYAML(unmarshal func(any) error) error {
	var s string
	if err := unmarshal(&s); err != nil {
		return err
	}
	v, err := ParseDuration(s)
	*d = v
	return err
}

// MarshalJSON writes a time span.
func (d Duration) MarshalJSON() ([]byte, error) { return json.Marshal(time.Duration(d).String()) }

// JSONSchema describes a time span.
func (Duration) JSONSchema() *jsonschema.Schema {
	return &jsonschema.Schema{Type: "string", Pattern: `^([0-9]+d|([0-9.]+(ms|s|m|h))+)$`, Examples: []any{"90s", "36h", "7d"}}
}

// plainField is a Field without its own ways of reading.
type plainField Field

// UnmarshalYAML takes an expression alone, or an object.
func (f *Field) UnmarshalYAML(unmarshal func(any) error) error {
	var from string
	if err := unmarshal(&from); err == nil {
		*f = Field{From: from}
		return nil
	}
	return unmarshal((*plainField)(f))
}

// UnmarshalJSON takes an expression alone, or an object.
func (f *Field) UnmarshalJSON(b []byte) error {
	var from string
	if err := json.Unmarshal(b, &from); err == nil {
		*f = Field{From: from}
		return nil
	}
	dec := json.NewDecoder(strings.NewReader(string(b)))
	dec.DisallowUnknownFields()
	return dec.Decode((*plainField)(f))
}

// JSONSchema describes an expression alone, or an object.
func (Field) JSONSchema() *jsonschema.Schema {
	object := (&jsonschema.Reflector{DoNotReference: true, Anonymous: true}).Reflect(&plainField{})
	object.Version = ""
	return &jsonschema.Schema{OneOf: []*jsonschema.Schema{{Type: "string"}, object}}
}
