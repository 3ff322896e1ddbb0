package kpi

import (
	"context"
	"errors"
	"fmt"

	"github.com/kommunpuls/kommunpuls/internal/catalogue"
	"github.com/kommunpuls/kommunpuls/internal/finding"
	"github.com/kommunpuls/kommunpuls/internal/store"
)

// amounts is one figure: a value with what it was made of. size is how many
// rows (persons, answers) stand behind it, for small cells.
type amounts struct {
	value, num, den *float64
	size            float64
}

// cell is one row of a breakdown before it is judged.
type cell struct {
	key, label string
	amounts
	noData bool
}

// breakdown is one dimension's cells.
type breakdown struct {
	dimension string
	rest      bool // partition: its cells add up to the total
	cells     []cell
}

// second is a figure shown beside the value.
type second struct {
	key   string
	title finding.Text
	unit  string
	amounts
}

// figure is a KPI measured but not yet judged. It holds nothing that time or
// decisions alone can change, so it is kept between evaluations.
type figure struct {
	total      amounts
	breakdowns []breakdown
	also       []second
	notCounted []finding.Count
	remarks    []finding.Text
	coverage   *float64
	population finding.Text
	relations  []string // what it reads
	timed      bool
	point      store.Point

	// Why there is no figure, or nil.
	noData *finding.Text
	awaits string // with noData: the kind of records that no source gives
	err    error

	listed   *amounts        // passing of the target's list
	failing  float64         // rows that fail
	accepted map[string]bool // rows that fail and are covered by a waiver
	// fails are the rows that fail by förvaltning and tier, acceptedAt those of
	// them that a waiver covers.
	fails      map[place]float64
	acceptedAt map[place]int64
	decided    string // the decisions in force that listed and accepted follow from
}

func f64(v float64) *float64 { return &v }

// ratioOf is num ÷ den, nil for an empty denominator.
func ratioOf(num, den float64) *float64 {
	if den == 0 {
		return nil
	}
	return f64(num / den)
}

// errDivision is a division by zero in a definition or in a ratio.
var errDivision = errors.New("division by zero")

// task measures one figure: a KPI's own or one of its Also parts.
type task struct {
	s     *session
	def   catalogue.Definition
	kpi   int // index in the catalogue
	also  int // index in Also, -1 for the KPI itself
	use   usage
	need  usage // what pass, measure and the like read
	pop   population
	dims  []dimension
	specs []*spec
	parts []*folded // one per spec
	// amounts makes a figure of one cell's tallies, one per spec (nil where a
	// spec has no such key).
	amounts func(t []*tally) (amounts, error)
	// before runs when the statements have been read and before the amounts.
	before func(ctx context.Context, r store.Reader) error
	// extend adds what only the whole figure has.
	extend func(ctx context.Context, r store.Reader, f *figure) error
	// direct measures shapes that are not sums; specs then count only.
	direct func(ctx context.Context, r store.Reader, f *figure) error
	// counts is the spec that counts exclusions, coverage and splits; its
	// columns are named here.
	counts  *spec
	columns map[string]int
	figure  figure
}

// main tells whether the task measures the KPI itself.
func (t *task) main() bool { return t.also < 0 }

// column adds an aggregate to the counting spec and names it.
func (t *task) column(name, sql string) {
	if t.columns == nil {
		t.columns = map[string]int{}
	}
	t.columns[name] = len(t.counts.columns)
	t.counts.columns = append(t.counts.columns, sql)
}

// counted reads a named column of the counting spec's total.
func (t *task) counted(name string) float64 {
	for i, s := range t.specs {
		if s == t.counts {
			return t.of(t.parts[i].total, name)
		}
	}
	return 0
}

// of reads a named column of one tally of the counting spec.
func (t *task) of(y *tally, name string) float64 {
	i, ok := t.columns[name]
	if !ok || y == nil || i >= len(y.sums) {
		return 0
	}
	return y.sums[i]
}

// finish makes the figure of what the statements gave.
func (t *task) finish(ctx context.Context, r store.Reader) error {
	f := &t.figure
	if t.counted("zero") > 0 {
		return fmt.Errorf("%w in %.0f rows", errDivision, t.counted("zero"))
	}
	if t.before != nil {
		if err := t.before(ctx, r); err != nil {
			return err
		}
	}
	if t.direct != nil {
		if err := t.direct(ctx, r, f); err != nil {
			return err
		}
	} else if err := t.assemble(f); err != nil {
		return err
	}
	if !t.main() {
		return nil
	}
	f.fails = t.fails()
	if err := t.edition(ctx, r); err != nil {
		return err
	}
	for i, e := range t.pop.exclude {
		if n := t.counted(fmt.Sprint("excluded", i)); n > 0 {
			f.notCounted = append(f.notCounted, finding.Count{Reason: e.reason, Rows: int64(n)})
		}
	}
	if n := t.counted("n"); n > 0 && f.coverage == nil {
		f.coverage = f64(1)
		if _, ok := t.columns["covered"]; ok {
			f.coverage = f64(t.counted("covered") / n)
		}
	}
	if t.extend != nil {
		if err := t.extend(ctx, r, f); err != nil {
			return err
		}
	}
	return nil
}

// assemble makes the total and the breakdowns from tallies.
func (t *task) assemble(f *figure) error {
	totals := make([]*tally, len(t.parts))
	for i, p := range t.parts {
		totals[i] = p.total
	}
	var err error
	if f.total, err = t.amounts(totals); err != nil {
		return err
	}
	for d, dim := range t.dims {
		if dim.hidden {
			continue
		}
		b := breakdown{dimension: dim.name, rest: true}
		if dim.changes && t.counted(fmt.Sprint("unseen", d)) > 0 {
			b.cells = []cell{{noData: true, label: "okänt vid den tidpunkten"}}
			f.breakdowns = append(f.breakdowns, b)
			continue
		}
		for _, k := range t.keys(d) {
			parts := t.cellParts(d, k)
			a, err := t.amounts(parts)
			c := cell{key: k.key, label: k.label, amounts: a}
			if err != nil { // a zero divisor in one cell leaves the total alone
				c.amounts = amounts{}
			}
			b.cells = append(b.cells, c)
		}
		f.breakdowns = append(f.breakdowns, b)
	}
	return nil
}
