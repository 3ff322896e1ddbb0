package watchlist

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"reflect"
	"strconv"
	"strings"
	"time"
)

// Limits and defaults.
const (
	maxTargets         = 50_000
	maxOf              = 100
	maxWorkers         = 10_000
	defaultWorkers     = 1500
	defaultInterval    = 15 * time.Second
	defaultTimeout     = 4 * time.Second
	defaultFlap        = 2 * time.Minute
	defaultCertificate = time.Hour
	minInterval        = time.Second
	defaultBody        = 1 << 20
)

// classNames are the classes where the settings name none.
func classNames() []string { return []string{"raddningstjanst", "hog", "normal", "lag"} }

// defaultClass is what a target is that does not say, where there is such a class.
const defaultClass = "normal"

// Parse checks settings without opening anything. A list whose targets stand
// in a file holds those of the settings alone, and a parent may be in the file.
// The error is Faults.
func Parse(raw json.RawMessage) (*List, error) {
	s, err := decode(raw)
	if err != nil {
		return nil, Faults{{Field: "settings", Message: said(err)}}
	}
	b := newBuilder(s)
	b.settings()
	return b.finish(s.TargetsFile == "")
}

// Load checks settings and reads the file of targets that they name, if any.
// base is the folder that a relative name starts from. The error is Faults, or
// what the file could not be read for.
func Load(ctx context.Context, raw json.RawMessage, base string) (*List, error) {
	s, err := decode(raw)
	if err != nil {
		return nil, Faults{{Field: "settings", Message: said(err)}}
	}
	b := newBuilder(s)
	b.settings()
	if s.TargetsFile != "" {
		path := s.TargetsFile
		if !filepath.IsAbs(path) {
			path = filepath.Join(base, path)
		}
		if err := b.file(ctx, path); err != nil {
			return nil, err
		}
	}
	return b.finish(true)
}

// said says in Swedish what the decoder found.
func said(err error) string {
	var syntax *json.SyntaxError
	var wrong *json.UnmarshalTypeError
	switch name, unknown := strings.CutPrefix(err.Error(), "json: unknown field "); {
	case unknown:
		name = strings.Trim(name, `"`)
		return "inställningen " + name + " finns inte" + meant(name, settingNames())
	case errors.As(err, &syntax), errors.Is(err, io.ErrUnexpectedEOF), errors.Is(err, io.EOF):
		return "inställningarna är inte giltig JSON"
	case errors.As(err, &wrong) && wrong.Field != "":
		return fmt.Sprintf("%s är av fel slag: där står %s", wrong.Field, jsonKind(wrong.Value))
	case errors.As(err, &wrong):
		return "inställningarna är av fel slag: där står " + jsonKind(wrong.Value)
	}
	return err.Error()
}

// jsonKind says what kind of value the decoder found.
func jsonKind(v string) string {
	kind, _, _ := strings.Cut(v, " ")
	switch kind {
	case "number":
		return "ett tal"
	case "string":
		return "en text"
	case "bool":
		return "ja eller nej"
	case "array":
		return "en lista"
	case "object":
		return "flera inställningar"
	}
	return v
}

// settingNames lists every name that may stand in the settings.
func settingNames() []string {
	var out []string
	for _, v := range []any{Settings{}, RawTarget{}, RawClass{}, RawModule{}} {
		t := reflect.TypeOf(v)
		for i := range t.NumField() {
			name, _, _ := strings.Cut(t.Field(i).Tag.Get("json"), ",")
			out = append(out, name)
		}
	}
	return out
}

// builder makes a list of settings and gathers what is wrong with them.
type builder struct {
	raw      Settings
	list     *List
	faults   Faults
	openings openings
	planned  []Window
	base     Class
	classes  map[string]Class
	modules  map[string]Module
	bad      map[string]bool  // modules that have a fault of their own
	first    map[string]Fault // where each target stands, by id
}

func newBuilder(s Settings) *builder {
	return &builder{
		raw: s, list: &List{Modules: map[string]Module{}, byID: map[string]int{}},
		openings: openings{periods: s.ClosedPeriods, known: map[string]*Opening{}},
		classes:  map[string]Class{}, modules: map[string]Module{}, bad: map[string]bool{}, first: map[string]Fault{},
	}
}

// fault notes a fault. A message that is about a value begins with it. A cell
// of a file is not quoted: somebody's name may stand in it.
func (b *builder) fault(at Fault, field, format string, args ...any) {
	at.Message = fmt.Sprintf(format, args...)
	switch {
	case at.Place.Doc != "":
		at.Field = field
		if name, ok := headerOf(field); ok {
			at.Field = name
		}
		if value, err := strconv.QuotedPrefix(at.Message); err == nil {
			at.Message = "värdet" + at.Message[len(value):]
		}
	case at.Field == "":
		at.Field = field
	case field != "":
		at.Field += "." + field
	}
	b.faults = append(b.faults, at)
}

// settings checks all that is not in a file.
func (b *builder) settings() {
	s := &b.raw
	b.base = Class{Interval: defaultInterval, Timeout: defaultTimeout, Rules: Rules{Failures: 3, FailuresOf: 5, Recoveries: 3, RecoveriesOf: 5, Flap: defaultFlap}}
	b.timing(Fault{}, s.Interval, s.Timeout, &b.base.Interval, &b.base.Timeout)
	b.rules(Fault{}, s.Failures, s.Recovery, &b.base.Rules)
	b.duration(Fault{}, "flap", s.Flap, &b.base.Rules.Flap)
	b.list.CertificateEvery = defaultCertificate
	b.duration(Fault{}, "certificate_every", s.CertificateEvery, &b.list.CertificateEvery)
	b.list.Workers = defaultWorkers
	if s.Workers != 0 {
		b.list.Workers = s.Workers
	}
	if b.list.Workers < 1 || b.list.Workers > maxWorkers {
		b.fault(Fault{}, "workers", "antalet är mellan 1 och %d", maxWorkers)
	}
	b.criticality()
	b.periods()
	b.planned = b.windows(Fault{}, s.Planned)
	b.moduleList()
	for i := range s.Gateways {
		g := s.Gateways[i]
		if g.ID == "" && g.Address != "" {
			g.ID = "gateway:" + g.Address
		}
		if g.Module == "" {
			g.Module = string(ICMP)
		}
		b.target(Fault{Field: fmt.Sprintf("gateways[%d]", i)}, g, true)
	}
	for i := range s.Targets {
		b.target(Fault{Field: fmt.Sprintf("targets[%d]", i)}, s.Targets[i], false)
	}
}

func (b *builder) criticality() {
	raw := b.raw.Criticality
	if len(raw) == 0 {
		for _, n := range classNames() {
			raw = append(raw, RawClass{Name: n})
		}
	}
	for i, r := range raw {
		at := Fault{Field: fmt.Sprintf("criticality[%d]", i)}
		c := b.base
		c.Name, c.Rank = r.Name, i+1
		switch _, twice := b.classes[r.Name]; {
		case r.Name == "":
			b.fault(at, "name", "klassen har inget namn")
			continue
		case twice:
			b.fault(at, "name", "%q finns redan", r.Name)
			continue
		}
		b.timing(at, r.Interval, r.Timeout, &c.Interval, &c.Timeout)
		b.rules(at, r.Failures, r.Recovery, &c.Rules)
		b.classes[r.Name] = c
		b.list.Classes = append(b.list.Classes, c)
	}
}

func (b *builder) periods() {
	for _, name := range keys(b.raw.ClosedPeriods) {
		if _, err := b.openings.find("always", name); err != nil {
			b.fault(Fault{}, "closed_periods."+name, "%v", notDays(strings.Join(b.raw.ClosedPeriods[name], "; ")))
			delete(b.openings.periods, name)
		}
	}
}

func (b *builder) duration(at Fault, field string, d Duration, into *time.Duration) bool {
	if d == "" {
		return false
	}
	v, err := d.parse()
	if err != nil {
		b.fault(at, field, "%v", err)
		return false
	}
	*into = v
	return true
}

// timing reads interval and timeout. A timeout that only the defaults give
// follows a shorter interval.
func (b *builder) timing(at Fault, interval, timeout Duration, i, t *time.Duration) {
	setI := b.duration(at, "interval", interval, i)
	setT := b.duration(at, "timeout", timeout, t)
	if setI && *i < minInterval {
		b.fault(at, "interval", "%s är för tätt; minst %s", short(*i), short(minInterval))
		return
	}
	switch {
	case *t < *i:
	case setT:
		b.fault(at, "timeout", "%s är inte kortare än intervallet %s", short(*t), short(*i))
	default:
		*t = *i / 2
	}
}

// short writes 1h and not 1h0m0s.
func short(d time.Duration) string {
	s := d.String()
	for _, zero := range []string{"m0s", "h0m"} {
		if strings.HasSuffix(s, zero) {
			s = s[:len(s)-2]
		}
	}
	return s
}

func (b *builder) rules(at Fault, failures, recovery Share, r *Rules) {
	for _, s := range []struct {
		field string
		raw   Share
		n, of *int
	}{{"failures", failures, &r.Failures, &r.FailuresOf}, {"recovery", recovery, &r.Recoveries, &r.RecoveriesOf}} {
		if s.raw == "" {
			continue
		}
		n, of, err := s.raw.parse()
		if err != nil {
			b.fault(at, s.field, "%v", err)
			continue
		}
		*s.n, *s.of = n, of
	}
}

func (b *builder) windows(at Fault, texts []string) []Window {
	var out []Window
	for _, text := range texts {
		w, err := parseWindow(text)
		if err != nil {
			b.fault(at, "planned", "%v", err)
			continue
		}
		out = append(out, w)
	}
	return out
}

// finish checks what concerns the whole list.
func (b *builder) finish(whole bool) (*List, error) {
	if len(b.raw.Targets) == 0 && b.raw.TargetsFile == "" {
		b.fault(Fault{}, "targets", "det finns inget att bevaka; skriv targets, eller targets_file med en lista")
	}
	if len(b.list.Targets) > maxTargets {
		b.fault(Fault{}, "targets", "%d mål är fler än %d", len(b.list.Targets), maxTargets)
	}
	if whole {
		b.parents()
	}
	if len(b.faults) > 0 {
		return nil, b.faults
	}
	if b.raw.TargetsFile != "" && b.list.File.Path == "" {
		b.list.File.Path = b.raw.TargetsFile
	}
	return b.list, nil
}

// parents checks that every parent is there and that none is behind itself.
func (b *builder) parents() {
	var ids []string
	for i := range b.list.Targets {
		ids = append(ids, b.list.Targets[i].ID)
	}
	for i := range b.list.Targets {
		t := &b.list.Targets[i]
		if t.Parent == "" {
			continue
		}
		at := b.first[t.ID]
		if _, ok := b.list.byID[t.Parent]; !ok {
			b.fault(at, "parent", "%q finns inte bland målen%s", t.Parent, near(t.Parent, ids))
			continue
		}
		if chain := b.cycle(t); chain != nil {
			b.fault(at, "parent", "målen står bakom varandra i en ring: %s", strings.Join(chain, " → "))
		}
	}
}

// near is meant without a list of all there are.
func near(got string, known []string) string {
	if hint := meant(got, known); strings.HasPrefix(hint, "; menas") {
		return hint
	}
	return ""
}

// cycle follows parents and returns a ring that begins with t and that t is the first of.
func (b *builder) cycle(t *Target) []string {
	chain, least := []string{t.ID}, t.ID
	for p := t.Parent; p != ""; {
		i, ok := b.list.byID[p]
		if !ok || len(chain) > len(b.list.Targets) {
			return nil
		}
		chain = append(chain, p)
		if p == t.ID {
			if least != t.ID {
				return nil // told once, at the first by name
			}
			return chain
		}
		least = min(least, p)
		p = b.list.Targets[i].Parent
	}
	return nil
}
