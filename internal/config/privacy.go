package config

import (
	"errors"
	"fmt"
	"maps"
	"net/mail"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/goccy/go-yaml/ast"
	"github.com/invopop/jsonschema"

	"github.com/kommunpuls/kommunpuls/internal/catalogue/expr"
	"github.com/kommunpuls/kommunpuls/internal/closest"
	"github.com/kommunpuls/kommunpuls/plugins/sdk/record"
)

// Privacy is what the record of processing activities (GDPR article 30) says
// that cannot be read from the rest of the configuration, and how long records
// are kept.
type Privacy struct {
	Controller Contact              `yaml:"controller" json:"controller,omitempty" jsonschema:"description=Who is responsible for the personal data"`
	DPO        Contact              `yaml:"dpo" json:"dpo,omitempty" jsonschema:"description=How the data protection officer is reached"`
	LegalBasis string               `yaml:"legal_basis" json:"legal_basis,omitempty" jsonschema:"description=Legal basis with article and law as the municipality has judged it"`
	Purposes   []string             `yaml:"purposes" json:"purposes,omitempty" jsonschema:"description=The municipality's own purposes; what the program is made for unless given"`
	Recipients []string             `yaml:"recipients" json:"recipients,omitempty" jsonschema:"description=Recipients besides those that the configuration shows such as the auditors' firm"`
	Retention  map[string]Retention `yaml:"retention" json:"retention,omitempty" jsonschema:"description=How long records are kept by kind; nothing is removed unless a decision is named"`
}

// Contact is how somebody is reached: an office and its mailbox rather than a
// person.
type Contact struct {
	Name    string `yaml:"name" json:"name,omitempty"`
	Mail    string `yaml:"mail" json:"mail,omitempty"`
	Phone   string `yaml:"phone" json:"phone,omitempty"`
	Address string `yaml:"address" json:"address,omitempty"`
}

// Retention is how long records of a kind are kept. With a decision the daemon
// removes what is older by itself; without one it only says what is meant.
type Retention struct {
	Keep     Span   `yaml:"keep" json:"keep"`
	Decision string `yaml:"decision" json:"decision,omitempty"`
	By       string `yaml:"by" json:"by,omitempty"`
}

// UnmarshalYAML reads "10y" or the long form.
func (r *Retention) UnmarshalYAML(unmarshal func(any) error) error {
	if unmarshal(&r.Keep) == nil && r.Keep != (Span{}) {
		return nil
	}
	type long Retention
	return unmarshal((*long)(r))
}

// JSONSchema describes both forms.
func (Retention) JSONSchema() *jsonschema.Schema {
	long := &jsonschema.Schema{Type: "object", Required: []string{"keep"}, Properties: jsonschema.NewProperties(), AdditionalProperties: jsonschema.FalseSchema}
	long.Properties.Set("keep", Span{}.JSONSchema())
	long.Properties.Set("decision", &jsonschema.Schema{Type: "string", Description: "The decision that allows the removal (gallringsbeslut)", Examples: []any{"KS 2026/12 § 34"}})
	long.Properties.Set("by", &jsonschema.Schema{Type: "string", Description: "The role that answers for it", Examples: []any{"arkivansvarig"}})
	return &jsonschema.Schema{OneOf: []*jsonschema.Schema{Span{}.JSONSchema(), long}}
}

// Span is a stretch of calendar time: "10y", "18mo" or "90d".
type Span struct{ Years, Months, Days int }

var spanRE = regexp.MustCompile(`^([0-9]{1,4})(y|mo|d)$`)

var errSpan = errors.New("är ingen tid att bevara; skriv till exempel 10y (år), 18mo (månader) eller 90d (dygn)")

// ParseSpan reads a Span, which is longer than nothing.
func ParseSpan(s string) (Span, error) {
	m := spanRE.FindStringSubmatch(strings.TrimSpace(s))
	if m == nil {
		return Span{}, fmt.Errorf("%q %w", s, errSpan)
	}
	n, err := strconv.Atoi(m[1])
	if err != nil || n == 0 {
		return Span{}, fmt.Errorf("%q %w", s, errSpan)
	}
	switch m[2] {
	case "y":
		return Span{Years: n}, nil
	case "mo":
		return Span{Months: n}, nil
	}
	return Span{Days: n}, nil
}

// UnmarshalYAML reads the written form.
func (s *Span) UnmarshalYAML(n ast.Node) error {
	v, err := ParseSpan(scalar(n))
	if err != nil {
		return located(n, err)
	}
	*s = v
	return nil
}

// MarshalJSON writes the written form.
func (s Span) MarshalJSON() ([]byte, error) { return []byte(strconv.Quote(s.String())), nil }

func (s Span) String() string {
	switch {
	case s.Years > 0:
		return strconv.Itoa(s.Years) + "y"
	case s.Months > 0:
		return strconv.Itoa(s.Months) + "mo"
	case s.Days > 0:
		return strconv.Itoa(s.Days) + "d"
	}
	return ""
}

// Before is the instant that lies so long before another. A month before 31
// March is the last of February, as in the measures, and not a day in March that
// is to be kept.
func (s Span) Before(t time.Time) time.Time {
	return expr.MonthsBefore(t, 12*s.Years+s.Months, t.Location()).AddDate(0, 0, -s.Days)
}

// JSONSchema describes the written form.
func (Span) JSONSchema() *jsonschema.Schema {
	return &jsonschema.Schema{Type: "string", Pattern: "^[0-9]{1,4}(y|mo|d)$", Examples: []any{"10y", "18mo", "90d"}}
}

func (v *validator) checkPrivacy(p *Privacy) {
	v.checkContact("privacy.controller", p.Controller)
	v.checkContact("privacy.dpo", p.DPO)
	for _, kind := range slices.Sorted(maps.Keys(p.Retention)) {
		field, r := "privacy.retention."+kind, p.Retention[kind]
		if err := CheckKind(kind); err != nil {
			v.fault(field, "%v", err)
		}
		if r.Keep == (Span{}) {
			v.fault(field+".keep", "måste anges, till exempel 10y")
		}
		if r.Decision == "" && r.By != "" {
			v.fault(field+".by", "hör till ett beslut; ange decision också")
		}
		if r.Decision != "" && r.By == "" {
			v.fault(field+".by", "ange vilken roll som svarar för gallringen, till exempel arkivansvarig; aldrig ett namn")
		}
	}
}

func (v *validator) checkContact(field string, c Contact) {
	if c.Mail == "" {
		return
	}
	if _, err := mail.ParseAddress(c.Mail); err != nil {
		v.fault(field+".mail", "%q är ingen e-postadress", c.Mail)
	}
}

// ErrUnknownKind says that there are no records of a kind.
var ErrUnknownKind = errors.New("det slaget av uppgifter finns inte")

// CheckKind says what was probably meant by a kind of records that is misspelt.
func CheckKind(kind string) error {
	if _, ok := record.Lookup(record.Kind(kind)); ok {
		return nil
	}
	var known []string
	for _, s := range record.Schemas() {
		known = append(known, string(s.Kind))
	}
	if near := closest.Name(kind, known); near != "" {
		return fmt.Errorf("%q: %w; menade du %s?", kind, ErrUnknownKind, near)
	}
	return fmt.Errorf("%q: %w; välj bland %s", kind, ErrUnknownKind, strings.Join(known, ", "))
}
