package guess

import (
	"slices"
	"sort"
	"strings"

	"github.com/kommunpuls/kommunpuls/internal/sheet/value"
	"github.com/kommunpuls/kommunpuls/internal/sheet/words"
	"github.com/kommunpuls/kommunpuls/plugins/sdk/record"
)

// Limits of confidence: below least a proposal is not made, at sure and above
// nobody is asked.
const (
	least = 0.3
	Sure  = 0.75
)

// essential fields, of which a list of the kind has at least one besides its id.
var essential = map[record.Kind][]string{
	record.System:      {"role:owner", "role:manager_business", "tier", "hosting", "sso_mode", "class", "class_c", "supplier", "lifecycle"},
	record.Ticket:      {"opened_at"},
	record.Asset:       {"os", "purchased_on", "last_seen_at", "software"},
	record.OrgUnit:     {"parent", "headcount", "succeeded_by"},
	record.Service:     {"platform", "launched_on", "eid", "cases_digital", "lead_time_h"},
	record.Cost:        {"amount_sek", "booked_at"},
	record.Project:     {"planned_end", "started_on", "budget_sek", "model"},
	record.Control:     {"adopted_at", "valid_until", "reviewed_at", "held_at", "decision_ref"},
	record.Observation: {"ended_at", "cause"},
	record.Assessment:  {"indicator", "answer", "score"},
	record.Account:     {"enabled", "expires_at", "last_login_at", "strong_auth"},
}

// candidate is one way to use one column.
type candidate struct {
	col  int
	rank int // of the target in its kind's list
	p    Proposal
}

// propose fills in a sheet's kinds and the proposals of the best one.
func propose(s *Sheet) {
	best := -1.0
	for _, schema := range record.Schemas() {
		cs := candidates(s, schema)
		chosen := assign(cs)
		conf := fit(s, schema.Kind, chosen)
		if conf <= 0 {
			continue
		}
		s.Kinds = append(s.Kinds, KindGuess{Kind: schema.Kind, Confidence: conf})
		if conf > best {
			best = conf
			place(s, cs, chosen)
		}
	}
	sort.SliceStable(s.Kinds, func(i, j int) bool { return s.Kinds[i].Confidence > s.Kinds[j].Confidence })
}

// ProposeFor gives the proposals that a sheet's columns would have if it were
// of the given kind, in a copy.
func ProposeFor(s Sheet, kind record.Kind) Sheet {
	s.Columns = slices.Clone(s.Columns)
	schema, ok := record.Lookup(kind)
	if !ok {
		return s
	}
	cs := candidates(&s, schema)
	place(&s, cs, assign(cs))
	return s
}

// candidates rates every column against every target of a kind.
func candidates(s *Sheet, schema record.Schema) []candidate {
	var out []candidate
	for rank, a := range words.Aliases(schema.Kind) {
		for i := range s.Columns {
			c := &s.Columns[i]
			conf := words.Match(c.Header, a)
			if conf == 0 {
				continue
			}
			p := Proposal{Target: a.Target, Confidence: conf}
			content(c, schema, &p)
			if p.Confidence >= least {
				out = append(out, candidate{col: i, rank: rank, p: p})
			}
		}
	}
	sort.SliceStable(out, func(i, j int) bool {
		if out[i].p.Confidence != out[j].p.Confidence {
			return out[i].p.Confidence > out[j].p.Confidence
		}
		return out[i].rank < out[j].rank
	})
	return out
}

// assign gives each column at most one target and each target one column, the
// surest first. It returns the target's candidate by column.
func assign(cs []candidate) map[int]candidate {
	chosen, taken := make(map[int]candidate), make(map[string]bool)
	for _, c := range cs {
		if _, ok := chosen[c.col]; !ok && !taken[c.p.Target] {
			chosen[c.col], taken[c.p.Target] = c, true
		}
	}
	return chosen
}

// place writes the proposals into the columns, the chosen one first.
func place(s *Sheet, cs []candidate, chosen map[int]candidate) {
	better := make(map[string]float64) // targets that a column fills beyond doubt
	for _, c := range chosen {
		if c.p.Confidence >= 0.9 {
			better[c.p.Target] = c.p.Confidence
		}
	}
	for i := range s.Columns {
		s.Columns[i].Proposals = nil
		if c, ok := chosen[i]; ok {
			s.Columns[i].Proposals = append(s.Columns[i].Proposals, c.p)
		}
	}
	for _, c := range cs {
		col := &s.Columns[c.col]
		if best, ok := chosen[c.col]; ok && best.p.Target == c.p.Target || len(col.Proposals) >= 4 {
			continue
		}
		p := c.p
		if len(col.Proposals) == 0 {
			if better[p.Target] > p.Confidence && !strings.HasPrefix(p.Target, "role:") {
				continue // "Underkategori" where "Kategori" is there: nothing to ask
			}
			p.Confidence = min(p.Confidence, Sure-0.05) // its target went to another column
		}
		col.Proposals = append(col.Proposals, p)
	}
	for i := range s.Columns {
		twoRoles(s.Columns[i].Proposals)
	}
}

// twoRoles makes a header that names two roles ("Sys.ansv/ägare") one that is
// asked about.
func twoRoles(ps []Proposal) {
	roles := 0
	for _, p := range ps {
		if strings.HasPrefix(p.Target, "role:") && p.Confidence >= Sure {
			roles++
		}
	}
	for i := range ps {
		if roles > 1 {
			ps[i].Confidence = min(ps[i].Confidence, Sure-0.05)
		}
	}
}

// fit tells how well a sheet fits a kind: how many of its columns are known,
// and whether it has what the kind cannot be without.
func fit(s *Sheet, kind record.Kind, chosen map[int]candidate) float64 {
	filled, sum, has := 0, 0.0, 0
	targets := make(map[string]float64)
	for _, c := range s.Columns {
		if c.Looks != "empty" {
			filled++
		}
	}
	for _, c := range chosen {
		sum += c.p.Confidence
		targets[c.p.Target] = c.p.Confidence
	}
	for _, e := range essential[kind] {
		if targets[e] >= 0.5 {
			has++
		}
	}
	if filled == 0 || has == 0 {
		return 0
	}
	schema, _ := record.Lookup(kind)
	if schema.EventTime != "" && targets[schema.EventTime] == 0 {
		return 0
	}
	if schema.Index("name") >= 0 && targets["name"] == 0 {
		return 0
	}
	return min(1, 0.75*sum/float64(filled)+0.1*float64(min(has, 3)))
}

// content adjusts a proposal by what stands in the column, and proposes
// translations where the header turns the meaning of the cells.
func content(c *Column, schema record.Schema, p *Proposal) {
	f, ok := field(schema, p.Target)
	if !ok {
		return
	}
	switch f.Type {
	case record.Date, record.Time:
		if c.Looks == "text" || c.Looks == "number" || c.Looks == "bool" {
			p.Confidence *= 0.45
		}
	case record.Int, record.Float:
		if c.Looks == "text" && !strings.HasPrefix(f.Name, "class_") || c.Looks == "date" || c.Looks == "time" {
			p.Confidence *= 0.45
		}
	case record.Bool:
		if c.Looks == "date" || c.Looks == "time" {
			p.Confidence *= 0.5
		}
	case record.Enum:
		enum(c, schema, f, p)
	default:
		if (c.Looks == "date" || c.Looks == "time") && p.Target != "ticket_no" {
			p.Confidence *= 0.4
		}
		if words.Vocabulary(schema.Kind, f.Name) != nil {
			vocabulary(c, schema, f, p)
		}
	}
}

// enum looks at whether the values are among those the field may have.
func enum(c *Column, schema record.Schema, f record.Field, p *Proposal) {
	if f.Name == "lifecycle" && ended(c.Header) {
		p.Values = map[string]string{"": "in_use", "nej": "in_use", "ja": "retired", "x": "retired", "0": "in_use", "1": "retired"}
		return
	}
	if f.Name == "lifecycle" && strings.HasPrefix(words.Plain(c.Header), "i drift") && c.Looks == "bool" {
		p.Values = map[string]string{"ja": "in_use", "x": "in_use", "1": "in_use", "nej": "retired", "0": "retired"}
		return
	}
	nulls := value.NewNulls(nil)
	known, all := int64(0), int64(0)
	for _, d := range c.Distinct {
		if _, ok := words.Translate(schema.Kind, f, d.Value); ok {
			known += d.N
		} else if nulls.Is(d.Value) {
			continue
		} else {
			p.Unknown = append(p.Unknown, d.Value)
		}
		all += d.N
	}
	switch {
	case c.Looks == "date" || c.Looks == "time", c.Distinct == nil && c.Filled > 0:
		p.Confidence *= 0.45
	case all > 0 && known == 0:
		p.Confidence *= 0.6
	case all > 0 && float64(known) < 0.5*float64(all):
		p.Confidence *= 0.8
	}
}

// vocabulary looks at whether a text column has any of the usual words.
func vocabulary(c *Column, schema record.Schema, f record.Field, p *Proposal) {
	known := false
	for _, d := range c.Distinct {
		if _, ok := words.Translate(schema.Kind, f, d.Value); ok {
			known = true
		}
	}
	switch {
	case c.Distinct == nil && c.Filled > 0:
		p.Confidence *= 0.4
	case known:
		p.Confidence = min(1, p.Confidence+0.15)
	}
}

// ended tells headers that say a system is no longer used: "Avvecklad".
func ended(header string) bool {
	h := words.Plain(header)
	return strings.HasPrefix(h, "avveckl") || h == "nedlagd" || h == "ur drift"
}

// field finds the field that a target ends up in; none for lists of names.
func field(schema record.Schema, target string) (record.Field, bool) {
	if i := schema.Index(target); i >= 0 {
		return schema.Fields[i], true
	}
	return record.Field{}, false
}
