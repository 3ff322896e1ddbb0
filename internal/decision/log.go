package decision

import (
	"fmt"
	"strings"
	"time"

	"github.com/kommunpuls/kommunpuls/internal/store"
)

// Log takes a set apart into what the log of decisions keeps: each decision
// with its fields as the files have them, the body that decided and the
// reason. No field holds the name of a person: who typed it is told by the
// version control that the files are kept in, not by the log.
func (s Set) Log(opt Options) []store.Decided {
	rows := rowsOf(s, opt)
	if len(s.Tiers) > 0 {
		rows["rules"] = append(rows["rules"], row{"rule": {text: tiersRule}, "value": {list: s.Tiers}})
	}
	var out []store.Decided
	times := map[string]int{}
	for _, sec := range sections() {
		for _, r := range rows[sec.key] {
			d := store.Decided{Section: sec.key, Key: logKey(sec.key, r), Fields: map[string]string{},
				Decision: r["decision"].text, By: r["by"].text, Why: r["reason"].text}
			// Two rows of one key (a target that replaced another) are told apart
			// by their order.
			if times[sec.key+d.Key]++; times[sec.key+d.Key] > 1 {
				d.Key += fmt.Sprintf(" (%d)", times[sec.key+d.Key])
			}
			for _, c := range sec.columns {
				if v := r[c.key]; !v.empty() {
					d.Fields[c.key] = v.logged()
				}
			}
			out = append(out, d)
		}
	}
	return out
}

// logKey names what a decision is about, so that a change of the rest is a
// change and not one decision gone and another come.
func logKey(section string, r row) string {
	keys := map[string][]string{
		"targets": {"kpi", "org_unit", "valid_from"}, "waivers": {"kpi", "org_unit", "record", "from"}, "names": {"kind", "id"},
		"rules": {"rule"}, "off": {"kpi"}, "none": {"record"}, "series_breaks": {"kpi", "source", "on"},
	}[section]
	if keys == nil {
		keys = []string{"id"}
	}
	var parts []string
	for _, k := range keys {
		if v := r[k]; !v.empty() {
			parts = append(parts, v.logged())
		}
	}
	return strings.Join(parts, " ")
}

// logged is a cell as the log shows it.
func (w written) logged() string {
	switch {
	case len(w.list) > 0:
		return strings.Join(w.list, "; ")
	case !w.day.IsZero():
		return w.day.Format(time.DateOnly)
	}
	return fmt.Sprint(w.plain())
}

// SectionName is what a section is called in the workbook: "Godtagna brister".
func SectionName(key string) string {
	for _, s := range sections() {
		if s.key == key {
			return s.sheet
		}
	}
	return key
}

// FieldName is what a field of a section is called in the workbook.
func FieldName(section, key string) string {
	for _, s := range sections() {
		if s.key == section {
			if c := s.column(key); c.key != "" {
				return c.header
			}
		}
	}
	return key
}
