package ldap

import (
	"context"
	"fmt"
	"net/url"
	"slices"
	"strings"

	goldap "github.com/go-ldap/ldap/v3"

	"github.com/kommunpuls/kommunpuls/plugins/sdk"
	"github.com/kommunpuls/kommunpuls/plugins/sdk/record"
)

// Validate checks settings and returns every fault. It connects to nothing.
func (Source) Validate(_ context.Context, s sdk.Settings) []sdk.Problem {
	set, err := Decode(s.JSON)
	if err != nil {
		return []sdk.Problem{{Message: "Inställningarna går inte att läsa: " + err.Error() + "."}}
	}
	problems := check(&set)
	if _, err := s.Pseudonymiser(); err != nil {
		problems = append(problems, sdk.Problem{Field: "pseudonym_key", Message: "Nyckeln för pseudonymer saknas eller är för kort."})
	}
	return problems
}

// checker gathers problems.
type checker struct{ problems []sdk.Problem }

func (c *checker) add(field, format string, args ...any) {
	c.problems = append(c.problems, sdk.Problem{Field: field, Message: fmt.Sprintf(format, args...)})
}

func check(s *Settings) []sdk.Problem {
	c := &checker{}
	if len(s.Domains) > 0 && (s.URL != "" || s.File != "" || len(s.Bases) > 0) {
		c.add("domains", "Skriv katalogerna antingen under domains eller överst, inte båda.")
	}
	places := map[string]bool{}
	for i, d := range s.directories() {
		field := ""
		if len(s.Domains) > 0 {
			field = fmt.Sprintf("domains[%d].", i)
		}
		c.directory(field, d)
		if at := d.URL + d.File; at != "" && places[at] {
			c.add(field+"url", "Samma katalog står två gånger; skriv dess baser i en lista.")
		} else {
			places[at] = true
		}
	}
	c.protected(s)
	c.rules(s)
	for i, ou := range s.EmptiedOUs {
		c.dn(fmt.Sprintf("emptied_ous[%d]", i), ou)
	}
	if s.PageSize < 1 || s.PageSize > 10000 {
		c.add("page_size", "Ska vara mellan 1 och 10000.")
	}
	return c.problems
}

func (c *checker) directory(field string, d Directory) {
	switch {
	case d.URL == "" && d.File == "":
		c.add(field+"url", "Ange url till katalogen (ldaps://…) eller file med en LDIF-export.")
		return
	case d.URL != "" && d.File != "":
		c.add(field+"file", "Ange antingen url eller file, inte båda.")
	}
	for i, b := range d.Bases {
		c.dn(fmt.Sprintf("%sbases[%d]", field, i), b)
	}
	if d.URL == "" {
		return
	}
	u, err := url.Parse(d.URL)
	switch {
	case err != nil || u.Host == "" || (u.Scheme != "ldap" && u.Scheme != "ldaps"):
		c.add(field+"url", "Ska se ut som ldaps://värdnamn eller ldap://värdnamn med start_tls.")
	case u.User != nil:
		c.add(field+"url", "Användare och lösenord skrivs under bind, aldrig i adressen.")
	case u.Scheme == "ldap" && !d.StartTLS:
		c.add(field+"url", "ldap:// utan start_tls skickar lösenord och personuppgifter i klartext. Använd ldaps:// eller start_tls: true.")
	case u.Scheme == "ldaps" && d.StartTLS:
		c.add(field+"start_tls", "ldaps:// är redan krypterat; ta bort start_tls.")
	}
	c.bind(field+"bind.", d.Bind)
}

func (c *checker) bind(field string, b Bind) {
	switch b.Method {
	case "", "simple":
		if b.User == "" || b.Password == "" {
			c.add(field+"user", "Ange user och password för läskontot, eller method: gssapi.")
		}
	case "gssapi":
		if b.Keytab != "" && b.CCache != "" {
			c.add(field+"ccache", "Ange antingen keytab eller ccache.")
		}
		if (b.Keytab != "" || b.Password != "") && b.User == "" {
			c.add(field+"user", "Ange vilket konto (principal) som loggar in.")
		}
	default:
		c.add(field+"method", "Ska vara simple eller gssapi.")
	}
}

func (c *checker) protected(s *Settings) {
	p := s.Protected
	switch {
	case p == nil || !p.None && p.empty():
		c.add("protected", "Måste anges: vilka grupper, OU eller attribut som visar att en person har skyddade uppgifter. "+
			"Finns inga sådana konton, skriv none och ange protected_none_reason.")
		return
	case p.None && strings.TrimSpace(s.ProtectedNoneReason) == "":
		c.add("protected_none_reason", "Skriv varför inga konton är skyddade när protected är none.")
	case !p.None && s.ProtectedNoneReason != "":
		c.add("protected_none_reason", "Hör bara ihop med protected: none.")
	}
	c.condition("protected", Condition{OUs: p.OUs, Groups: p.Groups, Attributes: p.Attributes})
}

func (c *checker) rules(s *Settings) {
	accountSchema, _ := record.Lookup(record.Account)
	categories := accountSchema.Fields[accountSchema.Index("category")].Enum
	for i, r := range s.Categories {
		field := fmt.Sprintf("categories[%d]", i)
		if !slices.Contains(categories, r.Category) && r.Category != "pupil" && r.Category != "ignore" {
			c.add(field+".category", "%q finns inte; välj bland %s, pupil och ignore.", r.Category, strings.Join(categories, ", "))
		}
		c.needed(field, r.Condition)
	}
	if !slices.Contains(categories, s.DefaultCategory) {
		c.add("default_category", "%q finns inte; välj bland %s.", s.DefaultCategory, strings.Join(categories, ", "))
	}
	auth := accountSchema.Fields[accountSchema.Index("strong_auth")].Enum
	for i, r := range s.StrongAuth {
		field := fmt.Sprintf("strong_auth[%d]", i)
		if !slices.Contains(auth, r.Value) {
			c.add(field+".value", "%q finns inte; välj bland %s.", r.Value, strings.Join(auth, ", "))
		}
		c.needed(field, r.Condition)
	}
	for i, r := range s.MobileMail {
		c.needed(fmt.Sprintf("mobile_mail[%d]", i), r)
	}
	for i, g := range append(slices.Clone(s.PrivilegedGroups), s.Groups...) {
		field := fmt.Sprintf("groups[%d]", i)
		if i < len(s.PrivilegedGroups) {
			field = fmt.Sprintf("privileged_groups[%d]", i)
		}
		if g.Name == "" {
			c.add(field+".name", "Ge gruppen ett namn.")
		}
		if g.DN != "" {
			c.dn(field+".dn", g.DN)
		}
	}
	c.orgUnit("org_unit", s.OrgUnit)
	c.orgUnit("pupil_org_unit", *s.PupilOrgUnit)
	c.computers(s)
}

func (c *checker) computers(s *Settings) {
	assetSchema, _ := record.Lookup(record.Asset)
	kinds := assetSchema.Fields[assetSchema.Index("kind")].Enum
	if k := s.Computers.ServerKind; k != "" && k != "server_physical" && k != "server_virtual" {
		c.add("computers.server_kind", "Ska vara server_physical eller server_virtual.")
	}
	for i, r := range s.Computers.Rules {
		field := fmt.Sprintf("computers.rules[%d]", i)
		if r.Kind != "" && !slices.Contains(kinds, r.Kind) {
			c.add(field+".kind", "%q finns inte; välj bland %s.", r.Kind, strings.Join(kinds, ", "))
		}
		if r.UserCategory != "" && r.UserCategory != "staff" && r.UserCategory != "pupil" {
			c.add(field+".user_category", "Ska vara staff eller pupil.")
		}
		if r.Kind == "" && r.UserCategory == "" {
			c.add(field, "Regeln ger varken kind eller user_category.")
		}
		c.needed(field, r.Condition)
	}
}

func (c *checker) orgUnit(field string, o OrgUnit) {
	if o.From != "ou" && o.From != wholePath {
		if _, ok := orgUnitSlot(o.From); !ok {
			c.add(field+".from", "%q kan inte användas; välj ou, ou_path, department, company, division, physicalDeliveryOfficeName, departmentNumber, businessCategory, o eller extensionAttribute1–15.", o.From)
		}
	}
}

// needed is a condition that must ask for something.
func (c *checker) needed(field string, k Condition) {
	if len(k.OUs) == 0 && len(k.Groups) == 0 && len(k.Attributes) == 0 && !k.SmartcardRequired {
		c.add(field, "Regeln saknar villkor och skulle gälla alla; ange ous, groups eller attributes.")
	}
	c.condition(field, k)
}

func (c *checker) condition(field string, k Condition) {
	for i, ou := range k.OUs {
		c.dn(fmt.Sprintf("%s.ous[%d]", field, i), ou)
	}
	for i, g := range k.Groups {
		if strings.TrimSpace(g) == "" {
			c.add(fmt.Sprintf("%s.groups[%d]", field, i), "Gruppens namn är tomt.")
		} else if isDN(g) {
			c.dn(fmt.Sprintf("%s.groups[%d]", field, i), g)
		}
	}
	for i, a := range k.Attributes {
		at := fmt.Sprintf("%s.attributes[%d]", field, i)
		if _, ok := lookupSlot(a.Name); !ok {
			c.add(at+".name", "%q läses aldrig; den finns inte i listan över tillåtna attribut.", a.Name)
		}
		if len(a.Values) == 0 || slices.Contains(a.Values, "") {
			c.add(at+".values", "Ange minst ett värde; * betyder vilket som helst.")
		}
	}
}

func (c *checker) dn(field, dn string) {
	if p, err := goldap.ParseDN(dn); err != nil || len(p.RDNs) == 0 {
		c.add(field, "%q är inte ett DN (OU=…,DC=…).", dn)
	}
}
