package decision

import (
	"fmt"
	"regexp"
	"strings"
	"time"

	"github.com/kommunpuls/kommunpuls/internal/calendar"
	"github.com/kommunpuls/kommunpuls/plugins/sdk/record"
)

// KPI is what decisions need to know of a measure.
type KPI struct{ ID, Title, Unit string }

// Options say what decisions may refer to.
type Options struct {
	// KPIs are the measures that exist; nil accepts any id.
	KPIs []KPI
	// Rules are the names of the municipality's own rules; nil accepts any.
	Rules []string
}

// interpreter turns documents into a Set. Conflicts are looked for across all
// documents, so places are kept beside what they became.
type interpreter struct {
	opt    Options
	loc    *time.Location
	set    Set
	faults Faults

	targetAt, waiverAt, identityAt []place
	rulesAt, offAt                 map[string]place
}

func interpret(docs []document, opt Options) (Set, Faults) {
	in := &interpreter{opt: opt, loc: calendar.Location(), rulesAt: map[string]place{}, offAt: map[string]place{}}
	in.set.Rules = map[string]string{}
	for _, d := range docs {
		in.identities(d)
	}
	in.checkIdentities()
	for _, d := range docs {
		in.targets(d["targets"])
		in.waivers(d["waivers"])
		in.rules(d["rules"])
		in.off(d["off"])
		in.none(d["none"])
		in.breaks(d["series_breaks"])
	}
	in.checkTargets()
	in.checkWaivers()
	return in.set, in.faults
}

func (in *interpreter) faultf(at place, format string, args ...any) {
	in.faults = append(in.faults, at.fault(fmt.Sprintf(format, args...)))
}

// require reports required cells that are empty.
func (in *interpreter) require(s string, e entry) bool {
	ok := true
	for _, sec := range sections() {
		if sec.key != s {
			continue
		}
		for _, c := range sec.columns {
			if c.required && e.text(c.key) == "" {
				in.faultf(e.at, "%s saknas", in.called(e.at, c))
				ok = false
			}
		}
	}
	return ok
}

// called names a column as the file does.
func (in *interpreter) called(at place, c column) string {
	if at.sheet != "" {
		return c.header
	}
	return c.key
}

var bracketRE = regexp.MustCompile(`\(([a-z0-9_]+)\)\s*$`)

// kpi resolves a measure written as id, title or "Titel (id)".
func (in *interpreter) kpi(e entry, key string) (KPI, bool) {
	c, ok := e.cells[key]
	if !ok || c.text == "" {
		return KPI{}, false
	}
	id := c.text
	if m := bracketRE.FindStringSubmatch(c.text); m != nil {
		id = m[1]
	}
	if in.opt.KPIs == nil {
		return KPI{ID: id}, true
	}
	var names []string
	for _, k := range in.opt.KPIs {
		if k.ID == id || fold(k.Title) == fold(c.text) {
			return k, true
		}
		names = append(names, k.ID)
	}
	in.faultf(c.at, "okänt mått ”%s”%s", id, hint(id, names))
	return KPI{}, false
}

// choice resolves a word to its key; an empty cell is the default.
func (in *interpreter) choice(section, key string, e entry, def string) string {
	c, ok := e.cells[key]
	if !ok || c.text == "" {
		return def
	}
	var words []string
	for _, s := range sections() {
		if s.key != section {
			continue
		}
		for _, ch := range s.column(key).choices {
			if c.text == ch.key || fold(c.text) == fold(ch.word) {
				return ch.key
			}
			if c.at.sheet != "" {
				words = append(words, ch.word)
			} else {
				words = append(words, ch.key)
			}
		}
	}
	in.faultf(c.at, "”%s” är inte något av %s", c.text, strings.Join(words, ", "))
	return def
}

// day reads a date. last gives the day's last second, else its first.
func (in *interpreter) day(e entry, key string, last bool) time.Time {
	c, ok := e.cells[key]
	if !ok || c.text == "" {
		return time.Time{}
	}
	d, err := parseDay(c, in.loc)
	if err != nil {
		in.faultf(c.at, "%s", err)
		return time.Time{}
	}
	if last {
		return endOfDay(d)
	}
	return d
}

func endOfDay(d time.Time) time.Time { return d.AddDate(0, 0, 1).Add(-time.Second) }

func (in *interpreter) rules(entries []entry) {
	for _, e := range entries {
		if !in.require("rules", e) {
			continue
		}
		name := strings.TrimSpace(e.text("rule"))
		at := e.where("rule")
		if in.opt.Rules != nil && name != tiersRule && !contains(in.opt.Rules, name) {
			in.faultf(at, "okänd regel ”%s”%s", name, hint(name, append([]string{tiersRule}, in.opt.Rules...)))
			continue
		}
		if first, ok := in.rulesAt[name]; ok {
			in.faultf(at, "regeln %s står två gånger; den andra är %s", name, first.from(at))
			continue
		}
		in.rulesAt[name] = at
		if name != tiersRule {
			in.set.Rules[name] = e.text("value")
			continue
		}
		list := e.cells["value"].list
		if list == nil {
			list = strings.FieldsFunc(e.text("value"), func(r rune) bool { return r == ',' || r == ';' })
		}
		for _, t := range list {
			if t = strings.TrimSpace(t); t != "" {
				in.set.Tiers = append(in.set.Tiers, t)
			}
		}
	}
}

func (in *interpreter) off(entries []entry) {
	for _, e := range entries {
		ok := in.require("off", e)
		k, known := in.kpi(e, "kpi")
		if !ok || !known {
			continue
		}
		if first, ok := in.offAt[k.ID]; ok {
			in.faultf(e.where("kpi"), "%s är redan avstängt, se %s", k.ID, first.from(e.at))
			continue
		}
		in.offAt[k.ID] = e.where("kpi")
		in.set.Off = append(in.set.Off, Off{KPI: k.ID, Reason: e.text("reason")})
	}
}

func (in *interpreter) none(entries []entry) {
	var kinds []string
	for _, s := range record.Schemas() {
		kinds = append(kinds, string(s.Kind))
	}
	for _, e := range entries {
		if !in.require("none", e) {
			continue
		}
		rec := e.text("record")
		kind, _, _ := strings.Cut(rec, ":")
		if !contains(kinds, kind) {
			in.faultf(e.where("record"), "okänt slag av uppgift ”%s”%s", kind, hint(kind, kinds))
			continue
		}
		in.body(e, "by")
		on := in.day(e, "on", true)
		in.set.None = append(in.set.None, DeclaredNone{Record: rec, By: e.text("by"), On: on})
	}
}

func (in *interpreter) breaks(entries []entry) {
	for _, e := range entries {
		before := len(in.faults)
		in.require("series_breaks", e)
		k, _ := in.kpi(e, "kpi")
		b := Break{KPI: k.ID, Source: e.text("source"), On: in.day(e, "on", false), Reason: e.text("reason")}
		if (e.text("kpi") == "") == (b.Source == "") {
			in.faultf(e.at, "skriv antingen ett mått eller en källa")
		}
		if len(in.faults) == before {
			in.set.Breaks = append(in.set.Breaks, b)
		}
	}
}

// body refuses an address where a body or role should stand.
func (in *interpreter) body(e entry, key string) {
	if strings.Contains(e.text(key), "@") {
		in.faultf(e.where(key), "skriv nämnd eller roll, aldrig en person eller en e-postadress")
	}
}

func contains(list []string, s string) bool {
	for _, l := range list {
		if l == s {
			return true
		}
	}
	return false
}

// from names a place as seen from another: the file only when it differs.
func (p place) from(other place) string {
	if p.file == other.file {
		return p.short()
	}
	return p.fault("").place()
}
