package report

import (
	"fmt"
	"slices"
	"sort"
	"time"

	"github.com/kommunpuls/kommunpuls/internal/finding"
	"github.com/kommunpuls/kommunpuls/internal/wording"
)

type (
	sourceView struct {
		Name, Plugin, Read, Content, State string
		Seen, Used, Refused                string
	}
	refusedView struct{ Source, Place, Column, Reason string }
	// splitView is one breakdown that is not by förvaltning.
	splitView struct {
		Title string
		Rows  []splitRow
		More  int // rows left out
	}
	splitRow struct {
		Name, Counts, Value string
		place               int
	}
	// unitTable is a table of förvaltningar with a few measures as columns.
	unitTable struct {
		Columns []string
		Rows    []unitRow
	}
	unitRow struct {
		Name  string
		Cells []wording.Figure
	}
	workView struct {
		measure
		Shown, Total string
		More         bool
		Open         bool // how many there are in all is not known here
		Reasons      bool // some row says why
		Rows         []workRow
	}
	workRow struct {
		Label, Unit, Reason, Place string
		Waived                     bool
	}
)

// unitColumns is how many measures stand beside each other on an A4 page.
const unitColumns = 3

func (b builder) sources() []sourceView {
	var out []sourceView
	for _, s := range b.r.Sources {
		v := sourceView{
			Name: s.Name, Plugin: s.Plugin, Read: b.w.Clock(local(s.LastSuccess, b.loc)), Content: b.w.Day(local(s.ContentAt, b.loc)),
			Seen: b.w.Count(s.Counts.Seen), Refused: b.w.Count(s.Counts.Refused),
			Used: b.w.Count(s.Counts.Seen - s.Counts.Refused - s.Counts.Repeated), State: "● läst",
		}
		switch {
		case s.Held:
			v.State = "■ väntar på besked: många rader försvann"
		case s.FailureReason != "" && s.LastFailure.After(s.LastSuccess):
			v.State = "■ gick inte att läsa: " + s.FailureReason
		case !s.RetiredOn.IsZero():
			v.State = "– avslutad " + b.w.Day(s.RetiredOn.In(b.loc))
		}
		out = append(out, v)
	}
	return out
}

func local(t time.Time, loc *time.Location) time.Time {
	if t.IsZero() {
		return t
	}
	return t.In(loc)
}

// refused lists the first refused rows of each source, with their place.
func (b builder) refused() []refusedView {
	var out []refusedView
	for _, s := range b.r.Sources {
		for _, w := range s.Counts.Warnings {
			if w.Refused {
				out = append(out, refusedView{Source: s.Name, Place: placeText(w.Place.Doc, w.Place.Sheet, w.Place.Row), Column: w.Column, Reason: w.Reason})
			}
		}
	}
	return out
}

func placeText(doc, sheet string, row int64) string {
	s := doc
	if sheet != "" {
		s += ", blad " + sheet
	}
	if row > 0 {
		s += fmt.Sprintf(", rad %d", row)
	}
	return s
}

// sure says how far the figures can be trusted, one sentence a thing.
func (b builder) sure() []string {
	var out []string
	for _, s := range b.r.Sources {
		if s.Counts.Refused > 0 {
			out = append(out, fmt.Sprintf("%s: %s av %s rader gick inte att använda och räknas inte.", s.Name, b.w.Count(s.Counts.Refused), b.w.Count(s.Counts.Seen)))
		}
		if s.ContentAt.IsZero() {
			out = append(out, fmt.Sprintf("%s: vi vet inte när innehållet senast ändrades.", s.Name))
			continue
		}
		age := int(b.r.Generated.Sub(s.ContentAt).Hours() / 24)
		said := fmt.Sprintf("%s ändrades senast den %s", s.Name, b.w.Day(s.ContentAt.In(b.loc)))
		if s.ContentMaxAge > 0 && b.r.Generated.Sub(s.ContentAt) > s.ContentMaxAge {
			said += fmt.Sprintf(", för %s dagar sedan, så siffrorna därifrån kan vara inaktuella", b.w.Count(int64(age)))
		}
		out = append(out, said+".")
	}
	for _, f := range b.r.Findings {
		if f.Coverage != nil && *f.Coverage < 0.995 && f.Value != nil {
			out = append(out, fmt.Sprintf("%s: %s av raderna har de uppgifter som behövs.", f.Title.SV, finding.Percent(*f.Coverage, 0)))
		}
		if f.Outcome == finding.Stale && f.Reason != nil {
			out = append(out, f.Title.SV+": "+f.Reason.SV)
		}
	}
	return out
}

// units sets förvaltningar against measures, a few measures a table.
func (b builder) units() []unitTable {
	var with []finding.Finding
	for _, f := range b.r.Findings {
		for _, c := range f.Breakdown {
			if c.Dimension == "org_unit" && f.Value != nil {
				with = append(with, f)
				break
			}
		}
	}
	var out []unitTable
	for len(with) > 0 {
		n := min(unitColumns, len(with))
		out = append(out, b.unitTable(with[:n]))
		with = with[n:]
	}
	return out
}

func (b builder) unitTable(fs []finding.Finding) unitTable {
	var t unitTable
	rows := map[string]*unitRow{}
	for i, f := range fs {
		t.Columns = append(t.Columns, f.Title.SV)
		for _, c := range f.Breakdown {
			if c.Dimension != "org_unit" {
				continue
			}
			name := b.w.Cell(c)
			r := rows[name]
			if r == nil {
				r = &unitRow{Name: name, Cells: make([]wording.Figure, len(fs))}
				rows[name] = r
			}
			r.Cells[i] = b.w.Pair(wording.OfCell(f, c))
		}
	}
	for _, r := range rows {
		if slices.ContainsFunc(r.Cells, func(f wording.Figure) bool { return f != wording.Figure{} }) {
			t.Rows = append(t.Rows, *r)
		}
	}
	sort.Slice(t.Rows, func(i, j int) bool {
		if (t.Rows[i].Name == "Okänd") != (t.Rows[j].Name == "Okänd") {
			return t.Rows[j].Name == "Okänd"
		}
		return wording.SortKey(t.Rows[i].Name) < wording.SortKey(t.Rows[j].Name)
	})
	return t
}
