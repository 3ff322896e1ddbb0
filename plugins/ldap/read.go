package ldap

import (
	"context"
	"fmt"
	"strconv"

	"github.com/kommunpuls/kommunpuls/plugins/sdk"
)

// readAll is the full pass.
func (c *collection) readAll(ctx context.Context) error {
	c.full = true
	if err := c.begin(true); err != nil {
		return err
	}
	for _, d := range c.dirs {
		for _, base := range d.inScope {
			if err := c.readBase(ctx, d, base, ""); err != nil {
				return err
			}
		}
		if err := d.guard(ctx, c.set.EmptiedOUs); err != nil {
			return err
		}
		if err := c.purgeOutside(ctx, d); err != nil {
			return err
		}
	}
	if !c.countsPupils() {
		return nil
	}
	var before []string
	if c.prev != nil {
		before = c.prev.Pupils
	}
	for _, r := range pupilCounts(&c.layout, c.pupils, before, c.dirs[0].dir.about().where, c.req.Now, c.loc) {
		if err := c.emit(r); err != nil {
			return err
		}
	}
	return nil
}

// readChanges is the increment: what the directories changed, and the accounts
// that went into or out of a watched group.
func (c *collection) readChanges(ctx context.Context) error {
	for _, d := range c.dirs {
		if d.dir.about().file {
			continue // unchanged, or this would be a full pass
		}
		for _, base := range d.inScope {
			if err := c.readBase(ctx, d, base, d.sinceFilter()); err != nil {
				return err
			}
		}
		dns, _ := moved(d.before.Groups, d.groups)
		for _, dn := range dns {
			if !d.covers(dn) {
				continue
			}
			if err := c.readOne(ctx, d, dn); err != nil {
				return err
			}
		}
	}
	return nil
}

// readBase reads the accounts and computers beneath a base.
func (c *collection) readBase(ctx context.Context, d *dirState, base, since string) error {
	known := &d.dir.about().known
	q := query{base: base, class: accounts, extra: since, attrs: c.with(accountSlots(known), known)}
	if !d.dir.about().ad {
		q.attrs[memberOf] = known[memberOf]
	}
	err := d.dir.each(ctx, q, func(e *entry) error { d.count(e, base); return c.account(d, e) })
	if err != nil || c.set.Computers.Skip || !known[operatingSystem] {
		return err
	}
	q.class, q.attrs = computers, c.with(computerSlots(known), known)
	return d.dir.each(ctx, q, func(e *entry) error { d.count(e, base); return c.computer(d, e) })
}

// with adds the attributes that the settings ask for, of those the directory has.
func (c *collection) with(want slotSet, known *slotSet) slotSet {
	for i := range want {
		want[i] = want[i] || c.rules.needs[i] && known[i]
	}
	for _, o := range []OrgUnit{c.set.OrgUnit, *c.set.PupilOrgUnit} {
		if i, ok := orgUnitSlot(o.From); ok && o.From != "ou" && known[i] {
			want[i] = true
		}
	}
	return want
}

// readOne reads one object by its DN again; one that is gone is left to the
// next full pass.
func (c *collection) readOne(ctx context.Context, d *dirState, dn string) error {
	known := &d.dir.about().known
	q := query{base: dn, single: true, class: anything, attrs: c.with(accountSlots(known), known)}
	q.attrs.add(objectClass)
	for s, on := range computerSlots(known) {
		q.attrs[s] = q.attrs[s] || on
	}
	if !d.dir.about().ad {
		q.attrs[memberOf] = known[memberOf]
	}
	err := d.dir.each(ctx, q, func(e *entry) error {
		switch e.class() {
		case accounts:
			return c.account(d, e)
		case computers:
			if !c.set.Computers.Skip {
				return c.computer(d, e)
			}
		}
		return nil
	})
	if isMissing(err) {
		return nil
	}
	return err
}

// subject readies an entry for the rules.
func (d *dirState) subject(e *entry, buf []membership) subject {
	s := subject{entry: e, key: dnKey(e.dn)}
	s.uac, _ = strconv.ParseInt(e.first(userAccountControl), 10, 64) // "" is 0
	s.members = d.members.of(e, s.key, buf)
	return s
}

// account sends an account on, counts it, or keeps it back.
func (c *collection) account(d *dirState, e *entry) error {
	if m := e.first(modifyTimestamp); m > d.after.Modified {
		d.after.Modified = m
	}
	var buf [8]membership
	s := d.subject(e, buf[:0])
	if s.uac&uacTrust != 0 {
		return nil // another domain's, nobody logs in with it
	}
	if c.rules.isProtected(&s) {
		c.purged = append(c.purged, d.conv.id(e))
		return c.begin(false)
	}
	switch category := c.rules.category(&s); category {
	case "ignore":
		return nil
	case "pupil":
		if s.uac&uacDisabled == 0 {
			c.pupils[d.conv.pupils.of(e)]++
		}
		if !c.full || c.forget {
			c.purged = append(c.purged, d.conv.id(e))
		}
		return c.begin(false)
	default:
		if err := c.begin(false); err != nil {
			return err
		}
		return c.emit(d.conv.account(&s, category))
	}
}

// computer sends a computer on, unless it is protected.
func (c *collection) computer(d *dirState, e *entry) error {
	var buf [8]membership
	s := d.subject(e, buf[:0])
	if c.rules.isProtected(&s) {
		return nil
	}
	if err := c.begin(false); err != nil {
		return err
	}
	return c.emit(d.conv.computer(&s, c.set.Computers.ServerKind))
}

// covers tells whether a DN key stands beneath one of the bases.
func (d *dirState) covers(key string) bool {
	return baseOf(key, d.inScope) != ""
}

// purgeOutside removes what is known of protected accounts that were moved out
// of the bases: nothing else would ever look at them again.
func (c *collection) purgeOutside(ctx context.Context, d *dirState) error {
	if c.set.Protected.None {
		return nil
	}
	outside := func(e *entry) error {
		var buf [8]membership
		s := d.subject(e, buf[:0])
		if !d.covers(s.key) && c.rules.isProtected(&s) {
			c.purged = append(c.purged, d.conv.id(e))
		}
		return nil
	}
	f := d.dir.about()
	if f.file {
		return d.dir.each(ctx, query{class: accounts}, outside)
	}
	attrs := c.with(accountSlots(&f.known), &f.known)
	for _, ou := range c.set.Protected.OUs {
		if d.covers(dnKey(ou)) || !beneath(dnKey(ou), dnKey(f.root)) {
			continue
		}
		if err := d.dir.each(ctx, query{base: ou, class: accounts, attrs: attrs}, outside); err != nil && !isMissing(err) {
			return err
		}
	}
	for dn, in := range d.members.byDN {
		if d.covers(dn) || !beneath(dn, dnKey(f.root)) || !c.anyProtected(in) {
			continue
		}
		if err := d.dir.each(ctx, query{base: dn, single: true, class: accounts, attrs: attrs}, outside); err != nil && !isMissing(err) {
			return err
		}
	}
	return nil
}

func (c *collection) anyProtected(in []membership) bool {
	for _, m := range in {
		if c.watch[m.group].protected {
			return true
		}
	}
	return false
}

// finish closes the collection and writes the cursor.
func (c *collection) finish(full bool) (sdk.End, error) {
	if !c.begun {
		h := c.header(false)
		h.Unchanged = true
		if err := c.out.Begin(h); err != nil {
			return sdk.End{}, err
		}
	}
	if err := c.flush(); err != nil {
		return sdk.End{}, err
	}
	if err := c.warn(); err != nil {
		return sdk.End{}, err
	}
	next := cursor{Settings: fingerprint(c.req.Settings), FullAt: c.req.Now.Unix()}
	if !full {
		next.FullAt, next.Pupils = c.prev.FullAt, c.prev.Pupils
	}
	for u, n := range c.pupils {
		if full && n > 0 {
			next.Pupils = append(next.Pupils, u)
		}
	}
	for _, d := range c.dirs {
		d.after.Groups = d.groups
		if !d.dir.about().file && !d.dir.about().ad {
			d.after.Modified = resumeAt(d.after.Modified)
		}
		if !full {
			d.after.OUs, d.after.Entries = d.before.OUs, d.before.Entries
			d.after.Modified = max(d.after.Modified, d.before.Modified)
		}
		next.Dirs = append(next.Dirs, d.after)
	}
	sealed, err := next.seal(c.req.Settings.PseudonymKey)
	if err != nil {
		return sdk.End{}, fmt.Errorf("ldap: cursor: %w", err)
	}
	return sdk.End{Cursor: sealed, Seen: c.seen}, nil
}
