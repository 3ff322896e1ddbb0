package klocka

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"time"

	"github.com/kommunpuls/kommunpuls/plugins/sdk"
	"github.com/kommunpuls/kommunpuls/plugins/sdk/record"
)

// maxFile bounds what is read into memory.
const maxFile = 16 << 20

// fact is one row of the file. The file also says who reported it; that has no
// field here and is never read.
type fact struct {
	ID      string   `json:"id"`
	Metric  string   `json:"metric"`
	Subject string   `json:"subject"`
	Value   *float64 `json:"value"` // null is "not filled in", which is not 0
	Unit    string   `json:"unit"`
	At      string   `json:"at"` // RFC 3339
}

type file struct {
	name    string
	content []byte
	changed time.Time
	facts   []fact
}

func read(path string) (*file, error) {
	f := &file{name: filepath.Base(path)}
	info, err := os.Stat(path)
	if err != nil {
		return nil, fmt.Errorf("filen %s kan inte läsas: %w", f.name, sdk.ErrUnreachable)
	}
	if info.Size() > maxFile {
		return nil, fmt.Errorf("filen %s är större än %d MB: %w", f.name, maxFile>>20, sdk.ErrBadInput)
	}
	f.changed = info.ModTime()
	if f.content, err = os.ReadFile(path); err != nil {
		return nil, fmt.Errorf("filen %s kan inte läsas: %w", f.name, sdk.ErrUnreachable)
	}
	var doc struct {
		Facts []fact `json:"facts"`
	}
	if err := json.Unmarshal(f.content, &doc); err != nil {
		var cut *json.SyntaxError
		if errors.As(err, &cut) && cut.Offset >= int64(len(f.content)) {
			return nil, fmt.Errorf("filen %s är avkortad: %w: %w", f.name, sdk.ErrBadInput, io.ErrUnexpectedEOF)
		}
		return nil, fmt.Errorf("filen %s innehåller inte JSON av rätt form: %w", f.name, sdk.ErrBadInput)
	}
	f.facts = doc.Facts
	return f, nil
}

// record makes the i:th fact a record, or says why it cannot.
func (f *file) record(i int) (record.Record, *sdk.Warning) {
	x := f.facts[i]
	place := record.Place{Doc: f.name, Row: int64(i + 1)}
	refused := func(column, code, reason string) (record.Record, *sdk.Warning) {
		return record.Record{}, &sdk.Warning{Place: place, Column: column, Code: code, Reason: reason, Refused: true}
	}
	if x.ID == "" {
		return refused("id", "no_id", "Raden saknar id.")
	}
	at, err := time.Parse(time.RFC3339, x.At)
	if err != nil {
		return refused("at", "bad_date", "Tiden är inte skriven som 2026-11-21T12:00:00+01:00.")
	}
	r := record.New(record.Observation, x.ID)
	r.Place = place
	err = errors.Join(
		r.SetText("kind", "counter"), r.SetText("metric", x.Metric), r.SetText("subject", x.Subject),
		r.SetText("unit", x.Unit), r.SetInt("started_at", at.Unix()), r.SetBlank("value"))
	if x.Value != nil {
		err = errors.Join(err, r.SetFloat("value", *x.Value))
	}
	if err != nil {
		return refused("", "bad_row", "Raden kan inte användas.")
	}
	return r, nil
}

// batch is all facts after the first n.
func (f *file) batch(n int, s sdk.Settings) sdk.WatchBatch {
	b := sdk.WatchBatch{Mapped: fields, Cursor: f.cursor(len(f.facts), s)}
	for i := n; i < len(f.facts); i++ {
		if rec, warning := f.record(i); warning != nil {
			b.Warnings = append(b.Warnings, *warning)
		} else {
			b.Records = append(b.Records, rec)
		}
	}
	return b
}

func (f *file) cursor(n int, s sdk.Settings) []byte {
	out, err := json.Marshal(cursor{Facts: n, Sum: f.sum(s)})
	if err != nil {
		return nil // a struct of an int and a string is always JSON
	}
	return out
}

// sum covers the settings too: with other settings the same file says other things.
func (f *file) sum(s sdk.Settings) string {
	h := sha256.New()
	h.Write(s.JSON)
	h.Write([]byte{0})
	h.Write(f.content)
	return hex.EncodeToString(h.Sum(nil)[:12])
}
