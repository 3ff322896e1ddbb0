package fakes

import (
	"cmp"
	"fmt"
	"net/url"
	"slices"
	"strings"
	"time"
)

// find runs an encoded query. The real one ignores a condition that it does
// not understand and answers everything; here it is refused. Without an order
// that ends in sys_id pages lose rows.
func (t *SNTable) find(query string) ([]map[string]string, error) {
	rows := slices.Clone(t.Rows)
	var order []string
	for _, term := range strings.Split(query, "^") {
		if field, ok := strings.CutPrefix(term, "ORDERBY"); ok {
			order = append(order, strings.TrimPrefix(field, "DESC"))
			continue
		}
		if term == "" {
			continue
		}
		field, op, value := condition(term)
		if _, known := t.Fields[field]; op == "" || !known {
			return nil, fmt.Errorf("a condition that would be ignored: %s", term)
		}
		if t.Fields[field].Time {
			if _, err := time.Parse(time.DateTime, value); err != nil {
				return nil, fmt.Errorf("%s: want yyyy-MM-dd HH:mm:ss, got %q", field, value)
			}
		}
		rows = slices.DeleteFunc(rows, func(r map[string]string) bool { return !holds(r[field], op, value) })
	}
	if len(order) == 0 || order[len(order)-1] != "sys_id" {
		return nil, fmt.Errorf("no order, or one that does not end in sys_id: %q", query)
	}
	slices.SortStableFunc(rows, func(a, b map[string]string) int {
		for _, f := range order {
			if c := cmp.Compare(a[f], b[f]); c != 0 {
				return c
			}
		}
		return 0
	})
	return rows, nil
}

func condition(term string) (field, op, value string) {
	for _, op := range []string{">=", "<=", "!=", ">", "<", "="} {
		if f, v, ok := strings.Cut(term, op); ok {
			return f, op, v
		}
	}
	return "", "", ""
}

func holds(have, op, want string) bool {
	switch op {
	case ">=":
		return have >= want
	case "<=":
		return have != "" && have <= want
	case ">":
		return have > want
	case "<":
		return have != "" && have < want
	case "!=":
		return have != want
	}
	return have == want
}

// object is a row with the fields asked for, some of them through a reference
// ("caller_id.department"). An unknown field is refused; the real one leaves
// it out.
func (s *ServiceNow) object(t *SNTable, row map[string]string, q url.Values) (object, error) {
	want := strings.Split(q.Get("sysparm_fields"), ",")
	if q.Get("sysparm_fields") == "" {
		want = nil
		for f := range row {
			want = append(want, f)
		}
	}
	out := object{}
	for _, name := range want {
		f, value, err := s.reach(t, row, name)
		if err != nil {
			return nil, err
		}
		shown := s.shown(f, value)
		switch q.Get("sysparm_display_value") {
		case "all":
			out[name] = object{"value": value, "display_value": shown}
			if f.Ref != "" && value != "" && q.Get("sysparm_exclude_reference_link") != "true" {
				out[name].(object)["link"] = s.URL + "/api/now/table/" + f.Ref + "/" + value
			}
		case "true":
			out[name] = shown
		default:
			out[name] = value
			if f.Ref != "" && value != "" && q.Get("sysparm_exclude_reference_link") != "true" {
				out[name] = object{"value": value, "link": s.URL + "/api/now/table/" + f.Ref + "/" + value}
			}
		}
	}
	return out, nil
}

// reach follows a dotted name.
func (s *ServiceNow) reach(t *SNTable, row map[string]string, name string) (SNField, string, error) {
	head, rest, dotted := strings.Cut(name, ".")
	f, ok := t.Fields[head]
	if !ok {
		return SNField{}, "", fmt.Errorf("table %s has no field %s", t.Name, head)
	}
	if !dotted {
		return f, row[head], nil
	}
	next := s.tables[f.Ref]
	if next == nil {
		return SNField{}, "", fmt.Errorf("%s.%s is no reference", t.Name, head)
	}
	for _, r := range next.Rows {
		if r["sys_id"] == row[head] {
			return s.reach(next, r, rest)
		}
	}
	empty := map[string]string{}
	return s.reach(next, empty, rest)
}

// shown is what a person would see: names, labels, times in the account's zone.
func (s *ServiceNow) shown(f SNField, value string) string {
	switch {
	case value == "":
		return ""
	case f.Ref != "":
		for _, r := range s.tables[f.Ref].Rows {
			if r["sys_id"] == value {
				return r["name"]
			}
		}
		return ""
	case f.Time:
		t, err := time.Parse(time.DateTime, value)
		if err != nil {
			return value
		}
		return t.In(time.FixedZone("account", 3600)).Format(time.DateTime)
	case f.Choices != nil:
		return f.Choices[value]
	}
	return value
}
