package profile

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/kommunpuls/kommunpuls/internal/closest"
	"github.com/kommunpuls/kommunpuls/internal/sheet/value"
	"github.com/kommunpuls/kommunpuls/plugins/sdk/record"
)

// FormatKnown tells whether a format of times can be used; none can.
func FormatKnown(format string) bool {
	switch format {
	case "", "rfc3339", "epoch", "epoch_ms":
		return true
	}
	return value.LayoutKnown(format)
}

func (c *checker) zone(path, zone string) {
	if _, err := time.LoadLocation(zone); err != nil {
		c.fault(path, "tidszonen %q är okänd", zone)
	}
}

// CheckField checks what fills one field of a kind; paths start at the field.
func CheckField(schema record.Schema, name string, f Field, lookups []string) []Fault {
	c := checker{}
	field, list := targetOf(&c, schema, name)
	vars := ItemVariables(lookups)
	if (f.From == "") == (f.Value == nil) {
		c.fault("", "precis ett av from och value behövs")
	}
	c.expr("from", f.From, vars, false)
	c.expr("when", f.When, SettingsVariables(), false)
	c.zone("timezone", f.Timezone)
	if !FormatKnown(f.Format) {
		c.fault("format", "%q är inte rfc3339, epoch, epoch_ms eller en form med yyyy, MM och dd", f.Format)
	}
	c.choice("holder", f.Holder, "person", "title")
	if field.Type == record.Enum {
		for _, k := range sortedKeys(f.Values) {
			if to := f.Values[k]; to != "" && !field.Allows(to) {
				c.fault("values."+k, "%q är inte ett av %s", to, strings.Join(field.Enum, ", "))
			}
		}
		if f.Else != "" && !field.Allows(f.Else) {
			c.fault("else", "%q är inte ett av %s", f.Else, strings.Join(field.Enum, ", "))
		}
		if text, ok := f.Value.(string); ok && !field.Allows(text) {
			c.fault("value", "%q är inte ett av %s", text, strings.Join(field.Enum, ", "))
		}
	}
	if f.Raw != "" {
		i := schema.Index(f.Raw)
		if i < 0 || schema.Fields[i].Type != record.Text || list {
			c.fault("raw", "%s har inget textfält som heter %q", schema.Kind, f.Raw)
		}
	}
	return c.faults
}

// targetOf finds the field, or the child list, that a key of fields names.
func targetOf(c *checker, schema record.Schema, name string) (f record.Field, list bool) {
	if i := schema.Index(name); i >= 0 {
		return schema.Fields[i], false
	}
	head, row, split := strings.Cut(name, ":")
	i := schema.Child(head)
	if i < 0 {
		var names []string
		for _, f := range schema.Fields {
			names = append(names, f.Name)
		}
		for _, l := range schema.Children {
			names = append(names, l.Name)
		}
		text := fmt.Sprintf("posttypen %s har inget fält och ingen lista med det namnet", schema.Kind)
		if near := closest.Name(name, names); near != "" {
			text += "; menades " + near + "?"
		}
		c.fault("", "%s", text)
		return record.Field{}, false
	}
	fixed := slices.Contains([]string{"role", "key"}, head)
	switch {
	case fixed && row == "":
		c.fault("", "listan %s måste säga vilken rad: %s:%s", head, head, map[string]string{"role": "owner", "key": "login"}[head])
	case !fixed && split:
		c.fault("", "listan %s delas inte upp; skriv %s", head, head)
	case head == "key":
		l := schema.Children[i]
		for _, f := range l.Fields {
			if f.Name == "of" && !f.Allows(row) {
				c.fault("", "%s är inte ett av %s", row, strings.Join(f.Enum, ", "))
			}
		}
	}
	return record.Field{Name: head}, true
}
