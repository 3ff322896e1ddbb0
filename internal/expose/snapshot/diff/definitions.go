package diff

import (
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"slices"

	"github.com/kommunpuls/kommunpuls/internal/catalogue"
	"github.com/kommunpuls/kommunpuls/internal/expose/snapshot"
	"github.com/kommunpuls/kommunpuls/internal/finding"
)

// What became of a definition.
const (
	Added    = "new"
	Removed  = "removed"
	Reworded = "texts"  // said in other words or shown otherwise, counted as before
	Method   = "method" // counted in another way
	Unclear  = "unclear"
)

// Definition is a definition that changed.
type Definition struct {
	KPI     string       `json:"id"`
	Title   finding.Text `json:"title"`
	What    string       `json:"what"` // new, removed, texts, method, unclear
	MethodA int          `json:"method_a,omitempty"`
	MethodB int          `json:"method_b,omitempty"`
	SHA256A string       `json:"sha256_a,omitempty"`
	SHA256B string       `json:"sha256_b,omitempty"`
	Fields  []Field      `json:"fields,omitempty"`
	// Silent marks a measure that is counted in another way although its method
	// version says that it is not.
	Silent bool `json:"silent,omitempty"`
}

// Field is a field of a definition, by its name in the definition's file, or a
// view that it reads ("view role_filled").
type Field struct {
	Name   string `json:"name"`
	Was    string `json:"was"`
	Became string `json:"became"`
}

// compared is what the definitions of two snapshots have in common and not.
type compared struct {
	a, b    map[string]snapshot.Definition
	old     catalogue.Catalogue // whole, where both snapshots have them so
	now     catalogue.Catalogue
	whole   bool
	why     string // why not
	changes []Definition
	methods map[string]string // why a measure is counted otherwise than before
}

// of is a measure's definition, that of B if it has one.
func (c compared) of(kpi string) snapshot.Definition {
	if d, ok := c.b[kpi]; ok {
		return d
	}
	return c.a[kpi]
}

func (c compared) method(kpi string) string { return c.methods[kpi] }

// reworded tells whether a measure's population is said in other words and
// nothing else of it is counted otherwise.
func (c compared) reworded(kpi string) bool {
	return slices.ContainsFunc(c.changes, func(d Definition) bool {
		return d.KPI == kpi && d.What == Reworded && slices.ContainsFunc(d.Fields, func(f Field) bool { return f.Name == "population_text" || f.Name == "narrow" })
	})
}

// definitions compares the definitions of two snapshots.
func definitions(a, b *snapshot.Snapshot) compared {
	c := compared{a: byID(a.Definitions), b: byID(b.Definitions), methods: map[string]string{}}
	c.read(a, b)
	for _, now := range b.Definitions {
		old, ok := c.a[now.ID]
		switch {
		case !ok:
			c.changes = append(c.changes, Definition{KPI: now.ID, Title: now.Title, What: Added, MethodB: now.Method, SHA256B: now.SHA256})
		case c.whole:
			c.compareWhole(old, now)
		case old.SHA256 != now.SHA256 || old.Method != now.Method:
			c.compareWords(old, now)
		}
	}
	c.formulas(b)
	for _, old := range a.Definitions {
		if _, ok := c.b[old.ID]; !ok {
			c.changes = append(c.changes, Definition{KPI: old.ID, Title: old.Title, What: Removed, MethodA: old.Method, SHA256A: old.SHA256})
		}
	}
	return c
}

// formulas marks measures that follow from another that is counted otherwise.
func (c *compared) formulas(b *snapshot.Snapshot) {
	if !c.whole || len(c.methods) == 0 {
		return
	}
	direct := slices.Sorted(maps.Keys(c.methods))
	for _, d := range b.Definitions {
		now := definition(c.now, d.ID)
		old, had := c.a[d.ID]
		if now == nil || !had || now.Shape != catalogue.Arithmetic || c.methods[d.ID] != "" {
			continue
		}
		words := c.now.Words(d.ID)
		for _, of := range direct {
			if !slices.Contains(words, of) {
				continue
			}
			c.methods[d.ID] = "räknas ur " + c.of(of).Title.SV + ", som räknas på ett nytt sätt"
			c.changes = slices.DeleteFunc(c.changes, func(x Definition) bool { return x.KPI == d.ID })
			c.changes = append(c.changes, Definition{
				KPI: d.ID, Title: d.Title, What: Method, MethodA: old.Method, MethodB: d.Method, SHA256A: old.SHA256, SHA256B: d.SHA256,
				Fields: []Field{{Name: "measure " + of}},
			})
			break
		}
	}
}

func byID(ds []snapshot.Definition) map[string]snapshot.Definition {
	out := make(map[string]snapshot.Definition, len(ds))
	for _, d := range ds {
		out[d.ID] = d
	}
	return out
}

// read reads the definitions whole if any of them may have changed.
func (c *compared) read(a, b *snapshot.Snapshot) {
	va, errA := a.Views()
	vb, errB := b.Views()
	same := errA == nil && errB == nil && bytes.Equal(va, vb)
	for id, d := range c.b {
		if old, ok := c.a[id]; ok && old.SHA256 != d.SHA256 {
			same = false
		}
	}
	if same {
		return
	}
	var err error
	if c.old, err = a.Catalogue(); err == nil {
		c.now, err = b.Catalogue()
	}
	c.whole = err == nil
	switch {
	case errors.Is(err, fs.ErrNotExist):
		c.why = "bestämningarna finns inte i sin helhet i båda bilderna"
	case err != nil:
		c.why = "bestämningarna går inte att läsa i sin helhet: " + err.Error()
	}
}

// compareWhole compares a definition field by field.
func (c *compared) compareWhole(old, now snapshot.Definition) {
	x, y := definition(c.old, old.ID), definition(c.now, now.ID)
	if x == nil || y == nil {
		c.compareWords(old, now)
		return
	}
	d := Definition{KPI: now.ID, Title: now.Title, What: Reworded, MethodA: old.Method, MethodB: now.Method, SHA256A: old.SHA256, SHA256B: now.SHA256}
	d.Fields = changedFields(*x, *y)
	views := changedViews(c.old, c.now, *x, *y)
	d.Fields = append(d.Fields, views...)
	if len(d.Fields) == 0 {
		return
	}
	if len(views) > 0 || old.Method != now.Method || !sameMethod(*x, *y) {
		d.What, d.Silent = Method, old.Method == now.Method
		c.methods[now.ID] = methodText(old.Method, now.Method)
	}
	c.changes = append(c.changes, d)
}

// compareWords compares what is known of a definition that is not there whole.
func (c *compared) compareWords(old, now snapshot.Definition) {
	d := Definition{KPI: now.ID, Title: now.Title, What: Unclear, MethodA: old.Method, MethodB: now.Method, SHA256A: old.SHA256, SHA256B: now.SHA256}
	for _, f := range []struct {
		name        string
		was, became string
	}{
		{"title", old.Title.SV, now.Title.SV}, {"question", old.Question.SV, now.Question.SV}, {"not_counted", old.NotCounted.SV, now.NotCounted.SV},
		{"direction", old.Direction, now.Direction}, {"unit", old.Unit, now.Unit}, {"source", old.Source, now.Source},
	} {
		if f.was != f.became {
			d.Fields = append(d.Fields, Field{f.name, f.was, f.became})
		}
	}
	if old.Method != now.Method {
		d.What = Method
		c.methods[now.ID] = methodText(old.Method, now.Method)
	}
	c.changes = append(c.changes, d)
}

func methodText(old, now int) string {
	if old == now {
		return "räknas på ett nytt sätt, fast metodversionen är densamma"
	}
	return fmt.Sprintf("räknas på ett nytt sätt (metod %d blev %d)", old, now)
}

func definition(c catalogue.Catalogue, id string) *catalogue.Definition {
	if i := slices.IndexFunc(c.KPIs, func(d catalogue.Definition) bool { return d.ID == id }); i >= 0 {
		return &c.KPIs[i]
	}
	return nil
}

// changedViews are the views that a definition reads, directly or through
// another, and that are not what they were.
func changedViews(old, now catalogue.Catalogue, x, y catalogue.Definition) []Field {
	was, became := old.ViewsOf(x.ID), now.ViewsOf(y.ID)
	var out []Field
	for _, v := range became {
		i := slices.IndexFunc(was, func(w catalogue.View) bool { return w.Name == v.Name })
		if i >= 0 && was[i].SQL != v.SQL {
			out = append(out, Field{"view " + v.Name, was[i].SQL, v.SQL})
		}
	}
	slices.SortFunc(out, func(a, b Field) int { return cmp.Compare(a.Name, b.Name) })
	return out
}
