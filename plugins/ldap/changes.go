package ldap

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"slices"
	"strconv"
	"time"

	"github.com/kommunpuls/kommunpuls/plugins/sdk"
)

// maxRemembered bounds the group members that a cursor holds, so that it stays
// far below the 4 MB of a message.
const maxRemembered = 20000

// states writes down who is in each watched group.
func (m *members) states(w watchlist) map[string]groupState {
	per := make([]map[string]bool, len(w))
	rest := make([][]string, len(w))
	for i := range per {
		per[i] = map[string]bool{}
	}
	for key, list := range m.byDN {
		for _, x := range list {
			per[x.group][key] = x.nested
		}
	}
	for prefix, index := range map[string]map[string][]membership{"uid:": m.byUID, "rid:": m.byRID, "group:": m.byGroup} {
		for key, list := range index {
			for _, x := range list {
				rest[x.group] = append(rest[x.group], prefix+key+strconv.FormatBool(x.nested))
			}
		}
	}
	out := map[string]groupState{}
	room := maxRemembered
	for i, g := range w {
		s := groupState{Digest: digest(rest[i], nil)}
		if !g.protected && len(per[i]) <= room {
			room -= len(per[i])
			s.Members, s.Whole = per[i], true
		} else {
			s.Digest = digest(rest[i], per[i])
		}
		out[g.rid+"|"+refKey(g.ref)] = s
	}
	return out
}

func digest(keys []string, members map[string]bool) string {
	for k, nested := range members {
		keys = append(keys, k+strconv.FormatBool(nested))
	}
	slices.Sort(keys)
	h := sha256.New()
	for _, k := range keys {
		h.Write([]byte(k + "\n"))
	}
	return hex.EncodeToString(h.Sum(nil)[:16])
}

// moved lists the DN keys whose membership changed since the cursor; ok is
// false when that cannot be told and everything has to be read.
func moved(before, now map[string]groupState) (dns []string, ok bool) {
	seen := map[string]bool{}
	for name, n := range now {
		b, known := before[name]
		if !known || b.Digest != n.Digest || b.Whole != n.Whole {
			return nil, false
		}
		for dn, nested := range n.Members {
			if was, in := b.Members[dn]; (!in || was != nested) && !seen[dn] {
				seen[dn] = true
				dns = append(dns, dn)
			}
		}
		for dn := range b.Members {
			if _, in := n.Members[dn]; !in && !seen[dn] {
				seen[dn] = true
				dns = append(dns, dn)
			}
		}
	}
	slices.Sort(dns)
	return dns, true
}

// sinceFilter asks for what changed since the cursor. Locked accounts are
// always asked for, as a lock ends without any change.
func (d *dirState) sinceFilter() string {
	f := d.dir.about()
	if f.ad {
		return fmt.Sprintf("(|(uSNChanged>=%d)(lockoutTime>=1))", d.before.USN+1)
	}
	return "(modifyTimestamp>=" + d.before.Modified + ")"
}

// canContinue tells whether a directory can say what changed since the cursor.
func (d *dirState) canContinue() bool {
	f := d.dir.about()
	switch {
	case d.before == nil:
		return false
	case f.file:
		return f.stamp == d.before.Stamp
	case f.ad:
		// A domain controller restored from a backup is behind its own past.
		return f.replica != "" && f.replica == d.before.Replica && f.usn >= d.before.USN
	}
	return d.before.Modified != "" && f.known[modifyTimestamp]
}

// deletions tells whether the directory shows, to an account that may see
// tombstones, that accounts or computers were deleted since the cursor.
func (d *dirState) deletions(ctx context.Context) (bool, error) {
	f := d.dir.about()
	if !f.ad {
		return false, nil
	}
	gone := false
	q := query{base: f.root, class: anything, deleted: true,
		extra: fmt.Sprintf("(isDeleted=TRUE)(objectClass=user)(uSNChanged>=%d)", d.before.USN+1)}
	err := d.dir.each(ctx, q, func(*entry) error { gone = true; return nil })
	if ctx.Err() != nil {
		return false, ctx.Err()
	}
	// An account without that right is told so, or simply sees none; the
	// periodic full pass finds the deletions then.
	return gone && err == nil, nil
}

// overlap is how far behind the newest time an increment on a server with
// several writers begins again.
const overlap = 10 * time.Minute

// resumeAt turns the newest modifyTimestamp into where to go on.
func resumeAt(newest string) string {
	t, err := generalized(newest)
	if err != nil {
		return ""
	}
	return time.Unix(t, 0).UTC().Add(-overlap).Format("20060102150405Z")
}

// header says what the collection can tell.
func (c *collection) header(full bool) sdk.Header {
	h := sdk.Header{Mapped: c.mapped(full), Full: full}
	for _, d := range c.dirs {
		if t := d.dir.about().contentAt(); t.After(h.ContentAt) {
			h.ContentAt = t
		}
	}
	return h
}
