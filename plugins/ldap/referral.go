package ldap

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"strings"

	goldap "github.com/go-ldap/ldap/v3"

	"github.com/kommunpuls/kommunpuls/plugins/sdk"
)

// maxReferrals bounds a chain of referrals; real forests need one or two.
const maxReferrals = 16

// referredBy reads the addresses out of a result that is a referral as a whole.
// go-ldap keeps them only in the packet of its error.
func referredBy(err error) ([]string, bool) {
	var le *goldap.Error
	if !errors.As(err, &le) || le.ResultCode != goldap.LDAPResultReferral || le.Packet == nil || len(le.Packet.Children) < 2 {
		return nil, false
	}
	var out []string
	for _, c := range le.Packet.Children[1].Children {
		if c.Tag != 3 { // referral [3], RFC 4511 4.1.9
			continue
		}
		for _, u := range c.Children {
			out = append(out, u.Data.String())
		}
	}
	return out, true
}

// chase follows referrals to the configured hosts and to no other. One that
// leads in a circle ends the collection: what is behind it was not read.
func (s *server) chase(ctx context.Context, q query, referrals []string, fn func(*entry) error, seen map[string]bool) error {
	for _, r := range referrals {
		u, err := url.Parse(r)
		if err != nil || u.Host == "" {
			return fmt.Errorf("%s: katalogen hänvisade till en plats som inte går att förstå: %w", q.base, sdk.ErrBadInput)
		}
		next := q
		if dn := strings.TrimPrefix(u.Path, "/"); dn != "" {
			next.base = dn
		}
		if s.ownPartition(next.base) {
			continue
		}
		if !s.mayFollow(u) {
			s.skipped[u.Hostname()] = true
			continue
		}
		at := visited(u.Host, next)
		if seen[at] || len(seen) > maxReferrals {
			return fmt.Errorf("%s: katalogens hänvisningar går i cirkel vid %s: %w", q.base, u.Hostname(), sdk.ErrBadInput)
		}
		seen[at] = true
		if err := s.chaseOne(ctx, u, next, fn, seen); err != nil {
			return err
		}
	}
	return nil
}

func (s *server) chaseOne(ctx context.Context, u *url.URL, q query, fn func(*entry) error, seen map[string]bool) error {
	own, err := url.Parse(s.dialer.dir.URL)
	if err != nil {
		return err
	}
	// A referral says ldap:// even where only TLS is spoken: the own way of
	// securing the connection is used, on the referral's port if it has one.
	target := url.URL{Scheme: own.Scheme, Host: u.Host}
	c, err := s.dialer.connect(ctx, target.String())
	if err != nil {
		return fmt.Errorf("hänvisning från %s: %w", s.conn.host, err)
	}
	defer c.end()
	return s.follow(ctx, c, q, fn, seen)
}

// ownPartition tells Active Directory's own partitions, which every search of
// a whole domain refers to and which hold no accounts.
func (s *server) ownPartition(base string) bool {
	b := strings.ToLower(base)
	return s.facts.ad && (strings.HasPrefix(b, "dc=domaindnszones,") || strings.HasPrefix(b, "dc=forestdnszones,") || strings.HasPrefix(b, "cn=configuration,"))
}

func (s *server) mayFollow(u *url.URL) bool {
	for _, h := range s.referralHosts {
		if strings.EqualFold(h, u.Host) || strings.EqualFold(h, u.Hostname()) {
			return true
		}
	}
	return false
}

func (s *server) mayFollowAny(referrals []string) bool {
	for _, r := range referrals {
		if u, err := url.Parse(r); err == nil && s.mayFollow(u) {
			return true
		}
	}
	return false
}

func visited(host string, q query) string {
	return strings.ToLower(host) + "|" + dnKey(q.base) + "|" + q.extra + "|" + fmt.Sprint(q.class)
}
