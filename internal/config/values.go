package config

import (
	"encoding/json"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/goccy/go-yaml/ast"
	"github.com/invopop/jsonschema"

	"github.com/kommunpuls/kommunpuls/internal/calendar"
)

// Duration is a span of time written as "15m", "1h", "90d" or "2w".
type Duration time.Duration

// maxDays keeps a span within what time.Duration can hold, weeks included.
const maxDays = 10_000

// ParseDuration reads a Duration; days and weeks are 24 and 168 hours.
func ParseDuration(s string) (Duration, error) {
	s = strings.TrimSpace(s)
	for suffix, unit := range map[string]time.Duration{"d": 24 * time.Hour, "w": 7 * 24 * time.Hour} {
		if n, ok := strings.CutSuffix(s, suffix); ok {
			v, err := strconv.Atoi(n)
			if err != nil || v < 0 || v > maxDays {
				return 0, fmt.Errorf("%q är ingen tidslängd; skriv till exempel 15m, 1h eller 90d", s)
			}
			return Duration(time.Duration(v) * unit), nil
		}
	}
	d, err := time.ParseDuration(s)
	if err != nil || d < 0 {
		return 0, fmt.Errorf("%q är ingen tidslängd; skriv till exempel 15m, 1h eller 90d", s)
	}
	return Duration(d), nil
}

// UnmarshalYAML reads the written form.
func (d *Duration) UnmarshalYAML(n ast.Node) error {
	v, err := ParseDuration(scalar(n))
	if err != nil {
		return located(n, err)
	}
	*d = v
	return nil
}

// JSONSchema describes the written form.
func (Duration) JSONSchema() *jsonschema.Schema {
	return &jsonschema.Schema{Type: "string", Pattern: `^[0-9]+(ms|s|m|h|d|w)([0-9]+(ms|s|m))*$`, Examples: []any{"15m", "90d"}}
}

// Std returns the standard library's form.
func (d Duration) Std() time.Duration { return time.Duration(d) }

// scalar is a node's text without quotes.
func scalar(n ast.Node) string {
	if s, ok := n.(*ast.StringNode); ok {
		return s.Value
	}
	return n.String()
}

func located(n ast.Node, err error) error {
	return fmt.Errorf("rad %d: %w", n.GetToken().Position.Line, err)
}

// Day is a calendar day, "2026-11-21"; it begins at midnight in Europe/Stockholm.
type Day struct{ time.Time }

// UnmarshalYAML reads the written form.
func (d *Day) UnmarshalYAML(n ast.Node) error {
	s := scalar(n)
	t, err := time.ParseInLocation(time.DateOnly, s, calendar.Location())
	if err != nil {
		return located(n, fmt.Errorf("%q är ingen dag; skriv till exempel 2026-11-21", s))
	}
	d.Time = t
	return nil
}

// JSONSchema describes the written form.
func (Day) JSONSchema() *jsonschema.Schema {
	return &jsonschema.Schema{Type: "string", Format: "date"}
}

// Secret is a value that stands in the environment or in a file, never in the
// configuration itself: ${env:NAME} or ${file:path}. It is never printed.
type Secret struct {
	ref   string
	value string
}

// Value returns the secret itself; "" when none is configured.
func (s Secret) Value() string { return s.value }

// String hides the secret.
func (s Secret) String() string { return "(hidden)" }

// GoString hides the secret from %#v.
func (s Secret) GoString() string { return "(hidden)" }

// MarshalJSON writes the reference, not the secret.
func (s Secret) MarshalJSON() ([]byte, error) { return json.Marshal(s.ref) }

// UnmarshalYAML keeps the reference; Load resolves it.
func (s *Secret) UnmarshalYAML(unmarshal func(any) error) error { return unmarshal(&s.ref) }

// JSONSchema describes the written form.
func (Secret) JSONSchema() *jsonschema.Schema {
	return &jsonschema.Schema{Type: "string", Pattern: `^\$\{(env|file):[^}]+\}$`, Description: "A reference: ${env:NAME} or ${file:path}"}
}
