package config

import (
	"fmt"
	"net/url"
	"regexp"
	"slices"
	"strings"
)

// OpenData says what of the figures the municipality publishes for anyone to
// use. Nothing is published until KPIs are named.
type OpenData struct {
	KPIs          []string  `yaml:"kpis" json:"kpis,omitempty" jsonschema:"description=The figures that are published; empty is none"`
	Breakdowns    []string  `yaml:"breakdowns" json:"breakdowns,omitempty" jsonschema:"description=How published figures are taken apart such as org_unit; empty is not at all"`
	AllowSecurity []Allowed `yaml:"allow_security" json:"allow_security,omitempty" jsonschema:"description=Figures about security or with secrecy to be tried that a decision lets out all the same"`
	AllowNames    []Allowed `yaml:"allow_names" json:"allow_names,omitempty" jsonschema:"description=Breakdowns whose keys are names of systems or suppliers or the like that a decision lets out all the same"`
	Publisher     Publisher `yaml:"publisher" json:"publisher,omitempty"`
	License       string    `yaml:"license" json:"license,omitempty" jsonschema:"description=Address of the licence,default=http://creativecommons.org/publicdomain/zero/1.0/"`
	BaseURL       string    `yaml:"base_url" json:"base_url,omitempty" jsonschema:"description=Address of the folder that the files are published in; their identifiers begin with it,examples=https://oppnadata.kommunen.se/it/"`
	Dir           string    `yaml:"dir" json:"dir,omitempty" jsonschema:"description=Folder that the daemon writes the files to when a month has closed; relative to this file"`
	Months        int       `yaml:"months" json:"months,omitempty" jsonschema:"description=How many months back are published,default=36,minimum=1,maximum=120"`
}

// Publisher is the authority that publishes.
type Publisher struct {
	Name    string        `yaml:"name" json:"name,omitempty" jsonschema:"description=Default is the municipality's name"`
	URI     string        `yaml:"uri" json:"uri,omitempty" jsonschema:"description=Identifier of the municipality as publisher; the same in all of its catalogues,examples=https://www.kommunen.se/"`
	Contact PublicContact `yaml:"contact" json:"contact,omitempty"`
}

// PublicContact is whom users of the data write to: a function, not a person.
type PublicContact struct {
	Name  string `yaml:"name" json:"name,omitempty" jsonschema:"examples=Öppna data"`
	Email string `yaml:"email" json:"email,omitempty" jsonschema:"examples=oppnadata@kommunen.se"`
	URL   string `yaml:"url" json:"url,omitempty"`
}

// Allowed is something let out by a decision.
type Allowed struct {
	ID       string `yaml:"id" json:"id" jsonschema:"required,description=The figure or the breakdown"`
	Decision string `yaml:"decision" json:"decision" jsonschema:"required,description=Reference of the decision,examples=KS 2026/201 § 8"`
}

// Defaults of open_data.
const (
	DefaultLicense        = "http://creativecommons.org/publicdomain/zero/1.0/"
	DefaultOpenDataMonths = 36
)

func (o *OpenData) setDefaults(municipality string) {
	if o == nil {
		return
	}
	if o.License == "" {
		o.License = DefaultLicense
	}
	// The portal knows a Creative Commons licence by its one address alone.
	if rest, ok := strings.CutPrefix(o.License, "https://creativecommons.org/"); ok {
		o.License = "http://creativecommons.org/" + strings.TrimSuffix(rest, "/") + "/"
	}
	if o.Months == 0 {
		o.Months = DefaultOpenDataMonths
	}
	if o.Publisher.Name == "" {
		o.Publisher.Name = municipality
	}
	if o.Publisher.Contact.Name == "" {
		o.Publisher.Contact.Name = o.Publisher.Name
	}
}

func (v *validator) checkOpenData(o *OpenData) {
	if o == nil {
		return
	}
	v.ids("open_data.kpis", o.KPIs)
	v.ids("open_data.breakdowns", o.Breakdowns)
	v.allowed("open_data.allow_security", o.AllowSecurity)
	v.allowed("open_data.allow_names", o.AllowNames)
	if o.Months < 1 || o.Months > 120 {
		v.fault("open_data.months", "%d går inte; välj mellan 1 och 120", o.Months)
	}
	if len(o.KPIs) == 0 {
		return // nothing leaves
	}
	if v.publicAddress("open_data.base_url", o.BaseURL, "https://oppnadata.kommunen.se/it/") && !strings.HasSuffix(o.BaseURL, "/") {
		v.fault("open_data.base_url", "ska sluta med /: filernas namn läggs till efter")
	}
	v.publicAddress("open_data.publisher.uri", o.Publisher.URI, "https://www.kommunen.se/")
	v.publicAddress("open_data.license", o.License, DefaultLicense)
	if o.Publisher.Contact.Email == "" {
		v.fault("open_data.publisher.contact.email", "måste anges: en funktionsadress, till exempel oppnadata@kommunen.se")
	} else {
		v.mailAddress("open_data.publisher.contact.email", o.Publisher.Contact.Email)
	}
	if o.Publisher.Contact.URL != "" {
		v.publicAddress("open_data.publisher.contact.url", o.Publisher.Contact.URL, "https://www.kommunen.se/oppnadata")
	}
}

var figureRE = regexp.MustCompile(`^[a-z][a-z0-9_]{0,79}$`)

// ids checks a list of ids, none of them twice.
func (v *validator) ids(field string, ids []string) {
	for i, id := range ids {
		switch at := fmt.Sprintf("%s[%d]", field, i); {
		case !figureRE.MatchString(id):
			v.fault(at, "%q är inget id: små bokstäver a–z, siffror och _", id)
		case slices.Index(ids, id) < i:
			v.fault(at, "%s står två gånger", id)
		}
	}
}

func (v *validator) allowed(field string, list []Allowed) {
	for i, a := range list {
		at := fmt.Sprintf("%s[%d]", field, i)
		if !figureRE.MatchString(a.ID) {
			v.fault(at+".id", "%q är inget id: små bokstäver a–z, siffror och _", a.ID)
		}
		if strings.TrimSpace(a.Decision) == "" {
			v.fault(at+".decision", "måste anges: beslutet som säger att uppgiften får lämnas ut")
		}
	}
}

// publicAddress wants an absolute address without spaces, as RDF does.
func (v *validator) publicAddress(field, s, example string) bool {
	u, err := url.Parse(s)
	if err != nil || u.Scheme != "https" && u.Scheme != "http" || u.Hostname() == "" || u.User != nil || strings.ContainsAny(s, " <>\"{}|\\^`\n\t") {
		v.fault(field, "%q är ingen adress; skriv till exempel %s", s, example)
		return false
	}
	return true
}
