package kpi

import (
	"context"
	"fmt"
	"math"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/kommunpuls/kommunpuls/internal/catalogue"
	"github.com/kommunpuls/kommunpuls/internal/store"
	"github.com/kommunpuls/kommunpuls/plugins/sdk/record"
)

// loader puts a case's rows into a memory. A kind that the case has rows for
// (even none: "control: []") is fed by a source that maps all its fields but
// those listed as unmapped; a kind that it does not name has no source.
type loader struct {
	*memory
	loc  *time.Location
	asOf time.Time
	n    int
}

const caseSource = "fall" // the source that all rows of a case come from

func (l *loader) load(ctx context.Context, c catalogue.Case) error {
	var names []string
	for rel := range c.Rows {
		names = append(names, rel)
	}
	slices.Sort(names)
	for _, rel := range names {
		for i, r := range c.Rows[rel] {
			n := 1
			if v, ok := r["repeat"]; ok {
				f, isNumber := asNumber(v)
				if !isNumber || f < 0 || f > 1e6 {
					return fmt.Errorf("rows.%s[%d]: repeat: want a number, got %v", rel, i, v)
				}
				n = int(f)
			}
			for k := 1; k <= n; k++ {
				if err := l.row(ctx, rel, "", numbered(r, k)); err != nil {
					return fmt.Errorf("rows.%s[%d]: %w", rel, i, err)
				}
			}
		}
	}
	l.mapFields(c)
	return nil
}

// numbered replaces {n} in every text of a row.
func numbered(v map[string]any, n int) map[string]any {
	out := make(map[string]any, len(v))
	for k, x := range v {
		if k != "repeat" {
			out[k] = numberedValue(x, n)
		}
	}
	return out
}

func numberedValue(v any, n int) any {
	switch v := v.(type) {
	case string:
		return strings.ReplaceAll(v, "{n}", strconv.Itoa(n))
	case map[string]any:
		return numbered(v, n)
	case []any:
		out := make([]any, len(v))
		for i, x := range v {
			out[i] = numberedValue(x, n)
		}
		return out
	}
	return v
}

// row adds one row with its child lists. parent is the id it belongs to.
func (l *loader) row(ctx context.Context, rel, parent string, r map[string]any) error {
	fields, ok := relationSchema(rel)
	if !ok {
		return fmt.Errorf("unknown relation")
	}
	own := record.Kind(rel) == catalogue.SourceStateRelation
	if own || record.Kind(rel) == catalogue.WaiverRelation {
		if own {
			return l.source(r)
		}
		return nil // waivers are decisions
	}
	values := map[string]any{}
	schema, isKind := record.Lookup(record.Kind(rel))
	if isKind {
		l.n++
		id := fmt.Sprintf("%s-%d", rel, l.n)
		if v, ok := r["id"]; ok {
			id = fmt.Sprint(v)
		}
		values["id"], values["source"], values["source_id"], values["place"] = id, caseSource, id, fmt.Sprintf("%s, rad %d", caseSource, l.n)
		parent = id
	} else if parent != "" {
		values["parent"] = parent
	}
	for k, v := range r {
		if isKind && schema.Child(k) >= 0 && !slices.ContainsFunc(fields, func(f record.Field) bool { return f.Name == k }) {
			for i, x := range asList(v) {
				child, ok := x.(map[string]any)
				if !ok {
					return fmt.Errorf("%s[%d]: want a row", k, i)
				}
				if err := l.row(ctx, rel+"_"+k, parent, child); err != nil {
					return fmt.Errorf("%s[%d]: %w", k, i, err)
				}
			}
			continue
		}
		if err := l.value(fields, k, v, values); err != nil {
			return fmt.Errorf("%s: %w", k, err)
		}
	}
	return l.insert(ctx, rel, values)
}

// value adds one value in the form that the store keeps it.
func (l *loader) value(fields []record.Field, name string, v any, into map[string]any) error {
	if v == nil {
		return nil
	}
	base := strings.TrimSuffix(name, "_raw")
	for _, f := range fields {
		if f.Name != name && (f.Name != base || f.Type != record.Ref) {
			continue
		}
		x, err := l.stored(f, v)
		if err != nil {
			return err
		}
		into[name] = x
		if f.Type == record.Ref && f.Name == name {
			if _, ok := into[name+"_raw"]; !ok {
				into[name+"_raw"] = x
			}
		}
		return nil
	}
	switch name {
	case "id", "source", "source_id", "place", "parent":
		into[name] = fmt.Sprint(v)
	case "seen_at":
		at, err := l.instant(v)
		into[name] = at
		return err
	default:
		return fmt.Errorf("unknown column")
	}
	return nil
}

func (l *loader) stored(f record.Field, v any) (any, error) {
	switch f.Type {
	case record.Time, record.Date:
		return l.instant(v)
	case record.Bool:
		if b, ok := v.(bool); ok {
			v = map[bool]int{true: 1}[b]
		}
		fallthrough
	case record.Int:
		n, ok := asNumber(v)
		if !ok || n != math.Trunc(n) {
			return nil, fmt.Errorf("want a whole number, got %v", v)
		}
		return int64(n), nil
	case record.Float:
		n, ok := asNumber(v)
		if !ok {
			return nil, fmt.Errorf("want a number, got %v", v)
		}
		return n, nil
	case record.Enum:
		if s := fmt.Sprint(v); !f.Allows(s) {
			return nil, fmt.Errorf("%q is not one of %v", s, f.Enum)
		}
	}
	return fmt.Sprint(v), nil
}

// instant reads "2026-11-20 08:00" in Stockholm, RFC 3339, or a day, which
// stands for its last second.
func (l *loader) instant(v any) (int64, error) {
	s := fmt.Sprint(v)
	if t, ok := v.(time.Time); ok {
		if t.Hour() != 0 || t.Minute() != 0 || t.Second() != 0 {
			return t.Unix(), nil
		}
		s = t.Format("2006-01-02")
	}
	if n, ok := asNumber(v); ok {
		return int64(n), nil
	}
	if t, err := time.Parse(time.RFC3339, s); err == nil {
		return t.Unix(), nil
	}
	for _, layout := range []string{"2006-01-02 15:04:05", "2006-01-02 15:04"} {
		if t, err := time.ParseInLocation(layout, s, l.loc); err == nil {
			return t.Unix(), nil
		}
	}
	if t, ok := endOfDay(s, l.loc); ok {
		return t.Unix(), nil
	}
	return 0, fmt.Errorf("%q is not an instant: want 2026-11-20, 2026-11-20 08:00 or RFC 3339", s)
}

// source adds a source of the case, for KPIs about the sources themselves.
func (l *loader) source(r map[string]any) error {
	s := store.SourceState{}
	for k, v := range r {
		switch k {
		case "name", "id":
			if k == "name" || s.Name == "" {
				s.Name = fmt.Sprint(v)
			}
		case "plugin":
			s.Plugin = fmt.Sprint(v)
		case "last_success", "last_failure", "content_at", "retired_on":
			if v == nil {
				continue
			}
			at, err := l.instant(v)
			if err != nil {
				return fmt.Errorf("%s: %w", k, err)
			}
			*map[string]*time.Time{"last_success": &s.LastSuccess, "last_failure": &s.LastFailure, "content_at": &s.ContentAt, "retired_on": &s.RetiredOn}[k] = time.Unix(at, 0)
		case "interval_seconds", "content_max_age_seconds", "seen", "refused", "held":
			if b, ok := v.(bool); ok {
				v = map[bool]int{true: 1}[b]
			}
			n, ok := asNumber(v)
			if !ok {
				return fmt.Errorf("%s: want a number, got %v", k, v)
			}
			switch k {
			case "interval_seconds":
				s.Interval = time.Duration(n) * time.Second
			case "content_max_age_seconds":
				s.ContentMaxAge = time.Duration(n) * time.Second
			case "seen":
				s.Counts.Seen = int64(n)
			case "refused":
				s.Counts.Refused = int64(n)
			case "held":
				s.Held = n != 0
			}
		case "place", "org_unit":
		default:
			return fmt.Errorf("unknown column %s", k)
		}
	}
	l.sources = append(l.sources, s)
	return nil
}

// mapFields says which fields the case's source maps.
func (l *loader) mapFields(c catalogue.Case) {
	src := store.SourceState{SourceInfo: store.SourceInfo{Name: caseSource, Plugin: "table"}, LastSuccess: l.asOf, Mapped: map[record.Kind][]string{}}
	for _, s := range record.Schemas() {
		without := c.Unmapped[string(s.Kind)]
		fed := false
		for rel := range c.Rows {
			fed = fed || kindOf(rel) == s.Kind && rel != string(catalogue.NameSeenRelation)
		}
		if !fed || slices.Contains(without, "*") {
			continue
		}
		l.mapped[s.Kind] = map[string]bool{}
		add := func(name string) {
			if !slices.Contains(without, name) {
				l.mapped[s.Kind][name] = true
				src.Mapped[s.Kind] = append(src.Mapped[s.Kind], name)
			}
		}
		for _, f := range s.Fields {
			add(f.Name)
		}
		for _, ch := range s.Children {
			add(ch.Name)
			for _, part := range listParts(ch, without, c.Unmapped[string(s.Kind)+"_"+ch.Name]) {
				add(part)
			}
		}
	}
	if len(c.Rows[string(catalogue.SourceStateRelation)]) == 0 {
		l.sources = append(l.sources, src)
	}
	if _, seen := c.Rows[string(catalogue.NameSeenRelation)]; seen {
		l.sources = append(l.sources, store.SourceState{SourceInfo: store.SourceInfo{Name: caseSource + "-komplement", Plugin: "table"}, LastSuccess: l.asOf,
			Mapped: map[record.Kind][]string{record.System: {"name"}}, Supplements: map[record.Kind]string{record.System: "Entra-applikation"}})
	}
}

// listParts names the parts of a list that a case maps, where it leaves out
// rows ("role:owner", of the kind's unmapped) or fields ("fte", of the list's).
func listParts(ch record.Child, without, fields []string) []string {
	rows := slices.ContainsFunc(without, func(n string) bool { return strings.HasPrefix(n, ch.Name+":") })
	if !rows && len(fields) == 0 {
		return nil
	}
	var out []string
	if rows {
		out = append(out, ch.Name+":rows of another kind")
	}
	for _, f := range ch.Fields {
		if !slices.Contains(fields, f.Name) {
			out = append(out, ch.Name+"."+f.Name)
		}
	}
	return out
}

// asNumber reads any number that YAML gives.
func asNumber(v any) (float64, bool) {
	r := reflect.ValueOf(v)
	switch {
	case !r.IsValid():
		return 0, false
	case r.CanInt():
		return float64(r.Int()), true
	case r.CanUint():
		return float64(r.Uint()), true
	case r.CanFloat():
		return r.Float(), true
	}
	return 0, false
}

// asList reads a list, or one thing as a list of it.
func asList(v any) []any {
	switch v := v.(type) {
	case nil:
		return nil
	case []any:
		return v
	}
	return []any{v}
}
