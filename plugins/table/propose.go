package table

import (
	"fmt"
	"path/filepath"
	"slices"
	"strings"

	"github.com/kommunpuls/kommunpuls/internal/sheet/guess"
	"github.com/kommunpuls/kommunpuls/internal/sheet/words"
	"github.com/kommunpuls/kommunpuls/plugins/sdk/record"
)

// FromReport turns what inspecting a file found, and a person's answers by
// [guess.Question.ID], into settings. A question without an answer takes its
// default. File is the report's; the caller makes it relative to the config.
//
// An answer to "kind" that differs from the guess changes the other questions:
// ask those of rep.As(kind), and pass that report.
func FromReport(rep guess.Report, answers map[string]string) (Settings, error) {
	if k := record.Kind(answers["kind"]); k != "" && k != rep.Kind() {
		if _, ok := record.Lookup(k); !ok {
			return Settings{}, fmt.Errorf("kind: posttypen %q finns inte", k)
		}
		rep = rep.As(k)
	}
	main, ok := rep.Main()
	if !ok {
		return Settings{}, fmt.Errorf("%s: ingen tabell som går att känna igen", filepath.Base(rep.File))
	}
	a := answered{rep: &rep, main: main, kind: rep.Kind(), given: answers}
	if err := a.check(); err != nil {
		return Settings{}, err
	}
	for _, sh := range rep.Sheets {
		if sh.Name == a.answer("sheets") {
			a.main = sh
		}
	}
	s := Settings{
		File: rep.File, Record: a.kind, Sheet: a.main.Name, HeaderRow: a.main.HeaderRow, HeaderRows: a.main.HeaderRows,
		Columns: make(map[string]Column), Constants: make(map[string]string),
		Struck: a.answer("struck"), Hidden: a.answer("hidden"), DateOrder: a.answer("date_order"),
	}
	if rep.Format == "csv" {
		s.Encoding, s.Delimiter = rep.Encoding, rep.Delimiter
	}
	a.sheets(&s)
	a.columns(&s)
	a.values(&s)
	a.rest(&s)
	if len(s.Constants) == 0 {
		s.Constants = nil
	}
	return s, nil
}

// answered is a report with its answers.
type answered struct {
	rep   *guess.Report
	main  guess.Sheet
	kind  record.Kind
	given map[string]string
}

// check refuses answers that no question offers.
func (a answered) check() error {
	for _, q := range a.rep.Questions {
		got, ok := a.given[q.ID]
		if ok && !slices.ContainsFunc(q.Options, func(o guess.Option) bool { return o.Key == got }) {
			var keys []string
			for _, o := range q.Options {
				keys = append(keys, o.Key)
			}
			return fmt.Errorf("%s: svaret %q är inte ett av %s", q.ID, got, strings.Join(keys, ", "))
		}
	}
	return nil
}

// answer is what was answered, the default, or nothing if it was never asked.
func (a answered) answer(id string) string {
	for _, q := range a.rep.Questions {
		if q.ID != id {
			continue
		}
		if got, ok := a.given[id]; ok {
			return got
		}
		return q.Default
	}
	return ""
}

func (a answered) sheets(s *Settings) {
	if a.rep.Format == "csv" {
		s.Sheet = ""
	}
	if a.answer("sheets") == "*" {
		s.Sheet, s.OrgUnitFromSheet = "*", a.rep.OrgUnitFromSheet
		s.HeaderRow, s.HeaderRows = 0, 0 // each sheet has its own
	}
	for _, m := range a.main.Merged {
		if a.answer("fill_down:"+m.Header) == guess.Yes {
			s.FillDown = append(s.FillDown, m.Header)
		}
	}
}

// columns maps every column to its proposal, or to what was answered.
func (a answered) columns(s *Settings) {
	for _, c := range a.main.Columns {
		if len(c.Proposals) == 0 || c.Looks == "empty" && c.Proposals[0].Confidence < guess.Sure {
			continue
		}
		p := c.Proposals[0]
		if asked := a.answer("column:" + c.Header); asked == guess.None {
			continue
		} else if asked != "" && asked != p.Target {
			i := slices.IndexFunc(c.Proposals, func(o guess.Proposal) bool { return o.Target == asked })
			p = c.Proposals[i] // check saw to it that it is one of them
		}
		if p.Target == "id" {
			s.ID = append(s.ID, c.Header)
			continue
		}
		if _, taken := s.Columns[p.Target]; !taken {
			s.Columns[p.Target] = Column{Header: Headers{c.Header}, Values: p.Values}
		}
	}
	if a.answer("sheets") == "*" {
		a.alternatives(s)
	}
	for _, q := range a.rep.Questions {
		if q.ID != "solved" {
			continue
		}
		switch solved := a.answer("solved"); solved {
		case guess.None:
			delete(s.Columns, "resolved_at")
		default:
			s.Columns["resolved_at"] = Column{Header: Headers{solved}}
		}
	}
}

// alternatives adds what other sheets call the same column, and allows that a
// sheet lacks it.
func (a answered) alternatives(s *Settings) {
	for _, sh := range a.rep.Sheets {
		if !slices.Contains(a.rep.Use, sh.Name) || sh.Name == a.main.Name {
			continue
		}
		have := make(map[string]bool)
		for _, c := range sh.Columns {
			for target, col := range s.Columns {
				if slices.ContainsFunc(col.Header, func(h string) bool { return words.Plain(h) == words.Plain(c.Header) }) {
					have[target] = true
				}
			}
		}
		for _, c := range sh.Columns {
			if len(c.Proposals) == 0 || c.Proposals[0].Confidence < guess.Sure {
				continue
			}
			target := c.Proposals[0].Target
			if col, ok := s.Columns[target]; ok && !have[target] {
				col.Header = append(col.Header, c.Header)
				s.Columns[target], have[target] = col, true
			}
		}
		for target, col := range s.Columns {
			if !have[target] {
				col.Optional = true
				s.Columns[target] = col
			}
		}
	}
}

// values adds the translations that were answered.
func (a answered) values(s *Settings) {
	for target, col := range s.Columns {
		for _, q := range a.rep.Questions {
			rest, ok := strings.CutPrefix(q.ID, "value:"+col.Header[0]+":")
			if !ok {
				continue
			}
			to := a.answer(q.ID)
			if to == guess.None {
				to = ""
			}
			if col.Values == nil {
				col.Values = make(map[string]string)
			}
			col.Values[rest] = to
		}
		s.Columns[target] = col
	}
}

// rest takes the answers about what the list leaves unsaid.
func (a answered) rest(s *Settings) {
	for id, field := range map[string]string{"lifecycle": "lifecycle", "system_kind": "kind", "ticket_kind": "kind"} {
		if v := a.answer(id); v != "" && v != guess.None {
			s.Constants[field] = v
		}
	}
	if a.answer("covers") == "all" {
		s.Covers = "all"
	}
	_, named := s.Columns["name"]
	_, numbered := s.Columns["ticket_no"]
	if len(s.ID) == 0 && !named && !numbered {
		s.ID = []string{"*"}
	}
}
