package http

import (
	"slices"
	"strings"

	"github.com/kommunpuls/kommunpuls/internal/column"
	"github.com/kommunpuls/kommunpuls/internal/sheet/value"
	"github.com/kommunpuls/kommunpuls/plugins/http/expr"
	"github.com/kommunpuls/kommunpuls/plugins/http/profile"
	"github.com/kommunpuls/kommunpuls/plugins/sdk"
	"github.com/kommunpuls/kommunpuls/plugins/sdk/record"
)

// streamPlan is a stream that is ready, but for the lookups: which of those
// could be read decides what is mapped.
type streamPlan struct {
	*profile.Stream
	plan    *plan
	schema  record.Schema
	list    *listPlan
	details *detailsPlan

	id, label, changed, incremented *expr.Expr
	skips                           []skipPlan
	counts                          []countPlan
	specs                           map[string]column.Spec
	sources                         map[string]fieldPlan // by target
	options                         column.Options
}

type skipPlan struct {
	profile.Skip
	when *expr.Expr
}

type countPlan struct {
	profile.Count
	when, orgUnit *expr.Expr
}

// fieldPlan says where a target's value comes from.
type fieldPlan struct {
	profile.Field
	from   *expr.Expr // nil: the constant
	fixed  any
	values map[string]bool // the folded words that Values translates, where Else takes the rest
}

// ownSkip is the code of items that the settings leave out.
const ownSkip = "skipped_by_settings"

func newStreamPlan(pl *plan, s sdk.Settings, st *profile.Stream, ps *problems) *streamPlan {
	lookups := pl.profile.LookupVariables()
	vars := profile.ItemVariables(lookups)
	schema, _ := record.Lookup(st.Kind) // the profile's check has seen to it
	identity := st.ID
	if st.Details != nil {
		identity = st.Details.ID
	}
	if st.PartWhen != "" && pl.holds(st.PartWhen) {
		part := *st
		part.Part, st = true, &part
	}
	sp := &streamPlan{
		Stream: st, plan: pl, schema: schema, list: newListPlan(&st.List, lookups, identity, pl.PageSize), details: newDetailsPlan(st.Details, lookups),
		id: compiled(st.ID, vars), label: compiled(st.Label, vars), changed: compiled(st.Changed, vars),
		specs: make(map[string]column.Spec), sources: make(map[string]fieldPlan),
	}
	if pl.PageSize > st.Paging.Max && st.Paging.Max > 0 {
		ps.add("page_size", "listan %s kan ha högst %d rader i en sida", st.Name, st.Paging.Max)
	}
	if st.Increment != nil {
		sp.incremented = compiled(st.Increment.Field, vars)
	}
	for _, k := range st.Skip {
		sp.skips = append(sp.skips, skipPlan{k, compiled(k.When, vars)})
	}
	if own := pl.Skip[st.Name]; own != "" {
		e, err := expr.Compile(own, vars)
		if err != nil {
			ps.add("skip."+st.Name, "%v", err)
		}
		sp.skips = append(sp.skips, skipPlan{profile.Skip{Code: ownSkip, Text: profile.Text{SV: "läses inte, enligt skip i inställningarna"}}, e})
	}
	for _, k := range st.Count {
		sp.counts = append(sp.counts, countPlan{k, compiled(k.When, vars), compiled(k.OrgUnit, vars)})
	}
	sp.fields(ps, lookups)
	sp.options = column.Options{
		NullMarkers: append(slices.Clone(pl.profile.NullMarkers), pl.NullMarkers...), Titles: pl.Titles,
		Zone: pl.zone, People: s.Pseudonymiser, Unnamed: true, Setting: "fields." + st.Name,
	}
	if _, problems := column.New(st.Kind, sp.specs, sp.options); len(problems) > 0 {
		*ps = append(*ps, problems...)
	}
	return sp
}

// fields puts the profile's fields and the municipality's own together.
func (sp *streamPlan) fields(ps *problems, lookups []string) {
	all := make(map[string]profile.Field, len(sp.Fields))
	for name, f := range sp.Fields {
		all[name] = f
	}
	own := sp.plan.Fields[sp.Name]
	for _, name := range sortedKeys(own) {
		f := own[name]
		for _, fault := range profile.CheckField(sp.schema, name, f, lookups) {
			path := "fields." + sp.Name + "." + name
			if fault.Path != "" {
				path += "." + fault.Path
			}
			ps.add(path, "%s", fault.Message)
		}
		if before, ok := all[name]; ok {
			f = merged(f, before)
		}
		all[name] = f
	}
	translations := sp.plan.Values[sp.Name]
	for _, name := range sortedKeys(translations) {
		f, ok := all[name]
		if !ok {
			ps.add("values."+sp.Name+"."+name, "listan %s fyller inget fält som heter %s", sp.Name, name)
			continue
		}
		f.Values = overlaid(f.Values, translations[name])
		all[name] = f
	}
	if len(*ps) > 0 {
		return
	}
	for _, name := range sortedKeys(all) {
		if f := all[name]; sp.plan.holds(f.When) {
			sp.add(name, f)
		}
	}
}

// merged lets an own expression keep the translations that it does not replace.
func merged(own, before profile.Field) profile.Field {
	if own.Values == nil && own.Else == "" {
		own.Values, own.Else = before.Values, before.Else
	}
	if own.Raw == "" {
		own.Raw = before.Raw
	}
	if own.Holder == "" {
		own.Holder = before.Holder
	}
	return own
}

// overlaid puts own translations over others, regardless of case.
func overlaid(before, own map[string]string) map[string]string {
	out := make(map[string]string, len(before)+len(own))
	folded := make(map[string]bool, len(own))
	for k, v := range own {
		out[k] = v
		folded[value.Fold(k)] = true
	}
	for k, v := range before {
		if !folded[value.Fold(k)] {
			out[k] = v
		}
	}
	return out
}

// add makes a column of a field, and one more of what keeps the original.
func (sp *streamPlan) add(name string, f profile.Field) {
	vars := profile.ItemVariables(sp.plan.profile.LookupVariables())
	from, err := expr.Compile(f.From, vars)
	if f.From == "" || err != nil {
		from = nil // the constant; faults have been told
	}
	format := f.Format
	switch format {
	case "epoch":
		format = "unix"
	case "epoch_ms":
		format = "unix_ms"
	case "rfc3339":
		format = ""
	}
	switch n := f.Value.(type) { // as YAML has whole numbers
	case uint64:
		f.Value = int(min(n, 1<<53))
	case int64:
		f.Value = int(n)
	}
	p := fieldPlan{Field: f, from: from, fixed: f.Value}
	if f.Else != "" {
		p.values = make(map[string]bool, len(f.Values))
		for k := range f.Values {
			p.values[value.Fold(k)] = true
		}
	}
	sp.specs[name] = column.Spec{Values: f.Values, Format: format, Holder: f.Holder}
	sp.sources[name] = p
	if f.Raw != "" {
		if _, own := sp.specs[f.Raw]; !own {
			sp.specs[f.Raw] = column.Spec{}
			sp.sources[f.Raw] = fieldPlan{from: from, fixed: f.Value}
		}
	}
}

// mappedWith leaves out what needs a lookup that could not be read.
func (sp *streamPlan) mappedWith(unread []string) map[string]column.Spec {
	out := make(map[string]column.Spec, len(sp.specs))
	for name, spec := range sp.specs {
		from := sp.sources[name].from
		if from == nil || !slices.ContainsFunc(unread, func(l string) bool { return from.Uses("$" + l) }) {
			out[name] = spec
		}
	}
	for name := range out {
		// A further field of a list is nothing without the list.
		if head, _, further := strings.Cut(name, "."); further {
			if _, ok := out[head]; !ok {
				delete(out, name)
			}
		}
	}
	return out
}
