package ldap

import (
	"context"
	"fmt"
	"strconv"
	"time"

	goldap "github.com/go-ldap/ldap/v3"

	"github.com/kommunpuls/kommunpuls/plugins/sdk"
)

// directory is one opened directory, a server or a file.
type directory interface {
	// each calls fn with every entry that a query finds. The entry is only
	// good until fn returns.
	each(ctx context.Context, q query, fn func(*entry) error) error
	about() *facts
	close()
}

// facts are what a directory says of itself.
type facts struct {
	where string   // URL or file name, for people
	bases []string // where accounts are looked for
	ad    bool     // Active Directory or Samba AD: in-chain rule, uSNChanged, ranges
	file  bool
	root  string // the naming context that holds the groups
	// known are the attributes that the directory can have at all.
	known slotSet
	// replica and usn place an Active Directory's increments: the domain
	// controller's invocationId, and its highest committed change.
	replica string
	usn     int64
	// stamp identifies an unchanged file.
	stamp string
	// newest is when the content last changed, 0 if unknown.
	newest int64
	// lockout is how long a locked account stays locked; 0 is until someone opens it.
	lockout time.Duration
	domain  string // SID of the domain, as text
}

// server is a directory behind a connection.
type server struct {
	conn          *connection
	dialer        *dialer
	facts         facts
	slots         map[string]slot
	pageSize      int
	referralHosts []string
	skipped       map[string]bool // hosts of referrals that were not followed
}

func (s *server) about() *facts { return &s.facts }
func (s *server) close()        { s.conn.end() }

// openServer connects and asks the server what it is.
func openServer(ctx context.Context, set *Settings, dir Directory, baseDir string) (*server, error) {
	d := &dialer{dir: dir, baseDir: baseDir, timeout: time.Duration(set.Timeout)}
	conn, err := d.connect(ctx, dir.URL)
	if err != nil {
		return nil, err
	}
	s := &server{conn: conn, dialer: d, slots: slotIndex(), pageSize: set.PageSize, referralHosts: set.ReferralHosts, skipped: map[string]bool{}}
	s.facts = facts{where: dir.URL, bases: dir.Bases}
	if err := s.ask(ctx); err != nil {
		conn.end()
		return nil, fmt.Errorf("%s: %w", conn.host, err)
	}
	return s, nil
}

const (
	capabilityAD = "1.2.840.113556.1.4.800"
	farFuture    = 100 * 365 * 24 * time.Hour
)

// ask reads the root entry and what it points at.
func (s *server) ask(ctx context.Context) error {
	root, err := s.lookup(ctx, "", "supportedCapabilities", "schemaNamingContext", "defaultNamingContext", "namingContexts", "highestCommittedUSN", "dsServiceName", "subschemaSubentry")
	if err != nil {
		return err
	}
	for _, c := range root["supportedCapabilities"] {
		s.facts.ad = s.facts.ad || c == capabilityAD
	}
	s.facts.root = one(root["defaultNamingContext"])
	if s.facts.root == "" {
		s.facts.root = s.contextOf(root["namingContexts"])
	}
	if !s.facts.ad {
		return s.askSchema(ctx, one(root["subschemaSubentry"]))
	}
	for i := range s.facts.known {
		s.facts.known[i] = true
	}
	for _, absent := range []slot{entryUUID, uid, createTimestamp, modifyTimestamp, pwdChangedTime, pwdLastSuccess, authTimestamp, pwdAccountLockedTime, shadowExpire, memberUID, uniqueMember} {
		s.facts.known[absent] = false
	}
	if s.facts.usn, err = strconv.ParseInt(one(root["highestCommittedUSN"]), 10, 64); err != nil {
		return fmt.Errorf("servern säger inte hur långt dess ändringar har kommit (highestCommittedUSN): %w", sdk.ErrBadInput)
	}
	if err := s.narrow(ctx, one(root["schemaNamingContext"])); err != nil {
		return err
	}
	return s.askDomain(ctx, one(root["dsServiceName"]))
}

// narrow finds out which of the attributes that not every Active Directory
// has, those that Exchange adds foremost, this one has.
func (s *server) narrow(ctx context.Context, schema string) error {
	for i := extensionAttribute1; schema != "" && i < slots; i++ {
		s.facts.known[i] = false
	}
	if schema == "" {
		return nil
	}
	for _, i := range []slot{msExchRecipientTypeDetails, eduPersonAffiliation, eduPersonPrimaryAffiliation} {
		s.facts.known[i] = false
	}
	res, err := s.conn.Search(goldap.NewSearchRequest(schema, goldap.ScopeSingleLevel, goldap.NeverDerefAliases, 0, 0, false,
		"(|(lDAPDisplayName=extensionAttribute*)(lDAPDisplayName=msExchRecipientTypeDetails)(lDAPDisplayName=eduPerson*))", []string{"lDAPDisplayName"}, nil))
	if err != nil {
		return searchFault(ctx, schema, 0, err)
	}
	for _, e := range res.Entries {
		if i, ok := s.slotOf(e.GetAttributeValue("lDAPDisplayName")); ok {
			s.facts.known[i] = true
		}
	}
	return nil
}

// askDomain reads which replica this is, and the domain's SID and lockout rule.
func (s *server) askDomain(ctx context.Context, service string) error {
	if service != "" {
		// Unreadable settings mean no increments, not no collection.
		if ntds, err := s.lookup(ctx, service, "invocationId"); err == nil {
			s.facts.replica = guidText(one(ntds["invocationId"]))
		} else if ctx.Err() != nil {
			return ctx.Err()
		}
	}
	dom, err := s.lookup(ctx, s.facts.root, "objectSid", "lockoutDuration")
	if err != nil {
		return err
	}
	s.facts.domain = sidText(one(dom["objectSid"]))
	s.facts.lockout = farFuture
	if v, err := strconv.ParseInt(one(dom["lockoutDuration"]), 10, 64); err == nil && v < 0 && v > -int64(farFuture/100) {
		s.facts.lockout = time.Duration(-v) * 100
	}
	return nil
}

// askSchema finds which of the allowed attributes the server knows.
func (s *server) askSchema(ctx context.Context, subentry string) error {
	if subentry == "" {
		return fmt.Errorf("servern visar inte sitt schema (subschemaSubentry): %w", sdk.ErrBadInput)
	}
	schema, err := s.lookup(ctx, subentry, "attributeTypes")
	if err != nil {
		return err
	}
	for _, def := range schema["attributeTypes"] {
		for _, n := range schemaNames(def) {
			if i, ok := s.slotOf(n); ok {
				s.facts.known[i] = true
			}
		}
	}
	return nil
}

// lookup reads some attributes of one object.
func (s *server) lookup(ctx context.Context, dn string, names ...string) (map[string][]string, error) {
	req := baseRequest(dn, names)
	res, err := s.conn.Search(req)
	if err != nil {
		return nil, searchFault(ctx, dn, 0, err)
	}
	out := map[string][]string{}
	for _, e := range res.Entries {
		for _, n := range names {
			if v := e.GetEqualFoldAttributeValues(n); len(v) > 0 {
				out[n] = v
			}
		}
	}
	return out, nil
}

// contextOf picks the naming context that the bases stand in.
func (s *server) contextOf(contexts []string) string {
	for _, c := range contexts {
		for _, b := range s.facts.bases {
			if c != "" && beneath(dnKey(b), dnKey(c)) {
				return c
			}
		}
	}
	if len(s.facts.bases) > 0 {
		return s.facts.bases[0]
	}
	return one(contexts)
}

func one(v []string) string {
	if len(v) == 0 {
		return ""
	}
	return v[0]
}
