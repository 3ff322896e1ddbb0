package snapshot

import (
	"context"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"math"
	"slices"
	"strconv"

	"github.com/kommunpuls/kommunpuls/internal/expose/snapshot/bag"
	"github.com/kommunpuls/kommunpuls/internal/finding"
)

// tally is what one column of a population adds up to.
type tally struct {
	rows, ones float64
	numbers    []float64
}

// recompute computes every figure anew that follows from a population, and
// holds it against the figure in the report.
func (v *Verified) recompute(ctx context.Context, b *bag.Bag, figures []finding.Finding) error {
	var ps []finding.Population
	if !v.read(b, populationsFile, &ps) {
		return nil
	}
	for _, p := range ps {
		name := populationFolder + p.Relation + ".csv"
		tallies, err := v.tallies(ctx, b, name, p)
		if ctx.Err() != nil {
			return ctx.Err()
		}
		if err != nil {
			v.fault(name, "går inte att läsa: %v", err)
			continue
		}
		for i, c := range p.Columns {
			k := slices.IndexFunc(figures, func(f finding.Finding) bool { return f.KPI == c.KPI })
			if k < 0 {
				v.fault(name, "har en kolumn för %s, som inte finns bland siffrorna", c.KPI)
				continue
			}
			v.compare(figures[k], c, tallies[i])
		}
	}
	if rest := v.Figures - v.Recomputed; rest > 0 {
		v.Remarks = append(v.Remarks, fmt.Sprintf("%d av %d siffror är omräknade ur populationerna. De andra saknar värde, är dolda för att de bygger på få personer, eller räknas om med sin SQL-text.", v.Recomputed, v.Figures))
	}
	return nil
}

func (v *Verified) tallies(ctx context.Context, b *bag.Bag, name string, p finding.Population) (out []tally, err error) {
	f, err := b.Read(name)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	r := csv.NewReader(f)
	r.ReuseRecord = true
	head, err := r.Read()
	if err != nil {
		return nil, err
	}
	at := make([]int, len(p.Columns))
	for i, c := range p.Columns {
		if at[i] = slices.Index(head, c.KPI); at[i] < 0 {
			return nil, fmt.Errorf("kolumnen %s saknas", c.KPI)
		}
	}
	out = make([]tally, len(p.Columns))
	for n := 2; ; n++ {
		row, err := r.Read()
		if errors.Is(err, io.EOF) {
			return out, nil
		}
		if err != nil {
			return nil, err
		}
		if n%4096 == 0 && ctx.Err() != nil {
			return nil, ctx.Err()
		}
		for i, c := range p.Columns {
			if err := out[i].add(c, row[at[i]]); err != nil {
				return nil, fmt.Errorf("rad %d, kolumn %s: %w", n, c.KPI, err)
			}
		}
	}
}

func (t *tally) add(c finding.Recompute, cell string) error {
	if cell == "" {
		return nil
	}
	t.rows++
	if c.How == "share" || c.How == "count" {
		switch cell {
		case "1":
			t.ones++
		case "0":
		default:
			return fmt.Errorf("%q är varken 1 eller 0", cell)
		}
		return nil
	}
	x, err := strconv.ParseFloat(cell, 64)
	if err != nil {
		return fmt.Errorf("%q är inget tal", cell)
	}
	t.numbers = append(t.numbers, x)
	return nil
}

// compare holds a figure against its population.
func (v *Verified) compare(f finding.Finding, c finding.Recompute, t tally) {
	if f.Value == nil {
		return
	}
	got := math.NaN()
	switch c.How {
	case "share":
		if v.differs(f, "täljaren", f.Numerator, t.ones) || v.differs(f, "nämnaren", f.Denominator, t.rows) {
			return
		}
		got = t.ones / t.rows
	case "count":
		got = t.ones
	case "quantile":
		if len(t.numbers) > 0 {
			slices.Sort(t.numbers)
			got = t.numbers[max(int(math.Ceil(c.Q*float64(len(t.numbers)))), 1)-1]
		}
	case "mean":
		sum := 0.0
		for _, x := range t.numbers {
			sum += x
		}
		got = sum / float64(len(t.numbers))
	default:
		v.fault(f.KPI, "räknas på ett sätt som den här versionen inte känner till: %q", c.How)
		return
	}
	if v.differs(f, "värdet", f.Value, got) {
		return
	}
	v.Recomputed++
}

// differs tells whether a figure is another than what the rows give, and notes it.
func (v *Verified) differs(f finding.Finding, what string, reported *float64, got float64) bool {
	if reported == nil || math.Abs(*reported-got) <= 1e-9*max(1, math.Abs(got)) {
		return false
	}
	v.fault(f.KPI, "%s är %v i redovisningen men %v ur raderna", what, *reported, got)
	return true
}
