package snapshot

import (
	"fmt"
	"maps"
	"slices"

	"github.com/kommunpuls/kommunpuls/internal/finding"
)

// adder adds up the rows of one population, a row at a time.
type adder struct {
	columns []*column
	at      []int // of each column's cell in a row
	beside  []int // of the cell beside it, -1 without one
	keys    []keyColumn
	dims    [][]dim // of each column
}

// keyColumn numbers the keys of a breakdown, so that each is looked up once a
// row and not once for every figure.
type keyColumn struct {
	at     int
	number map[string]int
	names  []string
}

// dim is a breakdown of a column: its tallies by the number of the key.
type dim struct {
	name string
	key  int // index in keys
	by   *[]*tally
}

// groupKey is the breakdown of "intervals" that holds their groups.
const groupKey = "grupp"

func newAdder(p finding.Population, head []string) (*adder, error) {
	a := &adder{}
	find := func(name string) (int, error) {
		i := slices.Index(head, name)
		if i < 0 {
			return 0, fmt.Errorf("kolumnen %s saknas", name)
		}
		return i, nil
	}
	number := map[string]int{}
	for _, c := range p.Columns {
		if c.KPI == "" {
			continue
		}
		i, err := find(c.Name())
		if err != nil {
			return nil, err
		}
		beside := -1
		other := c.Other
		if c.How == "intervals" {
			other = c.Keys[groupKey]
		}
		if other != "" {
			if beside, err = find(other); err != nil {
				return nil, err
			}
		}
		var dims []dim
		for _, name := range sortedKeys(c.Keys) {
			if c.How == "intervals" && name == groupKey {
				continue
			}
			key := c.Keys[name]
			if _, ok := number[key]; !ok {
				k, err := find(key)
				if err != nil {
					return nil, err
				}
				number[key] = len(a.keys)
				a.keys = append(a.keys, keyColumn{at: k, number: map[string]int{}})
			}
			dims = append(dims, dim{name, number[key], &[]*tally{}})
		}
		a.columns, a.at, a.beside, a.dims = append(a.columns, &column{Recompute: c}), append(a.at, i), append(a.beside, beside), append(a.dims, dims)
	}
	return a, nil
}

// row adds one row.
func (a *adder) row(row []string) error {
	var numbers [64]int
	known := numbers[:min(len(a.keys), len(numbers))]
	for i := range known {
		known[i] = -1
	}
	for i, c := range a.columns {
		cell, beside := row[a.at[i]], ""
		if cell == "" {
			continue
		}
		if a.beside[i] >= 0 {
			beside = row[a.beside[i]]
		}
		if err := c.total.add(&c.Recompute, cell, beside); err != nil {
			return fmt.Errorf("kolumn %s: %w", c.Name(), err)
		}
		for _, d := range a.dims[i] {
			n := -1
			if d.key < len(known) {
				n = known[d.key]
			}
			if n < 0 {
				n = a.keys[d.key].of(row[a.keys[d.key].at])
				if d.key < len(known) {
					known[d.key] = n
				}
			}
			for len(*d.by) <= n {
				*d.by = append(*d.by, &tally{})
			}
			if err := (*d.by)[n].add(&c.Recompute, cell, beside); err != nil {
				return err
			}
		}
	}
	return nil
}

// of numbers a key.
func (k *keyColumn) of(key string) int {
	n, ok := k.number[key]
	if !ok {
		n = len(k.names)
		name := string(append([]byte(nil), key...)) // the row is reused
		k.number[name], k.names = n, append(k.names, name)
	}
	return n
}

// done gives every column its cells by the names of their keys.
func (a *adder) done() []*column {
	for i, c := range a.columns {
		c.cells = map[string]map[string]*tally{}
		for _, d := range a.dims[i] {
			by := map[string]*tally{}
			for n, t := range *d.by {
				if t.rows > 0 {
					by[a.keys[d.key].names[n]] = t
				}
			}
			c.cells[d.name] = by
		}
	}
	return a.columns
}

func sortedKeys[V any](m map[string]V) []string { return slices.Sorted(maps.Keys(m)) }
