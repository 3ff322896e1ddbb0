// Package strategy fills in the status texts of a strategy: where a Markdown or
// DOCX document has a marker such as {{kpi sso_coverage}} or {{goal 17}}, the
// figure of a day is written in words. A filled document keeps its markers, so
// that the same document is filled again a year later.
package strategy

import (
	"errors"
	"fmt"
	"path/filepath"
	"strings"
)

// ErrFormat is wrapped by what cannot be read as a strategy at all.
var ErrFormat = errors.New("går inte att läsa som en strategi")

// Status is one marker that was filled in.
type Status struct {
	Where  string // "rad 12", "brödtexten, stycke 4 (”Målet är …”)"
	Marker Marker
	Text   string
}

// Fault is something in the document that must be mended before anything is
// written.
type Fault struct{ Where, Why string }

// Error says where and what.
func (f Fault) Error() string { return f.Where + ": " + f.Why }

// Result is a document with its statuses filled in. Out is nil if there are
// faults.
type Result struct {
	Out      []byte
	Statuses []Status
	Faults   []Fault
}

// The largest files that are read.
const (
	maxMarkdown = 16 << 20
	maxDocx     = 128 << 20
)

// MaxSize is how large a strategy may be, in bytes.
const MaxSize = maxDocx

// Fill fills in a document. name tells its form by how it ends. An error wraps
// ErrFormat where the file is not such a document.
func Fill(name string, in []byte, facts Facts) (Result, error) {
	var r Result
	var err error
	switch ext := strings.ToLower(filepath.Ext(name)); ext {
	case ".md", ".markdown":
		r, err = fillMarkdown(in, facts)
	case ".docx":
		r, err = fillDocx(in, facts)
	case ".doc", ".odt", ".rtf", ".pdf", ".dotx", ".docm", ".dotm":
		err = fmt.Errorf("filer av slaget %s fylls inte i; spara dokumentet som .docx (Word-dokument) först: %w", ext, ErrFormat)
	default:
		err = fmt.Errorf("filen ska sluta på .md eller .docx, inte %q: %w", ext, ErrFormat)
	}
	if err != nil {
		return Result{}, fmt.Errorf("%s: %w", filepath.Base(name), err)
	}
	if len(r.Faults) > 0 {
		r.Out = nil
	}
	return r, nil
}

// Target is the name that a filled document gets: "strategi.docx" becomes
// "strategi.status.docx", and a filled one keeps its name.
func Target(name string) string {
	ext := filepath.Ext(name)
	base := strings.TrimSuffix(name, ext)
	if strings.HasSuffix(base, ".status") {
		return name
	}
	return base + ".status" + ext
}

// filler gathers what comes of one document.
type filler struct {
	facts    Facts
	statuses []Status
	faults   []Fault
}

// say returns the text of a marker as written, with the marker as it is kept;
// false where there is a fault.
func (f *filler) say(where, written string) (m Marker, text string, ok bool) {
	m, err := parse(written)
	if err == nil {
		m, text, err = f.facts.Say(m)
	}
	if err != nil {
		f.fault(where, "%s", err)
		return m, "", false
	}
	f.statuses = append(f.statuses, Status{Where: where, Marker: m, Text: text})
	return m, text, true
}

// most is how many statuses and faults a document may have.
const most = 5_000

// tooMany ends the reading of what is no strategy.
func (f *filler) tooMany() bool {
	if len(f.statuses)+len(f.faults) < most {
		return false
	}
	f.fault("dokumentet", "har fler än %d markörer och läses inte längre än så", most)
	return true
}

func (f *filler) fault(where, format string, args ...any) {
	f.faults = append(f.faults, Fault{Where: where, Why: fmt.Sprintf(format, args...)})
}

func (f *filler) result(out []byte) Result {
	return Result{Out: out, Statuses: f.statuses, Faults: f.faults}
}
