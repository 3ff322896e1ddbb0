package exchange

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"time"

	"github.com/kommunpuls/kommunpuls/internal/exchange"
	"github.com/kommunpuls/kommunpuls/plugins/sdk"
	"github.com/kommunpuls/kommunpuls/plugins/sdk/record"
)

// cursor remembers what was read and with which settings.
type cursor struct {
	Files    map[string]string `json:"files"` // name → hash of the content
	Settings Settings          `json:"settings"`
}

// file is one file that was read.
type file struct {
	name, sum string
	exchange.Content
}

// Collect implements [sdk.Source]. All files are read and checked before
// anything is said: one bad file, and what is known stays as it is.
func (Source) Collect(ctx context.Context, req sdk.CollectRequest, out sdk.Sink) (sdk.End, error) {
	set, ps := parse(req.Settings)
	if len(ps) > 0 {
		return sdk.End{}, sdk.Invalid(ps)
	}
	names, err := list(set.Files, req.Settings.BaseDir)
	if err != nil {
		return sdk.End{}, err
	}
	var files []file
	var faults []error
	next := cursor{Files: map[string]string{}, Settings: set}
	for _, name := range names {
		if err := ctx.Err(); err != nil {
			return sdk.End{}, err
		}
		f, err := open(ctx, name, exchange.Reader{Now: req.Now, Demo: set.Demo})
		if err != nil {
			faults = append(faults, err)
			continue
		}
		files = append(files, f)
		next.Files[name] = f.sum
	}
	if len(faults) > 0 {
		return sdk.End{}, errors.Join(faults...)
	}
	state, err := json.Marshal(next)
	if err != nil {
		return sdk.End{}, fmt.Errorf("exchange: cursor: %w", err)
	}
	h := sdk.Header{Mapped: map[record.Kind][]string{record.Observation: fields()}, Full: true, CoversAll: true}
	for _, f := range files {
		if f.Made.After(h.ContentAt) {
			h.ContentAt = f.Made
		}
	}
	h.Unchanged = !req.Full && req.Dated.IsZero() && slices.Equal(req.Cursor, state)
	if err := out.Begin(h); err != nil {
		return sdk.End{}, err
	}
	if h.Unchanged {
		return sdk.End{Cursor: state}, nil
	}
	seen, err := write(files, set, out)
	if err != nil {
		return sdk.End{}, err
	}
	return sdk.End{Cursor: state, Seen: seen}, out.Progress(int64(len(files)), int64(len(files)))
}

// write gives each municipality's newest file, and warns of those that are left.
func write(files []file, set Settings, out sdk.Sink) (seen int64, err error) {
	newest := map[string]string{} // code → file
	slices.SortStableFunc(files, func(a, b file) int { return cmp.Or(b.Made.Compare(a.Made), cmp.Compare(a.name, b.name)) })
	var recs []record.Record
	for _, f := range files {
		m := f.Municipality
		place := record.Place{Doc: filepath.Base(f.name)}
		first, again := newest[m.Code]
		switch {
		case m.Code == set.Own:
			err = out.Warn(sdk.Warning{Place: place, Code: "own_file", Reason: "Filen är den egna kommunens och läses inte."})
		case again:
			err = out.Warn(sdk.Warning{Place: place, Code: "older_file", Reason: fmt.Sprintf("Kommunen %s har en nyare fil (%s); den här läses inte.", m.Code, filepath.Base(first))})
		default:
			newest[m.Code] = f.name
			recs = append(recs, f.records(set.Group)...)
		}
		if err != nil {
			return 0, err
		}
	}
	for part := range slices.Chunk(recs, 500) {
		if err := out.Write(part); err != nil {
			return 0, err
		}
	}
	return int64(len(recs)), nil
}

// list finds the files, each once and in order.
func list(patterns []string, base string) ([]string, error) {
	var out []string
	for _, p := range patterns {
		path := p
		if !filepath.IsAbs(path) {
			path = filepath.Join(base, path)
		}
		st, err := os.Stat(path)
		switch {
		case err == nil && st.IsDir():
			path = filepath.Join(path, "*.json")
		case err == nil:
			out = append(out, path)
			continue
		case !errors.Is(err, fs.ErrNotExist):
			return nil, fmt.Errorf("%s går inte att nå: %w", p, sdk.ErrUnreachable)
		}
		names, gerr := filepath.Glob(path)
		if gerr != nil {
			return nil, fmt.Errorf("%s går inte att tolka: %w", p, sdk.ErrBadInput)
		}
		if err != nil && len(names) == 0 {
			return nil, fmt.Errorf("%s finns inte: %w", p, sdk.ErrUnreachable)
		}
		out = append(out, names...)
	}
	slices.Sort(out)
	return slices.Compact(out), nil
}

// open reads and checks one file.
func open(ctx context.Context, path string, r exchange.Reader) (f file, err error) {
	f.name = path
	base := filepath.Base(path)
	st, err := os.Stat(path)
	switch {
	case err != nil:
		return f, fmt.Errorf("%s: filen går inte att nå: %w", base, sdk.ErrUnreachable)
	case !st.Mode().IsRegular():
		return f, fmt.Errorf("%s: det är ingen vanlig fil: %w", base, sdk.ErrBadInput)
	}
	in, err := os.Open(path) //nolint:gosec // the operator names it
	if err != nil {
		return f, fmt.Errorf("%s: filen går inte att öppna: %w", base, sdk.ErrUnreachable)
	}
	defer func() { err = errors.Join(err, in.Close()) }()
	hash := sha256.New()
	if f.Content, err = r.Read(base, io.TeeReader(in, hash)); err != nil {
		if ctx.Err() != nil {
			return f, ctx.Err()
		}
		return f, fmt.Errorf("%w: %w", sdk.ErrBadInput, err)
	}
	f.sum = hex.EncodeToString(hash.Sum(nil))
	return f, nil
}

// records are a file's benchmarks: one for each figure, and how many
// inhabitants the municipality has.
func (f file) records(group string) []record.Record {
	m := f.Municipality
	base := func(metric string, at time.Time) record.Record {
		rec := record.New(record.Observation, m.Code+"|"+metric+"|"+at.UTC().Format(time.RFC3339))
		rec.Place = record.Place{Doc: filepath.Base(f.name)}
		for name, v := range map[string]string{"kind": "benchmark", "metric": metric, "subject": m.Code, "comparison_group": group, "external_source": m.Name} {
			set(&rec, name, record.Value{State: record.Set, S: v})
		}
		set(&rec, "started_at", record.Value{State: record.Set, I: at.Unix()})
		return rec
	}
	var out []record.Record
	if m.Inhabitants > 0 {
		rec := base(exchange.InhabitantsMetric, f.Made)
		set(&rec, "value", record.Value{State: record.Set, F: float64(m.Inhabitants)})
		out = append(out, rec)
	}
	for _, x := range f.Figures {
		rec := base(exchange.MetricPrefix+x.KPI, x.AsOf)
		for name, v := range map[string]string{"unit": x.Unit, "method": x.Method, "period": x.AsOf.UTC().Format("2006-01")} {
			set(&rec, name, record.Value{State: record.Set, S: v})
		}
		set(&rec, "value", record.Value{State: record.Set, F: x.Value})
		whole(&rec, "ok", x.Numerator)
		whole(&rec, "samples", x.Denominator)
		out = append(out, rec)
	}
	return out
}

// whole sets a count, if it is one.
func whole(rec *record.Record, field string, v *float64) {
	if v != nil && *v == float64(int64(*v)) {
		set(rec, field, record.Value{State: record.Set, I: int64(*v)})
	}
}

func set(rec *record.Record, field string, v record.Value) {
	schema, _ := record.Lookup(rec.Kind)
	rec.Values[schema.Index(field)] = v
}
