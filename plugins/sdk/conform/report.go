package conform

import (
	"context"
	"errors"
	"fmt"
	"io"
	"sort"
	"strings"
	"time"

	"github.com/kommunpuls/kommunpuls/plugins/sdk"
	"github.com/kommunpuls/kommunpuls/plugins/sdk/record"
)

// ErrBreach says that a source broke the contract; the report says how.
var ErrBreach = errors.New("the source breaks the contract")

// Subject is a source that is to be tested with its real settings.
type Subject struct {
	Source   sdk.Source
	Settings sdk.Settings
	Now      time.Time
}

// Report collects once, keeps nothing, and writes what was found in Swedish.
// It returns ErrBreach for a broken contract and the collection's own error
// if that failed.
func Report(ctx context.Context, s Subject, w io.Writer) error {
	p := &page{w: w, zone: s.Now.Location()}
	d := s.Source.Describe()
	p.line("Källtyp %s %s, läser: %s", d.Name, d.Version, kindNames(d.Kinds))
	p.line("  %s", d.PrivacyNote)
	breaches := Description(d)
	if problems := s.Source.Validate(ctx, s.Settings); len(problems) > 0 {
		p.line("✗ Inställningarna har %d fel:", len(problems))
		for _, x := range problems {
			p.line("  %s: %s", x.Field, x.Message)
		}
		return errors.Join(fmt.Errorf("settings: %w", sdk.ErrBadInput), p.err)
	}
	p.line("✓ Inställningarna är rätt.")
	r := NewRecorder(d, s.Settings.KeyID, NewClear(nil))
	end, err := s.Source.Collect(ctx, sdk.CollectRequest{Settings: s.Settings, Full: true, Now: s.Now}, r)
	r.End(end, err)
	breaches = append(breaches, r.Faults()...)
	if err != nil {
		p.line("✗ Insamlingen misslyckades: %v", err)
	} else {
		p.collected(d, r, end)
	}
	if len(breaches) > 0 {
		p.line("✗ Källan bryter mot kontraktet på %d sätt:", len(breaches))
		for _, b := range breaches {
			p.line("  %s", b)
		}
		err = errors.Join(err, ErrBreach)
	} else if err == nil {
		p.line("✓ Källan håller kontraktet. Ingenting har sparats.")
	}
	return errors.Join(err, p.err)
}

// page writes lines and keeps the first error.
type page struct {
	zone *time.Location
	w    io.Writer
	err  error
}

func (p *page) line(format string, args ...any) {
	if p.err == nil {
		_, p.err = fmt.Fprintf(p.w, format+"\n", args...)
	}
}

// Bounds of what a report lists.
const shownWarnings = 10

func (p *page) collected(d sdk.Description, r *Recorder, end sdk.End) {
	p.line("✓ Insamlingen gick bra: %d rader lästa, %d poster, %d rader avvisade.", end.Seen, r.Records, r.Refused)
	if !r.Header.ContentAt.IsZero() {
		p.line("  Innehållet ändrades senast %s.", r.Header.ContentAt.In(p.zone).Format("2006-01-02 15:04"))
	}
	for _, k := range d.Kinds {
		if r.ByKind[k] == 0 {
			continue
		}
		p.line("  %s: %d poster, varav %d med upprepat id", k, r.ByKind[k], r.ByKind[k]-int64(len(r.IDs[k])))
		for _, f := range r.Header.Mapped[k] {
			name := string(k) + "." + strings.TrimPrefix(f, string(k)+".")
			if filled, blank := r.Filled[name], r.Blank[name]; filled+blank > 0 {
				p.line("    %-30s ifyllt i %d, tomt i %d", f, filled, blank)
			}
		}
	}
	if len(r.Warnings) > 0 {
		p.line("  Anmärkningar:")
		for _, line := range warningLines(r.Warnings) {
			p.line("    %s", line)
		}
	}
}

// warningLines groups by code and gives the first ones their places.
func warningLines(ws []sdk.Warning) []string {
	byCode := make(map[string][]sdk.Warning)
	for _, w := range ws {
		byCode[w.Code] = append(byCode[w.Code], w)
	}
	codes := make([]string, 0, len(byCode))
	for c := range byCode {
		codes = append(codes, c)
	}
	sort.Strings(codes)
	var out []string
	for _, c := range codes {
		out = append(out, fmt.Sprintf("%s, %d st:", c, len(byCode[c])))
		for i, w := range byCode[c] {
			if i == shownWarnings {
				out = append(out, fmt.Sprintf("  … och %d till", len(byCode[c])-i))
				break
			}
			where := swedishPlace(w.Place)
			if w.Column != "" {
				where += ", " + w.Column
			}
			out = append(out, fmt.Sprintf("  %s: %s", where, w.Reason))
		}
	}
	return out
}

func swedishPlace(p record.Place) string {
	out := p.Doc
	if p.Sheet != "" {
		out += ", blad " + p.Sheet
	}
	if p.Row != 0 {
		out += fmt.Sprintf(", rad %d", p.Row)
	}
	if out == "" {
		return "utan plats"
	}
	return out
}

func kindNames(kinds []record.Kind) string {
	var names []string
	for _, k := range kinds {
		names = append(names, string(k))
	}
	return strings.Join(names, ", ")
}
