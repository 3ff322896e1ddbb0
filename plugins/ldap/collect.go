package ldap

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"
	_ "time/tzdata" // Windows has no time zones of its own

	"github.com/kommunpuls/kommunpuls/plugins/sdk"
	"github.com/kommunpuls/kommunpuls/plugins/sdk/record"
)

// batchSize is how many records go to the daemon at a time.
const batchSize = 500

// collection is one collection under way.
type collection struct {
	req    sdk.CollectRequest
	set    Settings
	out    sdk.Sink
	refs   *sdk.Pseudonymiser
	loc    *time.Location
	layout layout
	watch  watchlist
	rules  *rules
	prev   *cursor // nil if there is none that can be used
	dirs   []*dirState

	begun    bool
	full     bool
	batch    []record.Record
	purged   []string
	seen     int64
	pupils   map[string]int64
	warnings counted
	// forget: accounts that are now pupils may be known from before.
	forget bool
}

// dirState is one directory during a collection.
type dirState struct {
	dir     directory
	conv    *converter
	members *members
	groups  map[string]groupState
	before  *dirCursor
	after   dirCursor
	perBase map[string]int64
	inScope []string // bases without those beneath another
}

func newCollection(req sdk.CollectRequest, out sdk.Sink) (*collection, error) {
	set, err := Decode(req.Settings.JSON)
	if err != nil {
		return nil, fmt.Errorf("inställningarna går inte att läsa: %w: %w", err, sdk.ErrBadInput)
	}
	if problems := check(&set); len(problems) > 0 {
		return nil, fmt.Errorf("%s: %s: %w", problems[0].Field, problems[0].Message, sdk.ErrBadInput)
	}
	refs, err := req.Settings.Pseudonymiser()
	if err != nil {
		return nil, err
	}
	loc, err := time.LoadLocation("Europe/Stockholm")
	if err != nil {
		return nil, err
	}
	c := &collection{req: req, set: set, out: out, refs: refs, loc: loc, layout: newLayout(), pupils: map[string]int64{}, warnings: counted{}}
	c.watch = newWatchlist(&c.set)
	c.rules = compile(&c.set, &c.watch)
	print := fingerprint(req.Settings)
	if len(req.Cursor) > 0 {
		if prev, err := openCursor(req.Cursor, req.Settings.PseudonymKey); err == nil {
			c.prev = prev
		}
	}
	c.forget = c.prev == nil || c.prev.Settings != print
	return c, nil
}

func (c *collection) close() {
	for _, d := range c.dirs {
		d.dir.close()
	}
}

func (c *collection) run(ctx context.Context) (sdk.End, error) {
	if err := c.open(ctx); err != nil {
		return sdk.End{}, err
	}
	if err := c.resolve(ctx); err != nil {
		return sdk.End{}, err
	}
	full, err := c.mustReadAll(ctx)
	if err != nil {
		return sdk.End{}, err
	}
	if full {
		err = c.readAll(ctx)
	} else {
		err = c.readChanges(ctx)
	}
	if err != nil {
		return sdk.End{}, err
	}
	return c.finish(full)
}

// open connects to every directory.
func (c *collection) open(ctx context.Context) error {
	for _, spec := range c.set.directories() {
		dir, err := c.openOne(ctx, spec)
		if err != nil {
			return err
		}
		f := dir.about()
		if len(f.bases) == 0 {
			f.bases = []string{f.root}
		}
		d := &dirState{dir: dir, perBase: map[string]int64{}, before: c.prev.dir(f.where), inScope: outermost(f.bases)}
		d.after = dirCursor{Where: f.where, Replica: f.replica, USN: f.usn, Stamp: f.stamp, OUs: map[string]int64{}}
		d.conv = &converter{
			facts: f, rules: c.rules, refs: c.refs, clock: clock{c.loc}, now: c.req.Now.Unix(), layout: c.layout, warnings: c.warnings,
			unit: newLocator(c.set.OrgUnit, f.bases), pupils: newLocator(*c.set.PupilOrgUnit, f.bases),
		}
		c.dirs = append(c.dirs, d)
	}
	return nil
}

func (c *collection) openOne(ctx context.Context, spec Directory) (directory, error) {
	if spec.File != "" {
		return openFile(ctx, spec, c.req.Settings.BaseDir)
	}
	return openServer(ctx, &c.set, spec, c.req.Settings.BaseDir)
}

// outermost leaves out bases that stand beneath another: nothing is read twice.
func outermost(bases []string) []string {
	var out []string
	for i, b := range bases {
		inside := false
		for j, o := range bases {
			kb, ko := dnKey(b), dnKey(o)
			inside = inside || i != j && beneath(kb, ko) && (kb != ko || j < i)
		}
		if !inside {
			out = append(out, b)
		}
	}
	return out
}

// resolve finds the members of every watched group. A group of the settings
// that no directory has ends the collection: a rule that silently never
// matches would show protected persons or pupils as ordinary accounts.
func (c *collection) resolve(ctx context.Context) error {
	for _, d := range c.dirs {
		var err error
		if s, ok := d.dir.(*server); ok && s.facts.ad {
			d.members, err = s.resolveAD(ctx, c.watch)
		} else {
			d.members, err = resolveHere(ctx, d.dir, c.watch)
		}
		if err != nil {
			return err
		}
		if err = c.decidable(d); err != nil {
			return err
		}
		d.groups = d.members.states(c.watch)
		d.conv.watch = c.watch
	}
	if m := c.watch.missing(); len(m) > 0 {
		return fmt.Errorf("grupper i inställningarna finns inte i katalogen, eller läskontot får inte se dem: %s: %w",
			strings.Join(m, "; "), sdk.ErrUnreachable)
	}
	return nil
}

// decidable refuses a directory that does not have the attributes that decide
// whom to keep back. An export without them would show everybody.
func (c *collection) decidable(d *dirState) error {
	f := d.dir.about()
	var absent []string
	need := func(t *test) {
		for _, a := range t.attrs {
			if !f.known[a.slot] {
				absent = append(absent, attributeNames[a.slot])
			}
		}
	}
	for i := range c.rules.protected {
		need(&c.rules.protected[i])
	}
	for i := range c.rules.categories {
		if c.rules.categories[i].category == "pupil" {
			need(&c.rules.categories[i].test)
		}
	}
	if len(absent) > 0 {
		return fmt.Errorf("%s: %s finns inte i katalogen, och avgör vilka som är skyddade eller elever: %w", f.where, strings.Join(absent, ", "), sdk.ErrBadInput)
	}
	return nil
}

// mustReadAll decides between a full pass and what changed.
func (c *collection) mustReadAll(ctx context.Context) (bool, error) {
	p := c.prev
	if p == nil || c.req.Full || c.forget || !c.req.Dated.IsZero() ||
		c.req.Now.Sub(time.Unix(p.FullAt, 0)) >= time.Duration(c.set.FullEvery) {
		return true, nil
	}
	for _, d := range c.dirs {
		if !d.canContinue() {
			return true, nil
		}
	}
	for _, d := range c.dirs {
		if _, ok := moved(d.before.Groups, d.groups); !ok {
			return true, nil
		}
		if gone, err := d.deletions(ctx); err != nil || gone {
			return true, err
		}
	}
	return false, nil
}

func (c *collection) begin(full bool) error {
	if c.begun {
		return nil
	}
	c.begun = true
	return c.out.Begin(c.header(full))
}

// emit sends a record, in batches.
func (c *collection) emit(r record.Record) error {
	c.batch = append(c.batch, r)
	c.seen++
	if len(c.batch) < batchSize {
		return nil
	}
	return c.flush()
}

func (c *collection) flush() error {
	if len(c.batch) > 0 {
		if err := c.out.Write(c.batch); err != nil {
			return err
		}
		c.batch = c.batch[:0]
	}
	if len(c.purged) > 0 {
		if err := c.out.Purge(record.Account, c.purged); err != nil {
			return err
		}
		c.purged = c.purged[:0]
	}
	return c.out.Progress(c.seen, 0)
}

// mapped lists what this collection can say anything of.
func (c *collection) mapped(full bool) map[record.Kind][]string {
	m := map[record.Kind][]string{}
	add := func(k record.Kind, fields []string) {
		for _, f := range fields {
			if !slices.Contains(m[k], f) {
				m[k] = append(m[k], f)
			}
		}
	}
	for _, d := range c.dirs {
		f := d.dir.about()
		add(record.Account, accountFields(&f.known, c.rules))
		if !c.set.Computers.Skip {
			add(record.Asset, computerFields(&f.known, c.rules))
		}
	}
	if full && c.countsPupils() {
		add(record.Observation, pupilFields())
	}
	return m
}

func (c *collection) countsPupils() bool {
	for i := range c.rules.categories {
		if c.rules.categories[i].category == "pupil" {
			return true
		}
	}
	return false
}
