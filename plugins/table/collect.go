package table

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"

	"github.com/kommunpuls/kommunpuls/internal/column"
	"github.com/kommunpuls/kommunpuls/internal/sheet"
	"github.com/kommunpuls/kommunpuls/plugins/sdk"
	"github.com/kommunpuls/kommunpuls/plugins/sdk/record"
)

// Collect implements [sdk.Source]. Nothing is said of any row until every file
// has been opened, every mapped header found and the content dated.
func (Source) Collect(ctx context.Context, req sdk.CollectRequest, out sdk.Sink) (sdk.End, error) {
	p, problems := newPlan(req.Settings)
	if len(problems) > 0 {
		return sdk.End{}, sdk.Invalid(problems)
	}
	files, err := p.files()
	if err != nil {
		return sdk.End{}, err
	}
	old := parseCursor(req.Cursor)
	next := cursor{Settings: fingerprint(req.Settings), Files: files, Checked: req.Now}
	same, err := p.unchanged(ctx, files, old, next.Settings)
	if err != nil {
		return sdk.End{}, err
	}
	if same && !req.Full && req.Dated.IsZero() {
		next.Content = old.Content
		if err := out.Begin(sdk.Header{Mapped: p.mapped(), Full: true, CoversAll: p.Covers == "all", Supplements: p.supplements(), Unchanged: true, ContentAt: old.Content}); err != nil {
			return sdk.End{}, err
		}
		return ended(next, 0)
	}
	c := collection{plan: p, req: req, out: out, files: files}
	seen, err := c.run(ctx)
	if err != nil {
		return sdk.End{}, located(err)
	}
	next.Content = c.survey.content
	return ended(next, seen)
}

func ended(c cursor, seen int64) (sdk.End, error) {
	b, err := json.Marshal(c)
	if err != nil {
		return sdk.End{}, fmt.Errorf("table: cursor: %w", err)
	}
	return sdk.End{Cursor: b, Seen: seen}, nil
}

func (p *plan) supplements() map[record.Kind]string {
	return column.Supplements(p.Record, p.Supplements)
}

// collection is one run over all files.
type collection struct {
	plan   *plan
	req    sdk.CollectRequest
	out    sdk.Sink
	files  []file
	survey survey
	open   map[string]*sheet.Book // kept from the survey when there is but one
	total  int64
}

func (c *collection) run(ctx context.Context) (seen int64, err error) {
	c.open = make(map[string]*sheet.Book)
	defer func() {
		for _, b := range c.open {
			err = errors.Join(err, b.Close())
		}
	}()
	var faults []error
	for _, f := range c.files {
		c.total += f.Size
		if err := c.look(ctx, f.Path); err != nil {
			faults = append(faults, located(err))
		}
	}
	if len(faults) > 0 {
		return 0, errors.Join(faults...)
	}
	p := c.plan
	h := sdk.Header{Mapped: p.mapped(), Full: true, CoversAll: p.Covers == "all", Supplements: p.supplements(), ContentAt: c.survey.content}
	if err := c.out.Begin(h); err != nil {
		return 0, err
	}
	for _, s := range c.survey.skipped {
		w := sdk.Warning{Place: record.Place{Doc: s}, Code: "sheet_skipped", Reason: "Bladet har inga av de rubriker som inställningarna pekar ut och läses inte."}
		if err := c.out.Warn(w); err != nil {
			return 0, err
		}
	}
	r := newReading(p, c.out)
	if err := c.read(ctx, r); err != nil {
		return 0, err
	}
	if err := errors.Join(r.batch.Flush(r.out), c.out.Progress(c.total, c.total)); err != nil {
		return 0, err
	}
	return r.seen, settled(c.files)
}

// look surveys one file.
func (c *collection) look(ctx context.Context, path string) error {
	b, err := c.book(ctx, path)
	if err != nil {
		return err
	}
	return errors.Join(c.survey.book(ctx, c.plan, b, path, c.req.Now), c.done(path))
}

// read reads every bound sheet in turn.
func (c *collection) read(ctx context.Context, r *reading) error {
	before := int64(0) // bytes of the files that are done
	bound := c.survey.bound
	for i, bd := range bound {
		b, err := c.book(ctx, bd.path)
		if err != nil {
			return err
		}
		err = r.sheet(ctx, b, bd, func(done int64) error { return c.out.Progress(min(c.total, before+done), c.total) })
		if err != nil {
			return err
		}
		if i+1 == len(bound) || bound[i+1].path != bd.path {
			before += b.Size
			if err := c.done(bd.path); err != nil {
				return err
			}
		}
	}
	return nil
}

func (c *collection) book(ctx context.Context, path string) (*sheet.Book, error) {
	if b := c.open[path]; b != nil {
		return b, nil
	}
	b, err := sheet.Open(ctx, path, sheet.Options{Encoding: c.plan.Encoding, Delimiter: c.plan.Delimiter})
	if err != nil {
		return nil, err
	}
	c.open[path] = b
	return b, nil
}

// done closes a file unless it is the only one: then it is read next, and a
// workbook's texts need not be loaded twice.
func (c *collection) done(path string) error {
	if len(c.files) == 1 {
		return nil
	}
	b := c.open[path]
	delete(c.open, path)
	return b.Close()
}
