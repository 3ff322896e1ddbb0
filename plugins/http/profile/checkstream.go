package profile

import (
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/kommunpuls/kommunpuls/plugins/sdk/record"
)

// request checks templates and what goes together. Lookups may be used.
func (c *checker) request(path string, r *Request, lookups []string) {
	vars := RequestVariables(lookups)
	c.choice(path+".method", r.Method, "GET", "POST")
	c.template(path+".path", r.Path, vars)
	c.templates(path+".query", r.Query, vars)
	c.templates(path+".headers", r.Headers, vars)
	c.templates(path+".json", r.JSON, vars)
	c.templates(path+".form", r.Form, vars)
	bodies := 0
	for _, has := range []bool{r.JSON != nil, r.Form != nil, r.RPC != nil} {
		if has {
			bodies++
		}
	}
	if bodies > 1 {
		c.fault(path, "bara en av json, form och rpc kan vara frågans innehåll")
	}
	if r.RPC != nil {
		if r.RPC.Method == "" {
			c.fault(path+".rpc.method", "saknas")
		}
		c.templates(path+".rpc.params", r.RPC.Params, vars)
	}
}

func (c *checker) list(path string, l *List, lookups []string) {
	c.request(path+".request", &l.Request, lookups)
	c.expr(path+".items", l.Items, AnswerVariables(), true)
	c.expr(path+".total", l.Total, AnswerVariables(), false)
	if l.Each != nil {
		c.expr(path+".each.in", l.Each.In, RequestVariables(lookups), true)
		if l.Each.Chunk < 0 || l.Each.Parallel < 0 || l.Each.Parallel > 16 {
			c.fault(path+".each", "chunk kan inte vara mindre än 0, och parallel är högst 16")
		}
	}
	c.paging(path+".paging", &l.Paging)
	if l.Paging.End == "total" && l.Total == "" {
		c.fault(path+".total", "saknas: paging.end är total")
	}
}

func (c *checker) paging(path string, p *Paging) {
	c.choice(path+".by", p.By, "none", "page", "offset", "next", "link", "cursor", "range")
	c.choice(path+".end", p.End, "short", "empty", "total", "more")
	c.choice(path+".step", p.Step, "limit", "received")
	c.expr(path+".next", p.Next, AnswerVariables(), p.By == "next" || p.By == "cursor")
	c.expr(path+".more", p.More, AnswerVariables(), p.End == "more")
	if p.Size < 0 || p.Max < 0 || p.Max > 0 && p.Size > p.Max {
		c.fault(path+".size", "ska vara mellan 1 och max")
	}
	if p.Size == 0 && slices.Contains([]string{"page", "offset", "range"}, p.By) {
		c.fault(path+".size", "saknas: hur många rader ska en sida ha?")
	}
	if p.First != nil && *p.First < 0 {
		c.fault(path+".first", "kan inte vara mindre än 0")
	}
}

func (c *checker) details(path string, d *Details, lookups []string) {
	c.expr(path+".id", d.ID, ItemVariables(lookups), true)
	c.request(path+".request", &d.Request, lookups)
	c.expr(path+".items", d.Items, AnswerVariables(), true)
	c.expr(path+".key", d.Key, ItemVariables(lookups), d.Bulk > 0)
	if d.Bulk < 0 || d.Parallel < 0 || d.Parallel > 16 {
		c.fault(path, "bulk kan inte vara mindre än 0, och parallel är högst 16")
	}
}

func (c *checker) lookup(i int) {
	l := &c.p.Lookups[i]
	path := fmt.Sprintf("lookups[%d]", i)
	before := c.p.lookupsBefore(i)
	if taken := append(RequestVariables(before), AnswerVariables()...); !snakeRE.MatchString(l.Name) || slices.Contains(taken, "$"+l.Name) {
		c.fault(path+".name", "ska vara ett eget namn av små bokstäver a–z, siffror och _")
	}
	if l.Title != (Text{}) {
		c.text(path+".title", l.Title)
	}
	c.expr(path+".when", l.When, SettingsVariables(), false)
	c.list(path, &l.List, before)
	if l.Details != nil {
		c.details(path+".details", l.Details, before)
	}
	vars := ItemVariables(before)
	c.expr(path+".key", l.Key, vars, true)
	c.expr(path+".value", l.Value, vars, false)
}

func (c *checker) stream(path string, s *Stream) {
	lookups := c.p.LookupVariables()
	vars := ItemVariables(lookups)
	c.text(path+".title", s.Title)
	c.expr(path+".when", s.When, SettingsVariables(), false)
	c.list(path, &s.List, lookups)
	if s.Details != nil {
		c.details(path+".details", s.Details, lookups)
	}
	c.expr(path+".id", s.ID, vars, true)
	c.expr(path+".label", s.Label, vars, false)
	c.expr(path+".changed", s.Changed, vars, false)
	c.expr(path+".part_when", s.PartWhen, SettingsVariables(), false)
	if inc := s.Increment; inc != nil {
		c.expr(path+".increment.field", inc.Field, vars, true)
		if !FormatKnown(inc.Format) {
			c.fault(path+".increment.format", "%q är inte rfc3339, epoch, epoch_ms eller en form med yyyy, MM och dd", inc.Format)
		}
		c.zone(path+".increment.timezone", inc.Timezone)
	}
	for i, k := range s.Skip {
		at := fmt.Sprintf("%s.skip[%d]", path, i)
		c.expr(at+".when", k.When, vars, true)
		c.text(at+".text", k.Text)
		if k.Purge && s.Increment != nil {
			c.fault(at+".purge", "går inte ihop med increment: att någon har fått skyddade uppgifter syns inte på att raden ändras")
		}
		if !snakeRE.MatchString(k.Code) {
			c.fault(at+".code", "ska vara små bokstäver a–z, siffror och _")
		}
	}
	if s.Supplements != "" && (s.Kind != record.System || utf8.RuneCountInString(s.Supplements) > 40) {
		c.fault(path+".supplements", "hör till posttypen system och är högst 40 tecken")
	}
	for i, k := range s.Count {
		at := fmt.Sprintf("%s.count[%d]", path, i)
		c.expr(at+".when", k.When, vars, true)
		c.expr(at+".org_unit", k.OrgUnit, vars, false)
		if k.Metric == "" {
			c.fault(at+".metric", "saknas")
		}
	}
	schema, ok := record.Lookup(s.Kind)
	if !ok {
		c.fault(path+".kind", "posttypen %q finns inte", s.Kind)
		return
	}
	for _, name := range sortedKeys(s.Fields) {
		f := s.Fields[name]
		for _, fault := range CheckField(schema, name, f, lookups) {
			fault.Path = strings.TrimSuffix(join(path+".fields."+name, fault.Path), ".")
			c.faults = append(c.faults, fault)
		}
	}
	if _, ok := s.Fields[schema.EventTime]; schema.EventTime != "" && !ok {
		c.fault(path+".fields", "posttypen %s placeras i tiden av %s, som måste ha ett uttryck", s.Kind, schema.EventTime)
	}
}
