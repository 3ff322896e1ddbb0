package profile

import (
	"strings"
	"time"

	"github.com/kommunpuls/kommunpuls/internal/column"
	"github.com/kommunpuls/kommunpuls/internal/sheet/value"
	"github.com/kommunpuls/kommunpuls/plugins/sdk"
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
	c.target(schema, name, f)
	if i := schema.Index(name); i >= 0 && schema.Fields[i].Type == record.Enum {
		field := schema.Fields[i]
		if f.Else != "" && !field.Allows(f.Else) {
			c.fault("else", "%q är inte ett av %s", f.Else, strings.Join(field.Enum, ", "))
		}
		if text, ok := f.Value.(string); ok && !field.Allows(text) {
			c.fault("value", "%q är inte ett av %s", text, strings.Join(field.Enum, ", "))
		}
	}
	if i := schema.Index(f.Raw); f.Raw != "" && (i < 0 || schema.Fields[i].Type != record.Text) {
		c.fault("raw", "%s har inget textfält som heter %q", schema.Kind, f.Raw)
	}
	return c.faults
}

// target checks what only the conversion to records knows: whether the name
// is one that can be filled, and the translations.
func (c *checker) target(schema record.Schema, name string, f Field) {
	specs := map[string]column.Spec{name: {Values: f.Values, Holder: f.Holder}}
	if schema.EventTime != "" && name != schema.EventTime {
		specs[schema.EventTime] = column.Spec{} // asked for elsewhere
	}
	_, problems := column.New(schema.Kind, specs, column.Options{Unnamed: true, People: func() (*sdk.Pseudonymiser, error) { return nil, nil }})
	for _, p := range problems {
		path := strings.TrimPrefix(strings.TrimPrefix(p.Field, "columns."+name), ".")
		c.fault(path, "%s", p.Message)
	}
}
