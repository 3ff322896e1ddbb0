// Package exchange is the file that one municipality's kommunpuls gives to
// another's: some of its figures, how they are counted, and a sum over them.
// A file that comes from elsewhere is read as what it is, a stranger's: whole
// and right in every part, or not at all.
package exchange

import (
	"bytes"
	"crypto/sha256"
	_ "embed"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"time"
)

// What the file calls itself.
const (
	Format  = "kommunpuls-utbyte"
	Version = 1
)

// How the figures stand as observations: by their KPI, and how many inhabitants
// there are. No other observation is named so.
const (
	MetricPrefix      = "kpi:"
	InhabitantsMetric = "size:inhabitants"
)

//go:embed schema.json
var schemaJSON []byte

// Schema returns the JSON Schema of the file.
func Schema() []byte { return bytes.Clone(schemaJSON) }

// File is the whole file. SHA256 is that of Content without white space between
// its parts, so that a change of it shows; it does not say who wrote it.
type File struct {
	Format  string          `json:"format"`
	Version int             `json:"version"`
	SHA256  string          `json:"sha256"`
	Content json.RawMessage `json:"content"`
	Schema  json.RawMessage `json:"schema"`
}

// Content is what a municipality says of itself.
type Content struct {
	Municipality Municipality `json:"municipality"`
	Made         time.Time    `json:"made"`
	Program      string       `json:"program"` // the version that wrote it
	Demo         bool         `json:"demo,omitempty"`
	Figures      []Figure     `json:"figures"`
}

// Municipality is who gives the figures.
type Municipality struct {
	Code        string `json:"code"` // SCB's four digits
	Name        string `json:"name"`
	Inhabitants int64  `json:"inhabitants,omitempty"`
	Employees   int64  `json:"employees,omitempty"`
}

// Figure is one KPI at one instant: shares are 0–1, durations seconds, money SEK.
type Figure struct {
	KPI         string    `json:"kpi"`
	Method      string    `json:"method"` // version and sum of what decides the figure
	Unit        string    `json:"unit"`
	AsOf        time.Time `json:"as_of"`
	Value       float64   `json:"value"`
	Numerator   *float64  `json:"numerator,omitempty"`
	Denominator *float64  `json:"denominator,omitempty"`
}

// Write writes the file. The same content gives the same bytes.
func Write(w io.Writer, c Content) error {
	content, err := json.Marshal(c)
	if err != nil {
		return fmt.Errorf("exchange: %w", err)
	}
	sum := sha256.Sum256(content)
	b, err := json.MarshalIndent(File{Format: Format, Version: Version, SHA256: hex.EncodeToString(sum[:]), Content: content, Schema: schemaJSON}, "", "  ")
	if err != nil {
		return fmt.Errorf("exchange: %w", err)
	}
	_, err = w.Write(append(b, '\n'))
	return err
}
