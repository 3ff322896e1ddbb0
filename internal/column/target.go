package column

import (
	"fmt"
	"strings"

	"github.com/kommunpuls/kommunpuls/plugins/sdk/record"
)

// target is where a column goes: a field, or a field of a child list's row.
type target struct {
	key   string
	field int // of the schema; -1 for a child
	f     record.Field
	child int    // of the schema; -1 for a field
	row   string // the fixed first field: "owner" of role:owner
	sub   int    // field of the child's row; -1 is the one that makes the row
	class bool   // "class": C, I and A in one cell
}

// classTarget is the one made-up target: "3/2/2" or "K3 R2 T2" in one cell.
const classTarget = "class"

// fixed names the field of a child list that its target fixes: "role:owner",
// "key:login". Lists without one have a row for each name in the cell.
func fixed(c record.Child) string {
	switch c.Name {
	case "role":
		return "role"
	case "key":
		return "of"
	}
	return ""
}

// parseTarget reads the name of a target.
func parseTarget(s record.Schema, key string) (target, error) {
	t := target{key: key, field: -1, child: -1, sub: -1}
	if i := s.Index(key); i >= 0 {
		t.field, t.f = i, s.Fields[i]
		return t, nil
	}
	if key == classTarget && s.Index("class_c") >= 0 {
		t.class = true
		return t, nil
	}
	head, sub, hasSub := strings.Cut(key, ".")
	list, row, hasRow := strings.Cut(head, ":")
	if t.child = s.Child(list); t.child < 0 {
		return t, fmt.Errorf("posttypen %s har inget fält och ingen lista som heter %s. Det finns: %s", s.Kind, head, strings.Join(targetNames(s), ", "))
	}
	c := s.Children[t.child]
	switch fx := fixed(c); {
	case fx != "" && (!hasRow || row == ""):
		return t, fmt.Errorf("listan %s måste säga vilken: %s:%s", list, list, map[string]string{"role": "owner", "of": "login"}[fx])
	case fx == "" && hasRow:
		return t, fmt.Errorf("listan %s delas inte upp; skriv %s", list, list)
	case fx != "":
		if f := c.Fields[columnOf(c, fx)]; f.Type == record.Enum && !f.Allows(row) {
			return t, fmt.Errorf("%s är inte ett av %s", row, strings.Join(f.Enum, ", "))
		}
	}
	t.row = row
	if !hasSub {
		return t, nil
	}
	if t.sub = columnOf(c, sub); t.sub < 0 || sub == fixed(c) || sub == "person_ref" || sub == "holder" {
		return t, fmt.Errorf("listan %s har inget fält som heter %s att fylla", list, sub)
	}
	t.f = c.Fields[t.sub]
	return t, nil
}

func columnOf(c record.Child, name string) int {
	for i, f := range c.Fields {
		if f.Name == name {
			return i
		}
	}
	return -1
}

// targetNames lists what a kind's columns may fill.
func targetNames(s record.Schema) []string {
	var names []string
	for _, f := range s.Fields {
		names = append(names, f.Name)
	}
	for _, c := range s.Children {
		if fixed(c) != "" {
			names = append(names, c.Name+":…")
		} else {
			names = append(names, c.Name)
		}
	}
	return names
}
