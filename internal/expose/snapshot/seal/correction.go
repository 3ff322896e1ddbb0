package seal

import (
	"errors"
	"strings"
	"unicode/utf8"
)

// Correction says that a snapshot corrects an earlier one. The earlier one is
// never touched: both stand, and the chain shows both.
type Correction struct {
	Name   string `json:"name"`
	SHA256 string `json:"sha256"` // of the corrected report
	Note   string `json:"note"`   // what was wrong, as people read it
}

// maxNote is the longest note of a correction, in characters.
const maxNote = 500

// ErrNote is returned for a correction without a note, or with one too long.
var ErrNote = errors.New("en rättelse behöver en förklaring på högst 500 tecken: vad var fel?")

// Correct makes the link to the snapshot that is corrected; nil corrects none.
func (c Chain) Correct(wanted *Correction) (*Correction, error) {
	if wanted == nil {
		return nil, nil
	}
	e, err := c.Find(wanted.Name)
	if err != nil {
		return nil, err
	}
	note := strings.Join(strings.Fields(wanted.Note), " ")
	if note == "" || utf8.RuneCountInString(note) > maxNote {
		return nil, ErrNote
	}
	return &Correction{Name: e.Name, SHA256: e.Report, Note: note}, nil
}

// Corrections lists the later snapshots that correct one, oldest first.
func (c Chain) Corrections(of Entry) []Entry {
	var out []Entry
	for _, e := range c {
		if e.Corrects != nil && e.Corrects.Name == of.Name && e.Corrects.SHA256 == of.Report {
			out = append(out, e)
		}
	}
	return out
}
