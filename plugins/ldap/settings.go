package ldap

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"
	"time"
)

// Settings say which directory is read and what its accounts mean. They are
// the source's own part of the config, as JSON. There is, by intention, no
// setting that skips the verification of a server's certificate.
type Settings struct {
	// One directory is given here; several go under domains. File reads an
	// LDIF export instead of a server.
	Directory
	// Domains are further directories: several domains of a forest, or a
	// forest and an OpenLDAP. Either they or the top level, not both.
	Domains []Directory `json:"domains,omitempty" jsonschema:"description=Flera kataloger i stället för en; var och en med egen adress och eget konto"`

	// Protected says which accounts never leave the plugin. Required.
	Protected *Protected `json:"protected" jsonschema:"required,description=Vilka konton som har skyddade uppgifter och aldrig läses; none om det inte finns några"`
	// ProtectedNoneReason says why there are none, when protected is "none".
	ProtectedNoneReason string `json:"protected_none_reason,omitempty" jsonschema:"description=Varför det inte finns några skyddade konton när protected är none"`

	// Categories are tried in order; the first that matches gives an account
	// its category. What matches none is DefaultCategory.
	Categories      []CategoryRule `json:"categories,omitempty" jsonschema:"description=Regler för kontots slag; den första som stämmer gäller"`
	DefaultCategory string         `json:"default_category,omitempty" jsonschema:"description=Slag för konton som ingen regel träffar"`
	// OrgUnit says where an account's and a computer's org unit is found.
	OrgUnit OrgUnit `json:"org_unit,omitempty" jsonschema:"description=Var kontots förvaltning står"`
	// PupilOrgUnit is the same for the pupils that are counted; default the nearest OU.
	PupilOrgUnit *OrgUnit `json:"pupil_org_unit,omitempty" jsonschema:"description=Var elevens skola står; elever räknas bara per enhet"`

	// PrivilegedGroups are groups beside the well-known ones (Domain Admins
	// 512, Schema Admins 518, Enterprise Admins 519, Administrators 544,
	// Account, Server, Print and Backup Operators 548–551, Key Admins 526, 527).
	PrivilegedGroups []Group `json:"privileged_groups,omitempty" jsonschema:"description=Grupper med hög behörighet utöver de välkända"`
	// Groups are groups that figures ask for, by the name given here.
	Groups []Group `json:"groups,omitempty" jsonschema:"description=Grupper som mått frågar efter"`
	// StrongAuth are tried in order; without any the field is not mapped.
	StrongAuth []StrongAuthRule `json:"strong_auth,omitempty" jsonschema:"description=Regler för stark inloggning; utan regler läses det inte"`
	// MobileMail, any of which gives mobile mail; without any it is not mapped.
	MobileMail []Condition `json:"mobile_mail,omitempty" jsonschema:"description=Villkor för e-post i mobilen; utan villkor läses det inte"`

	// Computers says what the directory's computers are.
	Computers Computers `json:"computers,omitempty" jsonschema:"description=Om katalogens datorer läses och vad de är"`

	// ReferralHosts are the only hosts that a referral is followed to, with
	// the same account and the same verification.
	ReferralHosts []string `json:"referral_hosts,omitempty" jsonschema:"description=De enda värdar som en hänvisning får leda till"`
	// EmptiedOUs are OUs that are rightly empty since the last collection.
	// Any other OU that showed accounts and shows none stops the collection.
	EmptiedOUs []string `json:"emptied_ous,omitempty" jsonschema:"description=OU som med rätta har blivit tomma sedan sist"`
	// FullEvery is how often everything is read although increments would do.
	// Default 7d.
	FullEvery Duration `json:"full_every,omitempty" jsonschema:"description=Hur ofta allt läses om; 7d om inget sägs"`
	// Timeout bounds connecting and each answer of the server. Default 60s.
	Timeout Duration `json:"timeout,omitempty" jsonschema:"description=Längsta väntan på ett svar; 60s om inget sägs"`
	// PageSize is entries per page. Default 1000, the limit of Active Directory.
	PageSize int `json:"page_size,omitempty" jsonschema:"description=Poster per sida; 1000 om inget sägs"`
}

// Directory is one directory: a server, or a file.
type Directory struct {
	// URL is ldaps://host[:port], or ldap://host[:port] with start_tls.
	URL string `json:"url,omitempty" jsonschema:"description=Katalogens adress: ldaps://dc1.kommunen.se"`
	// File is an LDIF export (ldifde, ldapsearch, slapcat), relative to the
	// config's folder.
	File     string   `json:"file,omitempty" jsonschema:"description=LDIF-export i stället för en server"`
	StartTLS bool     `json:"start_tls,omitempty" jsonschema:"description=Kryptera en ldap://-förbindelse med StartTLS"`
	Bases    []string `json:"bases,omitempty" jsonschema:"description=De OU som läses; tomt är hela katalogen"`
	Bind     Bind     `json:"bind,omitempty" jsonschema:"description=Kontot som läser"`
	// CAFile holds the certificates (PEM) of the own CA; empty is the
	// machine's own store.
	CAFile string `json:"ca_file,omitempty" jsonschema:"description=Egen certifikatutfärdare (PEM)"`
}

// Bind says who asks.
type Bind struct {
	// Method is "simple" (user and password over TLS) or "gssapi" (Kerberos).
	Method   string `json:"method,omitempty" jsonschema:"enum=simple,enum=gssapi,description=Lösenord (simple) eller Kerberos (gssapi)"`
	User     string `json:"user,omitempty" jsonschema:"description=Kontots namn: DN eller UPN eller DOMÄN\\konto"` // DN, UPN or DOMAIN\user; for gssapi the principal's name
	Password string `json:"password,omitempty" jsonschema:"description=Lösenordet; bara som hänvisning till fil eller miljövariabel"`
	// Kerberos on Linux: a keytab, a credential cache or a password. On
	// Windows all may be empty: the logged-in or service account is used.
	Realm    string `json:"realm,omitempty" jsonschema:"description=Kerberos: domänen med versaler"`
	Keytab   string `json:"keytab,omitempty" jsonschema:"description=Kerberos: nyckelfil"`
	CCache   string `json:"ccache,omitempty" jsonschema:"description=Kerberos: biljettfil"`
	Krb5Conf string `json:"krb5_conf,omitempty" jsonschema:"description=Kerberos: inställningsfil; /etc/krb5.conf om inget sägs"` // default /etc/krb5.conf
	// SPN is the server's principal; default ldap/<host of the URL>.
	SPN string `json:"spn,omitempty" jsonschema:"description=Kerberos: serverns namn; ldap/värden om inget sägs"`
}

// Protected names the accounts that never leave the plugin; in JSON an object,
// or the word "none" together with protected_none_reason. An account that any
// of them matches is protected.
type Protected struct {
	None       bool        `json:"-"`
	Groups     []string    `json:"groups,omitempty" jsonschema:"description=Grupper (DN eller namn) vars medlemmar är skyddade; även medlemmar i deras grupper"` // DN, or the group's name; nested members too
	OUs        []string    `json:"ous,omitempty" jsonschema:"description=OU (DN) där alla är skyddade"`                                                          // DN; everything beneath
	Attributes []Attribute `json:"attributes,omitempty" jsonschema:"description=Attribut som märker skyddade konton"`
}

// Attribute is a test on one attribute's values, regardless of case; * in a
// value stands for anything.
type Attribute struct {
	Name   string   `json:"name" jsonschema:"description=Attributets namn"`
	Values []string `json:"values" jsonschema:"description=Värden som stämmer; * står för vad som helst"`
}

// Condition matches when everything in it that is given matches: one of the
// OUs, one of the groups (nested members too), every attribute.
type Condition struct {
	OUs        []string    `json:"ous,omitempty" jsonschema:"description=Något av dessa OU"`
	Groups     []string    `json:"groups,omitempty" jsonschema:"description=Någon av dessa grupper"`
	Attributes []Attribute `json:"attributes,omitempty" jsonschema:"description=Alla dessa attribut"`
	// SmartcardRequired asks for the account flag of that name.
	SmartcardRequired bool `json:"smartcard_required,omitempty" jsonschema:"description=Kontot kräver kort vid inloggning"`
}

// CategoryRule gives a category: employee, politician, contractor, service,
// admin, shared, unknown; pupil (counted, never an account) or ignore.
type CategoryRule struct {
	Category string `json:"category" jsonschema:"description=employee; politician; contractor; service; admin; shared; unknown; pupil (räknas bara) eller ignore"`
	Condition
}

// StrongAuthRule gives a kind of strong authentication: none, siths, eid, mfa.
type StrongAuthRule struct {
	Value string `json:"value" jsonschema:"description=none; siths; eid eller mfa"`
	Condition
}

// Group is a group with the name that figures know it by.
type Group struct {
	Name string `json:"name" jsonschema:"description=Namnet i måtten"`                                // stable name in figures
	DN   string `json:"dn,omitempty" jsonschema:"description=Gruppens DN; annars söks den på namnet"` // DN; default: the group whose cn or sAMAccountName is name
}

// OrgUnit says where the org unit's name stands.
type OrgUnit struct {
	// From is "ou" (default), "ou_path" (the whole path, for the decisions to
	// say which unit it is) or an attribute such as department.
	From string `json:"from,omitempty" jsonschema:"description=ou eller ou_path (hela sökvägen) eller ett attribut som department"`
	// Level counts OUs from the base downwards: 1 (default) is the highest, 2
	// the next; -1 is the nearest. A shallower path gives its nearest OU.
	Level int `json:"level,omitempty" jsonschema:"description=Vilket OU uppifrån räknat; -1 är det närmaste"`
}

// Computers says whether and how computers become assets.
type Computers struct {
	Skip bool `json:"skip,omitempty" jsonschema:"description=Läs inga datorer"`
	// Rules are tried in order for the kind and the user category.
	Rules []ComputerRule `json:"rules,omitempty" jsonschema:"description=Regler för datorernas slag; den första som stämmer gäller"`
	// ServerKind is server_physical or server_virtual for servers that no rule
	// matches. The directory does not say, so empty leaves the kind blank.
	ServerKind string `json:"server_kind,omitempty" jsonschema:"description=Slag för servrar som ingen regel träffar"`
}

// ComputerRule gives matching computers a kind, a user category, or both.
type ComputerRule struct {
	Kind         string `json:"kind,omitempty" jsonschema:"description=Datorns slag"`
	UserCategory string `json:"user_category,omitempty" jsonschema:"enum=staff,enum=pupil,description=Vem datorn är till för"`
	Condition
}

// Duration is a time span, in JSON "36h", "90s" or "7d".
type Duration time.Duration

// UnmarshalJSON takes Go's durations and whole days.
func (d *Duration) UnmarshalJSON(b []byte) error {
	var s string
	if err := json.Unmarshal(b, &s); err != nil {
		return fmt.Errorf("want a time span such as \"36h\" or \"7d\": %w", err)
	}
	if days, ok := strings.CutSuffix(s, "d"); ok {
		n, err := strconv.ParseUint(days, 10, 16)
		if err != nil {
			return fmt.Errorf("want a time span such as \"36h\" or \"7d\", got %q", s)
		}
		*d = Duration(time.Duration(n) * 24 * time.Hour)
		return nil
	}
	v, err := time.ParseDuration(s)
	if err != nil || v < 0 {
		return fmt.Errorf("want a time span such as \"36h\" or \"7d\", got %q", s)
	}
	*d = Duration(v)
	return nil
}

// MarshalJSON writes the form that UnmarshalJSON reads.
func (d Duration) MarshalJSON() ([]byte, error) { return json.Marshal(time.Duration(d).String()) }

// UnmarshalJSON takes the word "none" or an object.
func (p *Protected) UnmarshalJSON(b []byte) error {
	var word string
	if json.Unmarshal(b, &word) == nil {
		if word != "none" {
			return fmt.Errorf("protected: want an object or the word \"none\", got %q", word)
		}
		*p = Protected{None: true}
		return nil
	}
	type plain Protected
	return strict(b, (*plain)(p))
}

// MarshalJSON writes the form that UnmarshalJSON reads.
func (p Protected) MarshalJSON() ([]byte, error) {
	if p.None {
		return []byte(`"none"`), nil
	}
	type plain Protected
	return json.Marshal(plain(p))
}

func (p *Protected) empty() bool {
	return len(p.Groups) == 0 && len(p.OUs) == 0 && len(p.Attributes) == 0
}

// Decode reads settings strictly and fills in the defaults. It does not say
// whether they make sense; see [Source.Validate].
func Decode(b []byte) (Settings, error) {
	var s Settings
	if err := strict(b, &s); err != nil {
		return Settings{}, err
	}
	if s.DefaultCategory == "" {
		s.DefaultCategory = "unknown"
	}
	s.OrgUnit.defaults(1)
	if s.PupilOrgUnit == nil {
		s.PupilOrgUnit = &OrgUnit{}
	}
	s.PupilOrgUnit.defaults(-1)
	if s.FullEvery == 0 {
		s.FullEvery = Duration(7 * 24 * time.Hour)
	}
	if s.Timeout == 0 {
		s.Timeout = Duration(time.Minute)
	}
	if s.PageSize == 0 {
		s.PageSize = 1000
	}
	return s, nil
}

// directories lists every directory, wherever it was written.
func (s *Settings) directories() []Directory {
	if len(s.Domains) > 0 {
		return s.Domains
	}
	return []Directory{s.Directory}
}

func (o *OrgUnit) defaults(level int) {
	if o.From == "" {
		o.From = "ou"
	}
	if o.Level == 0 {
		o.Level = level
	}
}

func strict(b []byte, into any) error {
	dec := json.NewDecoder(bytes.NewReader(b))
	dec.DisallowUnknownFields()
	if err := dec.Decode(into); err != nil {
		return err
	}
	if _, err := dec.Token(); !errors.Is(err, io.EOF) {
		return errors.New("something follows the settings")
	}
	return nil
}
