package expr

import (
	"fmt"
	"slices"
)

// addViews checks views in the order in which they need each other.
func (rs *Relations) addViews(views []View) map[int]error {
	faults := map[int]error{}
	names := map[string]int{}
	for i, v := range views {
		if rs.Has(v.Name) {
			faults[i] = fmt.Errorf("the name %s is taken by a relation", v.Name)
		} else if _, twice := names[v.Name]; twice {
			faults[i] = fmt.Errorf("the name %s is taken by another view", v.Name)
		} else {
			names[v.Name] = i
		}
	}
	state := make([]int, len(views)) // 0 new, 1 being checked, 2 done
	var add func(i int)
	add = func(i int) {
		if state[i] != 0 || faults[i] != nil {
			return
		}
		state[i] = 1
		defer func() { state[i] = 2 }()
		s, err := parseSelect(views[i].SQL)
		if err != nil {
			faults[i] = err
			return
		}
		for _, name := range sources(s) {
			j, isView := names[name]
			if !isView {
				continue
			}
			if state[j] == 1 {
				faults[i] = fmt.Errorf("view %s needs itself, through %s", name, views[i].Name)
				return
			}
			if add(j); faults[j] != nil {
				faults[i] = fmt.Errorf("needs view %s, which is faulty", name)
				return
			}
		}
		r, text, err := rs.checkView(views[i])
		if err != nil {
			faults[i] = err
			return
		}
		rs.byName[r.name], rs.views[r.name] = r, text
	}
	for i := range views {
		add(i)
	}
	return faults
}

// checkView checks one view whose own views are known.
func (rs *Relations) checkView(v View) (*relation, string, error) {
	s, err := parseSelect(v.SQL)
	if err != nil {
		return nil, "", err
	}
	c := newChecker(Scope{Relations: rs})
	cols, err := c.sub(s)
	if err != nil {
		return nil, "", err
	}
	if len(v.Columns) != len(cols) {
		return nil, "", fmt.Errorf("%d columns are declared, the SELECT gives %d", len(v.Columns), len(cols))
	}
	r := &relation{name: v.Name, relations: c.use.relations, views: c.use.views, params: c.use.params}
	var inColumns []ColumnRef
	for i, name := range v.Columns {
		if got := cols[i].name; got != "" && got != name {
			return nil, "", fmt.Errorf("column %d is declared as %s and selected as %s", i+1, name, got)
		}
		if slices.Contains(v.Columns[:i], name) {
			return nil, "", fmt.Errorf("column %s is declared twice", name)
		}
		col := cols[i]
		col.relation, col.name = v.Name, name
		r.columns = append(r.columns, &col)
		inColumns = addAll(inColumns, col.base...)
	}
	elsewhere := c.elsewhere(s)
	for _, ref := range c.use.columns {
		if !slices.Contains(inColumns, ref) || slices.Contains(elsewhere, ref) {
			r.uses = append(r.uses, ref)
		}
	}
	return r, c.selectSQL(s), nil
}

// elsewhere lists the fields that a SELECT reads outside its columns.
func (c *checker) elsewhere(s *Select) []ColumnRef {
	var out []ColumnRef
	for ; s != nil; s = s.Union {
		for _, n := range append([]Node{s.Where, s.Having}, s.GroupBy...) {
			out = addAll(out, baseOf(n)...)
		}
		for _, src := range s.From {
			out = addAll(out, baseOf(src.On)...)
		}
	}
	return out
}

// sources lists the relations named anywhere in a SELECT.
func sources(s *Select) []string {
	var out []string
	walkSelect(s, func(n *Select) {
		for _, src := range n.From {
			if src.Sub == nil {
				out = addAll(out, src.Name)
			}
		}
	}, nil)
	return out
}
