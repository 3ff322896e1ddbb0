package snapshot

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/kommunpuls/kommunpuls/internal/finding"
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

// correction makes the link to the snapshot that is corrected; nil corrects none.
func (c Chain) correction(wanted *Correction) (*Correction, error) {
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

// corrected returns the figures with a remark of what they correct.
func corrected(fs []finding.Finding, c *Correction) []finding.Finding {
	if c == nil {
		return fs
	}
	out := slices.Clone(fs)
	for i := range out {
		out[i].Remarks = append(slices.Clone(out[i].Remarks), finding.Text{
			SV: fmt.Sprintf("Rättar ögonblicksbilden %s: %s", c.Name, c.Note),
			EN: fmt.Sprintf("Corrects the snapshot %s: %s", c.Name, c.Note),
		})
	}
	return out
}

// correctionText is what LASMIG.txt says of a correction.
func correctionText(c Correction) string {
	return fmt.Sprintf(`
Det här är en rättelse av %s.
Vad som var fel: %s
Den tidigare ögonblicksbilden är inte ändrad. Dess redovisning har SHA-256-summan
%s.
`, c.Name, c.Note, c.SHA256)
}
