package http

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/kommunpuls/kommunpuls/internal/column"
	"github.com/kommunpuls/kommunpuls/plugins/sdk"
	"github.com/kommunpuls/kommunpuls/plugins/sdk/record"
)

// collection is one run of a plan.
type collection struct {
	plan    *plan
	req     sdk.CollectRequest
	client  *client
	out     *writer
	full    bool
	partial bool    // a list was not given whose kind other lists have
	old     *cursor // nil: nothing to go on from
	next    cursor
	lookups []any    // values of the lookups, in order
	unread  []string // lookups that could not be read
	seen    int64
	purges  map[record.Kind][]string
}

func collect(ctx context.Context, pl *plan, req sdk.CollectRequest, out sdk.Sink) (end sdk.End, err error) {
	cl, err := newClient(pl, req.Now, req.Settings.BaseDir)
	if err != nil {
		return sdk.End{}, located(pl, err)
	}
	defer cl.close(ctx)
	print := fingerprint(req.Settings, pl.text)
	c := &collection{plan: pl, req: req, client: cl, old: openCursor(req.Cursor, print), purges: make(map[record.Kind][]string)}
	c.full = pl.full(c.old, req)
	c.next = cursor{Settings: print, FullAt: req.Now.Unix(), Newest: make(map[string]int64)}
	if !c.full {
		c.next.FullAt, c.next.Counted = c.old.FullAt, c.old.Counted
	}
	c.out = newWriter(out)
	if err := c.run(ctx, out); err != nil {
		if ctx.Err() != nil {
			return sdk.End{}, ctx.Err()
		}
		return sdk.End{}, located(pl, err)
	}
	b, err := json.Marshal(c.next)
	if err != nil {
		return sdk.End{}, fmt.Errorf("http: cursor: %w", err)
	}
	return sdk.End{Cursor: b, Seen: c.seen}, nil
}

// located says which source and system an error is about.
func located(pl *plan, err error) error {
	return fmt.Errorf("%s (%s): %w", pl.instance, pl.profile.Title.SV, err)
}

func (c *collection) run(ctx context.Context, out sdk.Sink) error {
	if err := c.readLookups(ctx); err != nil {
		return err
	}
	feeds, err := c.open(ctx)
	defer func() {
		for _, f := range feeds {
			f.close()
		}
	}()
	if err != nil {
		return err
	}
	if c.partial {
		c.next.FullAt = 0 // the next one tries to read everything again
	}
	c.out.header = c.header(feeds)
	c.out.holds = slices.ContainsFunc(feeds, func(f *feed) bool { return f.stream.changed != nil })
	if c.old != nil && c.old.Content > 0 {
		c.out.content = time.Unix(c.old.Content, 0).UTC()
	}
	if !c.out.holds {
		if err := c.out.begin(false); err != nil {
			return err
		}
	}
	for _, f := range feeds {
		if err := c.stream(ctx, f); err != nil {
			return err
		}
	}
	if err := c.out.end(); err != nil {
		return err
	}
	for _, kind := range sortedKeys(c.purges) {
		ids := c.purges[kind]
		slices.Sort(ids)
		if err := out.Purge(kind, slices.Compact(ids)); err != nil {
			return err
		}
	}
	if !c.out.header.ContentAt.IsZero() {
		c.next.Content = c.out.header.ContentAt.Unix()
	}
	return nil
}

// readLookups reads every lookup that the settings ask for and a stream uses.
func (c *collection) readLookups(ctx context.Context) error {
	for i := range c.plan.lookups {
		l := c.plan.lookups[i]
		if !c.plan.holds(l.When) {
			c.lookups = append(c.lookups, map[string]any{})
			c.unread = append(c.unread, l.Name)
			continue
		}
		m, read, err := c.client.lookup(ctx, l, c.lookups)
		if err != nil {
			return err
		}
		c.lookups = append(c.lookups, m)
		if !read {
			c.unread = append(c.unread, l.Name)
			c.out.later = append(c.out.later, c.unreadWarning(l.shown()))
		}
	}
	return nil
}

// unreadWarning tells of an optional list that this account or server has not.
func (c *collection) unreadWarning(what string) sdk.Warning {
	return sdk.Warning{
		Place: record.Place{Doc: c.plan.profile.Title.SV}, Code: "not_available",
		Reason: fmt.Sprintf("Servern lät inte kontot läsa %s; det som behöver den räknas som att uppgift saknas.", what),
	}
}

// open begins every stream. The first page of an optional one is read at once,
// since it decides what is mapped.
func (c *collection) open(ctx context.Context) ([]*feed, error) {
	var feeds []*feed
	var absent []record.Kind
	for _, st := range c.plan.streams {
		for _, s := range st.skips {
			// Who is protected must be known before anyone is read.
			if at := slices.IndexFunc(c.unread, func(l string) bool { return s.Purge && s.when.Uses("$"+l) }); at >= 0 {
				return feeds, unusable("%s: uppslaget %s behövs för att veta vad som inte får läsas, och servern ger det inte", st.Title.SV, c.unread[at])
			}
		}
		p, problems := column.New(st.Kind, st.mappedWith(c.unread), st.options)
		if len(problems) > 0 {
			return feeds, sdk.Invalid(problems)
		}
		f, err := c.newFeed(ctx, st, p)
		if err != nil {
			return feeds, err
		}
		if len(st.Optional) == 0 {
			feeds = append(feeds, f)
			continue
		}
		switch err := f.peek(ctx); {
		case err == nil:
			feeds = append(feeds, f)
			c.next.Read = append(c.next.Read, st.Name)
		case errors.As(err, new(*optionalError)):
			f.close()
			if c.full && !c.req.Full && c.old != nil && slices.Contains(c.old.Read, st.Name) {
				// A full pass without it would take all of it for deleted.
				return feeds, unreachable("servern lät inte längre kontot läsa listan %s, som gick att läsa förut; "+
					"har behörigheten tagits bort med flit, kör kommunpuls collect %s --full", st.Title.SV, c.plan.instance)
			}
			c.out.later = append(c.out.later, c.unreadWarning("listan "+st.Title.SV))
			absent = append(absent, st.Kind)
		default:
			f.close()
			return feeds, err
		}
	}
	if len(feeds) == 0 {
		return nil, unreachable("servern lät inte kontot läsa någon av listorna")
	}
	for _, f := range feeds {
		// Records that another list of the kind has are not gone.
		c.partial = c.partial || slices.Contains(absent, f.stream.Kind)
	}
	return feeds, nil
}

// header says what the collection can say anything of.
func (c *collection) header(feeds []*feed) sdk.Header {
	h := sdk.Header{Mapped: make(map[record.Kind][]string), Full: c.full && !c.partial, CoversAll: c.full && !c.partial}
	add := func(k record.Kind, names []string) {
		for _, n := range names {
			if !slices.Contains(h.Mapped[k], n) {
				h.Mapped[k] = append(h.Mapped[k], n)
			}
		}
	}
	for _, f := range feeds {
		st := f.stream
		add(st.Kind, f.columns.Mapped())
		if len(st.counts) > 0 && c.full {
			add(record.Observation, countFields())
			h.CoversAll = false // yesterday's counts are not read again
		}
		if st.schema.EventTime != "" && st.Part {
			h.CoversAll = false
		}
		if st.Supplements != "" {
			if h.Supplements == nil {
				h.Supplements = make(map[record.Kind]string)
			}
			h.Supplements[st.Kind] = st.Supplements
		}
	}
	return h
}
