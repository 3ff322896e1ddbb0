package guess

import (
	"fmt"
	"slices"
	"strings"

	"github.com/kommunpuls/kommunpuls/internal/naming"
	"github.com/kommunpuls/kommunpuls/plugins/sdk/record"
)

// Answers that questions share.
const (
	Yes  = "yes"
	No   = "no"
	None = "-" // the column is not used; the value counts as not filled in
)

// maxValues is how many unknown values of a column are asked about.
const maxValues = 10

// questions are what a person must be asked, most important first.
func questions(r *Report) []Question {
	s, ok := r.Main()
	if !ok {
		return nil
	}
	kind := r.Kind()
	var qs []Question
	qs = append(qs, kindQuestion(r)...)
	qs = append(qs, sheetQuestion(r)...)
	qs = append(qs, rowQuestions(s, kind)...)
	qs = append(qs, columnQuestions(s, kind)...)
	qs = append(qs, dateQuestion(s)...)
	switch kind {
	case record.System:
		qs = append(qs, systemQuestions(s)...)
	case record.Ticket:
		qs = append(qs, ticketQuestions(s)...)
	}
	return append(qs, valueQuestions(s, kind)...)
}

func kindQuestion(r *Report) []Question {
	first := r.Kinds[0]
	second := KindGuess{}
	if len(r.Kinds) > 1 {
		second = r.Kinds[1]
	}
	if first.Confidence >= 0.6 && first.Confidence-second.Confidence >= 0.12 {
		return nil
	}
	q := Question{ID: "kind", Text: fmt.Sprintf("Listan ser ut som %s. Stämmer det?", KindName(first.Kind)), Default: string(first.Kind)}
	for _, k := range r.Kinds[:min(4, len(r.Kinds))] {
		q.Options = append(q.Options, Option{Key: string(k.Kind), Label: KindName(k.Kind)})
	}
	return []Question{q}
}

func sheetQuestion(r *Report) []Question {
	if len(r.Use) < 2 {
		return nil
	}
	text := fmt.Sprintf("%d blad har samma sorts tabell: %s. Ska alla läsas?", len(r.Use), strings.Join(r.Use, ", "))
	if r.OrgUnitFromSheet {
		text += " Bladets namn blir då förvaltning."
	}
	q := Question{ID: "sheets", Text: text, Default: "*", Options: []Option{{Key: "*", Label: "alla"}}}
	for _, name := range r.Use {
		q.Options = append(q.Options, Option{Key: name, Label: "bara " + name})
	}
	return []Question{q}
}

// rowQuestions are about struck-through, hidden and merged rows.
func rowQuestions(s Sheet, kind record.Kind) []Question {
	var qs []Question
	if s.Struck > 0 {
		struck := fmt.Sprintf("%s (%s)", amount(s.Struck, "rad är överstruken", "rader är överstrukna"), rowList(s.StruckRows, s.Struck))
		say := number(s.Struck)
		q := Question{ID: "struck", Sheet: s.Name, Default: "skip",
			Text:    struck + ". Räknas " + say("den", "de") + " inte alls, eller som de andra?",
			Options: []Option{{Key: "skip", Label: "räkna " + say("den", "dem") + " inte"}, {Key: "keep", Label: "räkna " + say("den", "dem") + " som de andra"}}}
		if kind == record.System || kind == record.Asset {
			q.Text = struck + ": räknas " + say("den som avvecklad?", "de som avvecklade?")
			q.Default = "retired"
			q.Options = append([]Option{{Key: "retired", Label: "ja, som " + say("avvecklad", "avvecklade")}}, q.Options...)
		}
		qs = append(qs, q)
	}
	if s.HiddenRows > 0 {
		say := number(s.HiddenRows)
		qs = append(qs, Question{ID: "hidden", Sheet: s.Name, Default: "keep",
			Text:    fmt.Sprintf("%s (%s). Ska %s räknas?", amount(s.HiddenRows, "rad är dold", "rader är dolda"), rowList(s.HiddenRowList, s.HiddenRows), say("den", "de")),
			Options: []Option{{Key: "keep", Label: "ja, räkna " + say("den", "dem")}, {Key: "skip", Label: "nej, hoppa över " + say("den", "dem")}}})
	}
	for _, m := range s.Merged {
		qs = append(qs, Question{ID: "fill_down:" + m.Header, Sheet: s.Name, Column: m.Header, Default: Yes,
			Text:    fmt.Sprintf("”%s” är sammanslagen nedåt på %s. Ska %s fyllas i med värdet ovanför?", m.Header, amount(int64(m.Ranges), "ställe", "ställen"), amount(int64(m.Cells), "tom cell", "tomma celler")),
			Options: []Option{{Key: Yes, Label: "ja"}, {Key: No, Label: "nej"}}})
	}
	return qs
}

// columnQuestions ask about columns whose best proposal is in doubt.
func columnQuestions(s Sheet, kind record.Kind) []Question {
	var qs []Question
	for _, c := range s.Columns {
		if len(c.Proposals) == 0 || c.Proposals[0].Confidence >= Sure || c.Looks == "empty" {
			continue
		}
		best := c.Proposals[0]
		q := Question{ID: "column:" + c.Header, Sheet: s.Name, Column: c.Header, Default: None,
			Text: fmt.Sprintf("’%s’ → %s? Exempel: %s", c.Header, TargetName(kind, best.Target), samples(c))}
		if best.Confidence >= 0.55 && !taken(s, c, best.Target) {
			q.Default = best.Target
		}
		for _, p := range c.Proposals {
			q.Options = append(q.Options, Option{Key: p.Target, Label: TargetName(kind, p.Target)})
		}
		q.Options = append(q.Options, Option{Key: None, Label: "använd inte kolumnen"})
		qs = append(qs, q)
	}
	return qs
}

// taken tells that another column fills the target with more confidence.
func taken(s Sheet, c Column, target string) bool {
	return slices.ContainsFunc(s.Columns, func(o Column) bool {
		return o.Index != c.Index && len(o.Proposals) > 0 && o.Proposals[0].Target == target && o.Proposals[0].Confidence >= c.Proposals[0].Confidence
	})
}

func samples(c Column) string {
	var parts []string
	for _, v := range c.Samples {
		p := "’" + v + "’"
		if slices.ContainsFunc(c.Markers, func(m Count) bool { return m.Value == v }) {
			p += " (tolkas som tom)"
		}
		parts = append(parts, p)
	}
	return strings.Join(parts, ", ")
}

// dateQuestion asks once, for all columns whose dates can be read both ways.
func dateQuestion(s Sheet) []Question {
	var doubtful []string
	example := ""
	for _, c := range s.Columns {
		if len(c.DateOrders) == 2 && len(c.Proposals) > 0 {
			doubtful = append(doubtful, "”"+c.Header+"”")
			if example == "" && len(c.Samples) > 0 {
				example = c.Samples[0]
			}
		}
	}
	if len(doubtful) == 0 {
		return nil
	}
	return []Question{{ID: "date_order", Sheet: s.Name, Default: "dmy",
		Text:    fmt.Sprintf("Datumen i %s kan läsas på två sätt, till exempel %s. Står dagen eller månaden först?", strings.Join(doubtful, ", "), example),
		Options: []Option{{Key: "dmy", Label: "dagen först"}, {Key: "mdy", Label: "månaden först"}}}}
}

// valueQuestions ask what unknown values of a field with fixed values mean.
func valueQuestions(s Sheet, kind record.Kind) []Question {
	schema, ok := record.Lookup(kind)
	if !ok {
		return nil
	}
	var qs []Question
	for _, c := range s.Columns {
		if len(c.Proposals) == 0 || c.Proposals[0].Confidence < 0.55 {
			continue
		}
		p := c.Proposals[0]
		f, ok := field(schema, p.Target)
		if !ok || f.Type != record.Enum {
			continue
		}
		for _, v := range p.Unknown[:min(maxValues, len(p.Unknown))] {
			q := Question{ID: "value:" + c.Header + ":" + v, Sheet: s.Name, Column: c.Header, Default: None,
				Text: fmt.Sprintf("Vad betyder ’%s’ i kolumnen ”%s”?", v, c.Header)}
			for _, e := range f.Enum {
				q.Options = append(q.Options, Option{Key: e, Label: naming.Value(e)})
			}
			q.Options = append(q.Options, Option{Key: None, Label: "räkna som ej ifyllt"})
			qs = append(qs, q)
		}
	}
	return qs
}

// has returns the header of the column that is best for a target.
func has(s Sheet, target string) (string, bool) {
	for _, c := range s.Columns {
		if len(c.Proposals) > 0 && c.Proposals[0].Target == target && c.Proposals[0].Confidence >= 0.55 {
			return c.Header, true
		}
	}
	return "", false
}

func amount(n int64, one, many string) string {
	return fmt.Sprintf("%d %s", n, number(n)(one, many))
}

// number chooses words by how many there are.
func number(n int64) func(one, many string) string {
	return func(one, many string) string {
		if n == 1 {
			return one
		}
		return many
	}
}

// rowList names rows: "rad 7, 9 och 12", "rad 7, 9, 12 med flera".
func rowList(rows []int64, all int64) string {
	shown := rows[:min(5, len(rows))]
	var b strings.Builder
	b.WriteString("rad ")
	for i, r := range shown {
		switch {
		case i > 0 && i == len(shown)-1 && int64(len(shown)) == all:
			b.WriteString(" och ")
		case i > 0:
			b.WriteString(", ")
		}
		fmt.Fprintf(&b, "%d", r)
	}
	if all > int64(len(shown)) {
		b.WriteString(" med flera")
	}
	return b.String()
}
