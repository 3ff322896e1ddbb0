package sql

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/kommunpuls/kommunpuls/internal/column"
	"github.com/kommunpuls/kommunpuls/plugins/sdk"
	"github.com/kommunpuls/kommunpuls/plugins/sdk/record"
)

// Collect implements [sdk.Source]. Nothing is said of any row until the server
// has answered and every mapped column is found in the answer.
func (Source) Collect(ctx context.Context, req sdk.CollectRequest, out sdk.Sink) (sdk.End, error) {
	p, problems := newPlan(req.Settings)
	if len(problems) > 0 {
		return sdk.End{}, sdk.Invalid(problems)
	}
	print, err := p.fingerprint(req.Settings)
	if err != nil {
		return sdk.End{}, err
	}
	c := collection{plan: p, req: req, out: out, before: parseCursor(req.Cursor, print)}
	end, err := c.run(ctx)
	if err != nil {
		return sdk.End{}, fmt.Errorf("%s: %w", p.doc(), settled(ctx, err))
	}
	return end, nil
}

// settled lets a collection that was cancelled say so, whatever the driver
// made of it.
func settled(ctx context.Context, err error) error {
	if ctx.Err() != nil && !errors.Is(err, ctx.Err()) {
		return ctx.Err()
	}
	return err
}

// collection is one reading of one query.
type collection struct {
	*plan
	req    sdk.CollectRequest
	out    sdk.Sink
	before cursor
}

// full tells whether everything is read.
func (c *collection) full() bool {
	return c.Increment == nil || c.req.Full || !c.req.Dated.IsZero() || c.before.Mark == nil ||
		c.req.Now.Sub(c.before.Full) >= c.Increment.FullEvery.Or(defaultFullEvery)
}

// since is what :since is bound to.
func (c *collection) since() mark {
	if c.full() {
		return c.start
	}
	m := c.before.Mark.back(c.Increment.Overlap.Or(defaultOverlap))
	if !m.after(c.start) {
		return c.start
	}
	return m
}

func (c *collection) run(ctx context.Context) (end sdk.End, err error) {
	connect, connected := context.WithTimeout(ctx, connectTimeout)
	db, err := c.open(connect)
	if connected(); err != nil {
		return sdk.End{}, err
	}
	defer func() { err = errors.Join(err, db.close()) }()
	query, cancel := context.WithTimeoutCause(ctx, c.timeout+c.grace(), errTooLong)
	defer cancel()
	var b binding
	rs, err := db.query(query, c.statement, c.since(), func(names []string) (cols []int, err error) {
		b, cols, err = c.bind(names)
		return cols, err
	})
	if err != nil {
		return sdk.End{}, c.ofQuery(query, err)
	}
	defer rs.close()
	defer func() {
		if err != nil {
			cancel() // else closing would read the rest of the result
		}
	}()
	h := sdk.Header{
		Mapped: map[record.Kind][]string{c.Record: c.record.Mapped()},
		Full:   c.full(), CoversAll: c.full() && c.Covers == "all", ContentAt: c.before.Content,
		Supplements: column.Supplements(c.Record, c.Supplements),
	}
	if err := c.out.Begin(h); err != nil {
		return sdk.End{}, err
	}
	r := c.reading(b)
	if err := r.all(ctx, rs); err != nil {
		return sdk.End{}, err
	}
	if err := rs.err(); err != nil {
		return sdk.End{}, fmt.Errorf("efter rad %d: %w", r.row, c.ofQuery(query, err))
	}
	if err := errors.Join(r.batch.Flush(r.out), c.out.Progress(r.row, r.row)); err != nil {
		return sdk.End{}, err
	}
	return c.end(r)
}

// grace is how much longer than the query's limit is waited, where the server
// knows the limit and ends the query itself.
func (c *collection) grace() time.Duration {
	if c.Driver == postgres || c.Driver == mySQL {
		return 10 * time.Second
	}
	return 0
}

// errTooLong is the cause of a query's context that ended by its own limit.
var errTooLong = errors.New("statement timeout")

// ofQuery explains an error of the query.
func (c *collection) ofQuery(query context.Context, err error) error {
	if errors.Is(context.Cause(query), errTooLong) {
		r := c.tooLong()
		return fmt.Errorf("%s: %w", r.text, r.kind)
	}
	return c.explained(err)
}

// end makes the cursor of the next collection.
func (c *collection) end(r *reading) (sdk.End, error) {
	next := cursor{Settings: c.before.Settings, Mark: c.before.Mark, Full: c.before.Full, Content: c.before.Content}
	if c.full() {
		next.Full, next.Mark = c.req.Now, nil
	}
	if c.Increment != nil {
		if next.Mark == nil {
			start := c.start
			next.Mark = &start
		}
		if newest := r.newest.bounded(c.req.Now, c.zone); r.marked && newest.after(*next.Mark) {
			next.Mark = &newest
		}
		if when := next.Mark.when(c.zone); when.After(next.Content) && next.Mark.after(c.start) {
			next.Content = when
		}
	}
	if r.changed.After(next.Content) {
		next.Content = r.changed
	}
	if next.Content.After(c.req.Now) {
		next.Content = c.req.Now
	}
	b, err := json.Marshal(next)
	if err != nil {
		return sdk.End{}, fmt.Errorf("cursor: %w", err)
	}
	return sdk.End{Cursor: b, Seen: r.seen}, nil
}

// place says where a row stands. Only warnings number it: a query has no order
// of its own, and a record is found by its id.
func (p *plan) place(row int64) record.Place {
	return record.Place{Doc: p.doc(), Row: row}
}

// rowText is a place in a text.
func rowText(row int64) string { return fmt.Sprintf("rad %d", row) }

// joined is a list of alternatives in a text.
func joined(alternatives []string) string { return strings.Join(alternatives, "” eller ”") }

// utc is the instant of seconds since 1970.
func utc(s int64) time.Time { return time.Unix(s, 0).UTC() }
