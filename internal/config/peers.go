package config

import (
	"fmt"
	"strings"
	"time"
)

// PeersSource is the source that reads other municipalities' files. It comes
// with the section peers and is not written under sources.
const PeersSource = "andra-kommuner"

// Exchange says which figures the file for other municipalities holds. Empty is
// none.
type Exchange struct {
	KPIs          []string  `yaml:"kpis" json:"kpis,omitempty" jsonschema:"description=The figures that other municipalities get; empty is none"`
	AllowSecurity []Allowed `yaml:"allow_security" json:"allow_security,omitempty" jsonschema:"description=Figures about security or with secrecy to be tried that a decision lets out all the same"`
	Months        int       `yaml:"months" json:"months,omitempty" jsonschema:"description=How many months back are given,default=24,minimum=1,maximum=60"`
}

// Peers says whose figures are read to compare with.
type Peers struct {
	Group   string   `yaml:"group" json:"group" jsonschema:"required,description=What the group of municipalities is called,examples=Kommunerna i länet"`
	Files   []string `yaml:"files" json:"files" jsonschema:"required,description=Files or patterns or folders of what the others have given; relative to this file"`
	Show    bool     `yaml:"show_values" json:"show_values,omitempty" jsonschema:"description=The group has agreed to show each municipality's figure and not only the middle one"`
	Minimum int      `yaml:"minimum" json:"minimum,omitempty" jsonschema:"description=Fewest other municipalities to compare with; default is 5 or with show_values 3"`
	Every   Duration `yaml:"every" json:"every,omitempty" jsonschema:"default=24h"`
}

// Defaults of exchange and peers.
const (
	DefaultExchangeMonths = 24
	DefaultPeersEvery     = 24 * time.Hour
	FewestShown           = 3
	FewestHidden          = 5
)

func (e *Exchange) setDefaults() {
	if e != nil && e.Months == 0 {
		e.Months = DefaultExchangeMonths
	}
}

// setDefaults also says how the files are read: by a source as all else is.
func (p *Peers) setDefaults(c *Config) {
	if p == nil {
		return
	}
	if p.Minimum == 0 {
		p.Minimum = FewestHidden
		if p.Show {
			p.Minimum = FewestShown
		}
	}
	if p.Every == 0 {
		p.Every = Duration(DefaultPeersEvery)
	}
	settings := map[string]any{"files": anys(p.Files), "own": c.Code, "group": p.Group}
	if c.Demo {
		settings["demo"] = true
	}
	c.Sources = append(c.Sources, Source{Name: PeersSource, Type: "exchange", Every: p.Every, Settings: settings})
}

func anys(ss []string) []any {
	out := make([]any, len(ss))
	for i, s := range ss {
		out[i] = s
	}
	return out
}

func (v *validator) checkExchange(c *Config) {
	if c.Code != "" && !codeRE.MatchString(c.Code) {
		v.fault("municipality_code", "%q är ingen kommunkod: SCB:s fyra siffror, inom citattecken", c.Code)
	}
	if s := c.Size; s.Inhabitants < 0 || s.Employees < 0 {
		v.fault("size", "antal kan inte vara negativa")
	}
	if e := c.Exchange; e != nil {
		v.ids("exchange.kpis", e.KPIs)
		v.allowed("exchange.allow_security", e.AllowSecurity)
		if e.Months < 1 || e.Months > 60 {
			v.fault("exchange.months", "%d går inte; välj mellan 1 och 60", e.Months)
		}
		if c.Code == "" {
			v.fault("municipality_code", "måste anges när exchange används: SCB:s fyra siffror, inom citattecken")
		}
	}
	v.checkPeers(c)
}

func (v *validator) checkPeers(c *Config) {
	p := c.Peers
	if p == nil {
		return
	}
	if c.Code == "" {
		v.fault("municipality_code", "måste anges när peers används: SCB:s fyra siffror, inom citattecken")
	}
	if strings.TrimSpace(p.Group) == "" {
		v.fault("peers.group", "måste anges: vad gruppen av kommuner kallas")
	}
	if len(p.Files) == 0 {
		v.fault("peers.files", "måste anges: filer eller mappar med det som de andra har lämnat")
	}
	for i, f := range p.Files {
		if strings.TrimSpace(f) == "" {
			v.fault(fmt.Sprintf("peers.files[%d]", i), "är tom")
		}
	}
	fewest, why := FewestHidden, "annars kan en enskild kommuns siffra räknas ut"
	if p.Show {
		fewest, why = FewestShown, "med färre säger medianen inget"
	}
	if p.Minimum < fewest {
		v.fault("peers.minimum", "%d är för få; minst %d, %s", p.Minimum, fewest, why)
	}
}

// Size is how large the municipality is: counts are compared per inhabitant.
type Size struct {
	Inhabitants int64 `yaml:"inhabitants" json:"inhabitants,omitempty" jsonschema:"minimum=1"`
	Employees   int64 `yaml:"employees" json:"employees,omitempty" jsonschema:"minimum=1"`
}
