package prometheus

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/url"
	"strconv"
	"time"

	"github.com/kommunpuls/kommunpuls/plugins/sdk"
	"github.com/kommunpuls/kommunpuls/plugins/sdk/record"
)

// maxPoints bounds the points of a series in one answer; Prometheus gives no
// more than 11,000.
const maxPoints = 5000

// Collect implements [sdk.Source].
func (Source) Collect(ctx context.Context, req sdk.CollectRequest, out sdk.Sink) (sdk.End, error) {
	p, problems := newPlan(req.Settings)
	if len(problems) > 0 {
		return sdk.End{}, sdk.Invalid(problems)
	}
	print, err := p.fingerprint()
	if err != nil {
		return sdk.End{}, err
	}
	cl, err := p.client()
	if err != nil {
		return sdk.End{}, err
	}
	defer cl.close()
	c := collection{client: cl, out: out, now: req.Now, before: parseCursor(req.Cursor, print)}
	if !req.Dated.IsZero() {
		c.now = req.Dated
	}
	if req.Full || !req.Dated.IsZero() {
		c.before = cursor{Settings: print}
	}
	end, err := c.run(ctx)
	if err != nil {
		if ctx.Err() != nil && !errors.Is(err, ctx.Err()) {
			err = ctx.Err() // whatever the transport made of it
		}
		return sdk.End{}, fmt.Errorf("%s: %w", p.doc(), err)
	}
	return end, nil
}

// collection asks every query once.
type collection struct {
	*client
	out    sdk.Sink
	now    time.Time
	before cursor
	after  cursor
	seen   int64
}

func (c *collection) run(ctx context.Context) (sdk.End, error) {
	mapped := map[string]bool{}
	var names []string
	for _, q := range c.queries {
		for _, n := range q.record.Mapped() {
			if !mapped[n] {
				mapped[n] = true
				names = append(names, n)
			}
		}
	}
	h := sdk.Header{Mapped: map[record.Kind][]string{record.Observation: names}, Full: c.before.Until.IsZero(), ContentAt: c.before.Newest}
	if err := c.out.Begin(h); err != nil {
		return sdk.End{}, err
	}
	c.after = cursor{Settings: c.before.Settings, Until: c.now, Newest: c.before.Newest}
	for i := range c.queries {
		if err := c.query(ctx, &c.queries[i]); err != nil {
			return sdk.End{}, fmt.Errorf("frågan %s: %w", c.queries[i].Metric, err)
		}
		if err := c.out.Progress(int64(i+1), int64(len(c.queries))); err != nil {
			return sdk.End{}, err
		}
	}
	b, err := json.Marshal(c.after)
	if err != nil {
		return sdk.End{}, fmt.Errorf("cursor: %w", err)
	}
	return sdk.End{Cursor: b, Seen: c.seen}, nil
}

// window is the steps that are asked for, in seconds since 1970, both included.
// Steps are counted from 1970 too, so that the same point has the same id at
// every reading.
func (c *collection) window(step time.Duration) (from, to int64) {
	s := int64(step / time.Second)
	to = c.now.Unix() / s * s
	since := c.now.Add(-c.History.Or(defaultHistory))
	if !c.before.Until.IsZero() {
		since = c.before.Until.Add(-c.overlap)
	}
	return since.Unix() / s * s, to
}

// query asks one query, over time in pieces that the server can give.
func (c *collection) query(ctx context.Context, q *query) error {
	w := c.writer(q)
	if q.step == 0 {
		if err := c.one(ctx, w, "query", url.Values{"query": {q.Query.Query}, "time": {strconv.FormatInt(c.now.Unix(), 10)}}); err != nil {
			return err
		}
		return w.end()
	}
	from, to := c.window(q.step)
	s := int64(q.step / time.Second)
	if q.Intervals {
		w.resume(c.before.Spans, from, to)
	}
	for from <= to {
		last := min(to, from+(maxPoints-1)*s)
		err := c.one(ctx, w, "query_range", url.Values{
			"query": {q.Query.Query}, "start": {strconv.FormatInt(from, 10)}, "end": {strconv.FormatInt(last, 10)}, "step": {strconv.FormatInt(s, 10)},
		})
		if err != nil {
			return err
		}
		from = last + s
	}
	return w.end()
}

// one asks once and writes what is answered.
func (c *collection) one(ctx context.Context, w *writer, call string, form url.Values) error {
	ctx, cancel := context.WithTimeout(ctx, c.timeout+5*time.Second) // the server is the first to give up
	defer cancel()
	body, err := c.ask(ctx, call, form)
	if err != nil {
		return err
	}
	defer func() { _ = body.Close() }()
	w.answer()
	warnings, err := readAnswer(body, w.series)
	if err != nil {
		if errors.Is(err, sdk.ErrBadInput) || errors.Is(err, sdk.ErrUnreachable) || w.failed {
			return err
		}
		return c.unreachable(err)
	}
	if len(warnings) == 0 {
		return nil
	}
	// What it warns of may quote labels, and they may hold a name.
	return c.out.Warn(sdk.Warning{Place: w.place(), Code: "prometheus_warning",
		Reason: fmt.Sprintf("Prometheus varnar (%d gånger) för att svaret kan vara ofullständigt. Ställ frågan i Prometheus för att se varför.", len(warnings))})
}
