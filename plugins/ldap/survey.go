package ldap

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"

	goldap "github.com/go-ldap/ldap/v3"

	"github.com/kommunpuls/kommunpuls/plugins/sdk"
)

// Survey is what the reading account can see of a directory, in counts: what
// init says before it asks. It names units and groups, never a person.
type Survey struct {
	Where    string // URL
	Base     string // the naming context that was read
	AD       bool
	Accounts int64
	Enabled  int64 // of these; where the directory does not say, all
	// Shown counts the enabled accounts that show each attribute figures ask for.
	Shown     []Shown
	Computers int64
	Groups    int64
	// Units are the OUs straight beneath Base, each with what is seen beneath
	// it. One with nothing is empty, or the reading account may not look into it.
	Units []Unit
	// Protected are groups whose name suggests protected identities, Pupils
	// OUs whose name suggests pupils: proposals that a person decides on.
	Protected []Unit
	Pupils    []Unit
}

// Unit is an OU or a group with the accounts in it.
type Unit struct {
	DN       string
	Name     string
	Accounts int64
	Others   int64 // computers and groups in an OU
}

// Shown says how many enabled accounts show an attribute.
type Shown struct {
	Attribute string
	Accounts  int64
}

// surveyed are the attributes that figures stand on.
var surveyed = []slot{lastLogonTimestamp, pwdLastSet, accountExpires, department, mail, displayName}

// protectedWords and pupilWords are parts of names, in lower case.
var (
	protectedWords = []string{"skydd", "sekretess", "protected", "kvarskriv"}
	pupilWords     = []string{"elev", "pupil", "student"}
)

// protectedUsers is a group of Windows' own, about how its members log in.
const protectedUsers = "Protected Users"

// LookAround connects with the settings of a collection, of which protected
// need not be decided yet, and counts what there is to see. Errors are those of
// Collect: [sdk.ErrUnreachable] and [sdk.ErrBadInput].
func LookAround(ctx context.Context, s sdk.Settings) (out Survey, err error) {
	set, err := Decode(s.JSON)
	if err != nil {
		return out, fmt.Errorf("inställningarna går inte att läsa: %w: %w", err, sdk.ErrBadInput)
	}
	if set.Protected == nil {
		set.Protected = &Protected{None: true}
		set.ProtectedNoneReason = "ännu inte bestämt"
	}
	if problems := check(&set); len(problems) > 0 {
		return out, fmt.Errorf("%s: %s: %w", problems[0].Field, problems[0].Message, sdk.ErrBadInput)
	}
	srv, err := openServer(ctx, &set, set.Directory, s.BaseDir)
	if err != nil {
		return out, err
	}
	defer srv.close()
	v := surveyor{server: srv, units: map[string]int64{}, others: map[string]int64{}, pupils: map[string]int64{}, shown: map[slot]int64{}}
	v.out = Survey{Where: srv.facts.where, Base: srv.facts.root, AD: srv.facts.ad}
	if len(srv.facts.bases) > 0 {
		v.out.Base = srv.facts.bases[0]
	}
	return v.look(ctx)
}

// surveyor counts during one look.
type surveyor struct {
	*server
	out    Survey
	units  map[string]int64 // key of the OU beneath the base → accounts
	others map[string]int64 // and what else stands there
	pupils map[string]int64 // DN of the OU → accounts
	shown  map[slot]int64
}

func (v *surveyor) look(ctx context.Context) (Survey, error) {
	var read slotSet
	read.add(objectClass, userAccountControl)
	read.add(surveyed...)
	if err := v.each(ctx, query{base: v.out.Base, class: accounts, attrs: read}, v.account); err != nil {
		return v.out, err
	}
	err := v.each(ctx, query{base: v.out.Base, class: computers}, func(e *entry) error {
		v.out.Computers++
		v.others[v.unitOf(e.dn)]++
		return nil
	})
	if err != nil {
		return v.out, err
	}
	if err := v.lookAtGroups(ctx); err != nil {
		return v.out, err
	}
	if err := v.lookAtUnits(ctx); err != nil {
		return v.out, err
	}
	for _, a := range surveyed {
		if v.facts.known[a] {
			v.out.Shown = append(v.out.Shown, Shown{attributeNames[a], v.shown[a]})
		}
	}
	for dn, n := range v.pupils {
		v.out.Pupils = append(v.out.Pupils, Unit{DN: dn, Name: firstValue(dn), Accounts: n})
	}
	slices.SortFunc(v.out.Pupils, func(a, b Unit) int { return strings.Compare(a.DN, b.DN) })
	return v.out, nil
}

func (v *surveyor) account(e *entry) error {
	v.out.Accounts++
	v.units[v.unitOf(e.dn)]++
	if ou := pupilUnit(e.dn); ou != "" {
		v.pupils[ou]++
	}
	if flags, err := strconv.ParseInt(e.first(userAccountControl), 10, 64); err == nil && flags&uacDisabled != 0 {
		return nil
	}
	v.out.Enabled++
	for _, a := range surveyed {
		if e.first(a) != "" {
			v.shown[a]++
		}
	}
	return nil
}

// unitOf is the key of the OU straight beneath the base that an entry stands in.
func (v *surveyor) unitOf(dn string) string {
	parsed, err := goldap.ParseDN(dn)
	base, berr := goldap.ParseDN(v.out.Base)
	if err != nil || berr != nil || len(parsed.RDNs) <= len(base.RDNs)+1 {
		return ""
	}
	return dnKey((&goldap.DN{RDNs: parsed.RDNs[len(parsed.RDNs)-len(base.RDNs)-1:]}).String())
}

// pupilUnit is the highest OU above an entry whose name suggests pupils.
func pupilUnit(dn string) string {
	parsed, err := goldap.ParseDN(dn)
	if err != nil {
		return ""
	}
	for i := len(parsed.RDNs) - 1; i > 0; i-- {
		for _, a := range parsed.RDNs[i].Attributes {
			if strings.EqualFold(a.Type, "ou") && hasAny(a.Value, pupilWords) {
				return (&goldap.DN{RDNs: parsed.RDNs[i:]}).String()
			}
		}
	}
	return ""
}

func (v *surveyor) lookAtGroups(ctx context.Context) error {
	var read slotSet
	read.add(cn)
	err := v.each(ctx, query{base: v.facts.root, class: groups, attrs: read}, func(e *entry) error {
		v.out.Groups++
		v.others[v.unitOf(e.dn)]++
		if name := or(e.first(cn), firstValue(e.dn)); hasAny(name, protectedWords) && name != protectedUsers {
			v.out.Protected = append(v.out.Protected, Unit{DN: e.dn, Name: name})
		}
		return nil
	})
	if err != nil {
		return err
	}
	slices.SortFunc(v.out.Protected, func(a, b Unit) int { return strings.Compare(a.DN, b.DN) })
	for i := range v.out.Protected {
		members, err := v.lookup(ctx, v.out.Protected[i].DN, "member", "uniqueMember", "memberUid")
		if err != nil {
			return err
		}
		for _, values := range members {
			v.out.Protected[i].Accounts += int64(len(values))
		}
	}
	return nil
}

func (v *surveyor) lookAtUnits(ctx context.Context) error {
	req := goldap.NewSearchRequest(v.out.Base, goldap.ScopeSingleLevel, goldap.NeverDerefAliases, 0, 0, false, "(objectClass=organizationalUnit)", []string{"1.1"}, nil)
	res, err := v.conn.SearchWithPaging(req, uint32(v.pageSize))
	if err != nil {
		return searchFault(ctx, v.out.Base, 0, err)
	}
	for _, e := range res.Entries {
		parsed, err := goldap.ParseDN(e.DN)
		if err != nil {
			continue
		}
		v.out.Units = append(v.out.Units, Unit{DN: e.DN, Name: firstValue(e.DN), Accounts: v.units[dnKey(parsed.String())], Others: v.others[dnKey(parsed.String())]})
	}
	return nil
}

func hasAny(name string, words []string) bool {
	name = strings.ToLower(name)
	return slices.ContainsFunc(words, func(w string) bool { return strings.Contains(name, w) })
}

// firstValue is the value of a DN's first part: "Elever" of OU=Elever,DC=….
func firstValue(dn string) string {
	parsed, err := goldap.ParseDN(dn)
	if err != nil || len(parsed.RDNs) == 0 || len(parsed.RDNs[0].Attributes) == 0 {
		return dn
	}
	return parsed.RDNs[0].Attributes[0].Value
}

// Proposal is settings of the source for what a survey found and a person
// answered. Protected holds DNs; none of them needs a reason.
type Proposal struct {
	Directory  Directory
	Protected  []string
	NoneReason string
	Pupils     []string // DNs of OUs
	Category   string   // of accounts that no rule matches
}

// Settings writes the proposal as the source's own settings.
func (p Proposal) Settings() (json.RawMessage, error) {
	s := Settings{Directory: p.Directory, DefaultCategory: p.Category}
	s.Protected = &Protected{Groups: p.Protected, None: len(p.Protected) == 0}
	if s.Protected.None {
		s.ProtectedNoneReason = p.NoneReason
	}
	if len(p.Pupils) > 0 {
		s.Categories = []CategoryRule{{Category: "pupil", Condition: Condition{OUs: p.Pupils}}}
	}
	raw, err := json.Marshal(struct { // what was decided, in the order a person reads it
		URL             string         `json:"url"`
		StartTLS        bool           `json:"start_tls,omitempty"`
		CAFile          string         `json:"ca_file,omitempty"`
		Bases           []string       `json:"bases,omitempty"`
		Bind            Bind           `json:"bind"`
		Protected       *Protected     `json:"protected"`
		NoneReason      string         `json:"protected_none_reason,omitempty"`
		Categories      []CategoryRule `json:"categories,omitempty"`
		DefaultCategory string         `json:"default_category,omitempty"`
	}{p.Directory.URL, p.Directory.StartTLS, p.Directory.CAFile, p.Directory.Bases, p.Directory.Bind, s.Protected, s.ProtectedNoneReason, s.Categories, s.DefaultCategory})
	if err != nil {
		return nil, fmt.Errorf("ldap: settings: %w", err)
	}
	if s, err = Decode(raw); err != nil {
		return nil, fmt.Errorf("ldap: settings: %w", err)
	}
	if problems := check(&s); len(problems) > 0 {
		return nil, fmt.Errorf("%s: %s: %w", problems[0].Field, problems[0].Message, sdk.ErrBadInput)
	}
	return raw, nil
}
