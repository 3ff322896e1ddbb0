package guess

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/kommunpuls/kommunpuls/internal/sheet/words"
	"github.com/kommunpuls/kommunpuls/plugins/sdk/record"
)

// ErrTarget is returned for a column that is said to be something that lists
// of the kind do not have.
var ErrTarget = errors.New("finns inte i en sådan lista")

// Told returns the report with the columns read as a person says: answers by
// "column:" and the header, or by the header alone, each a target or [None]. A
// column that a question is asked about is left to the question. The questions
// are then those that remain.
func (r Report) Told(answers map[string]string) (Report, error) {
	schema, ok := record.Lookup(r.Kind())
	if !ok {
		return r, nil
	}
	said := make(map[string]string) // target by header
	for _, s := range r.Sheets {
		for _, c := range s.Columns {
			a, ok := answers["column:"+c.Header]
			if !ok {
				a, ok = answers[c.Header]
			}
			if !ok || c.Header == "" || !slices.Contains(r.Use, s.Name) || r.asks("column:"+c.Header) {
				continue
			}
			target, ok := targetOf(schema, a)
			if !ok {
				return r, fmt.Errorf("kolumnen ”%s”: ”%s” %w; välj något av %s", c.Header, a, ErrTarget, strings.Join(append(targets(schema), None), ", "))
			}
			said[c.Header] = target
		}
	}
	if len(said) == 0 {
		return r, nil
	}
	r.Sheets = slices.Clone(r.Sheets)
	for i := range r.Sheets {
		r.Sheets[i].tell(schema, said)
	}
	r.Questions = questions(&r)
	return r, nil
}

func (r Report) asks(id string) bool {
	return slices.ContainsFunc(r.Questions, func(q Question) bool { return q.ID == id })
}

// tell sets the proposals of the columns in said, and takes their targets from
// the others.
func (s *Sheet) tell(schema record.Schema, said map[string]string) {
	gone := make(map[string]bool)
	for _, t := range said {
		gone[t] = true
	}
	s.Columns = slices.Clone(s.Columns)
	for i := range s.Columns {
		c := &s.Columns[i]
		target, ok := said[c.Header]
		switch {
		case !ok:
			c.Proposals = slices.DeleteFunc(slices.Clone(c.Proposals), func(p Proposal) bool { return gone[p.Target] })
		case target == None:
			c.Proposals = nil
		default:
			p := Proposal{Target: target, Confidence: 1}
			content(c, schema, &p)
			p.Confidence = 1 // a person has said so
			c.Proposals = []Proposal{p}
		}
	}
}

// targetOf reads an answer: a target, or what it is called in Swedish.
func targetOf(schema record.Schema, answer string) (string, bool) {
	answer = strings.TrimSpace(answer)
	for _, t := range append(targets(schema), None) {
		if strings.EqualFold(answer, t) || strings.EqualFold(answer, TargetName(schema.Kind, t)) {
			return t, true
		}
	}
	return "", false
}

// targets are what a column of a list of the kind can be read as.
func targets(schema record.Schema) []string {
	var out []string
	for _, a := range words.Aliases(schema.Kind) {
		out = append(out, a.Target)
	}
	for _, f := range schema.Fields {
		if !slices.Contains(out, f.Name) {
			out = append(out, f.Name)
		}
	}
	return out
}
