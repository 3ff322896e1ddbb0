package pingcastle

import (
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
	"strings"
	"time"

	"github.com/kommunpuls/kommunpuls/plugins/sdk"
	"github.com/kommunpuls/kommunpuls/plugins/sdk/record"
)

// cursor remembers what was read.
type cursor struct {
	Files map[string]string `json:"files"` // name → hash of the content
	Zone  string            `json:"zone"`
}

// Collect implements [sdk.Source]. All reports are read before anything is said.
func (Source) Collect(ctx context.Context, req sdk.CollectRequest, out sdk.Sink) (sdk.End, error) {
	pattern, zone, ps := parse(req.Settings)
	if len(ps) > 0 {
		errs := make([]error, len(ps))
		for i, p := range ps {
			errs[i] = errors.New(strings.TrimPrefix(p.Field+": "+p.Message, ": "))
		}
		return sdk.End{}, fmt.Errorf("%w: %w", sdk.ErrBadInput, errors.Join(errs...))
	}
	names, err := reports(pattern)
	if err != nil {
		return sdk.End{}, err
	}
	next := cursor{Files: map[string]string{}, Zone: zone.String()}
	var recs []record.Record
	var newest time.Time
	var faults []error
	for _, name := range names {
		if err := ctx.Err(); err != nil {
			return sdk.End{}, err
		}
		rep, sum, err := open(ctx, name, zone)
		if err != nil {
			faults = append(faults, err)
			continue
		}
		next.Files[filepath.Base(name)] = sum
		recs = append(recs, rep.records(filepath.Base(name))...)
		if rep.at.After(newest) {
			newest = rep.at
		}
	}
	if len(faults) > 0 {
		return sdk.End{}, errors.Join(faults...)
	}
	state, err := json.Marshal(next)
	if err != nil {
		return sdk.End{}, fmt.Errorf("pingcastle: cursor: %w", err)
	}
	h := sdk.Header{Mapped: map[record.Kind][]string{record.Assessment: fields()}, Full: true, ContentAt: newest}
	h.Unchanged = !req.Full && req.Dated.IsZero() && slices.Equal(req.Cursor, state)
	if err := out.Begin(h); err != nil {
		return sdk.End{}, err
	}
	if h.Unchanged {
		return sdk.End{Cursor: state}, nil
	}
	for part := range slices.Chunk(recs, 500) {
		if err := out.Write(part); err != nil {
			return sdk.End{}, err
		}
	}
	return sdk.End{Cursor: state, Seen: int64(len(recs))}, out.Progress(int64(len(names)), int64(len(names)))
}

// reports lists the files of a pattern.
func reports(pattern string) ([]string, error) {
	names, err := filepath.Glob(pattern)
	if err != nil {
		return nil, fmt.Errorf("mönstret går inte att tolka: %w", sdk.ErrBadInput)
	}
	if len(names) == 0 {
		return nil, fmt.Errorf("ingen rapport passar mönstret %s: %w", filepath.Base(pattern), sdk.ErrUnreachable)
	}
	slices.Sort(names)
	return names, nil
}

// open reads one report and hashes it on the way.
func open(ctx context.Context, name string, zone *time.Location) (rep report, sum string, err error) {
	base := filepath.Base(name)
	st, err := os.Stat(name)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return rep, "", fmt.Errorf("%s: filen finns inte: %w", base, sdk.ErrUnreachable)
	case err != nil:
		return rep, "", fmt.Errorf("%s: filen går inte att nå: %w", base, sdk.ErrUnreachable)
	case !st.Mode().IsRegular():
		return rep, "", fmt.Errorf("%s: det är ingen vanlig fil: %w", base, sdk.ErrBadInput)
	}
	f, err := os.Open(name) //nolint:gosec // the operator names it
	if err != nil {
		return rep, "", fmt.Errorf("%s: filen går inte att öppna: %w", base, sdk.ErrUnreachable)
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	hash := sha256.New()
	if rep, err = read(io.TeeReader(interruptible{ctx, f}, hash), zone); err != nil {
		if ctx.Err() != nil {
			return rep, "", ctx.Err()
		}
		return rep, "", fmt.Errorf("%s: %w: %w", base, err, sdk.ErrBadInput)
	}
	if _, err := io.Copy(hash, interruptible{ctx, f}); err != nil {
		return rep, "", fmt.Errorf("%s: %w", base, err)
	}
	return rep, hex.EncodeToString(hash.Sum(nil)), nil
}

// interruptible stops reading when the collection ends.
type interruptible struct {
	ctx context.Context //nolint:containedctx // a reader has no other way to be told
	r   io.Reader
}

func (i interruptible) Read(p []byte) (int, error) {
	if err := i.ctx.Err(); err != nil {
		return 0, err
	}
	return i.r.Read(p)
}

// records are a report's assessments: one for each score and each rule.
func (rep *report) records(file string) []record.Record {
	var out []record.Record
	add := func(area, indicator string, score int) {
		rec := record.New(record.Assessment, rep.domain+"|"+rep.at.UTC().Format(time.RFC3339)+"|"+indicator)
		rec.Place = record.Place{Doc: file}
		for name, v := range map[string]string{"framework": Framework, "framework_version": rep.version, "area": area, "indicator": indicator, "subject": rep.domain} {
			set(&rec, name, record.Value{State: record.Set, S: v})
		}
		set(&rec, "assessed_at", record.Value{State: record.Set, I: rep.at.Unix()})
		for name, v := range map[string]int{"score": score, "scale_min": 0, "scale_max": 100} {
			set(&rec, name, record.Value{State: record.Set, F: float64(v)})
		}
		out = append(out, rec)
	}
	names := scoreNames()
	for _, el := range []string{"globalscore", "staleobjectsscore", "privilegiedgroupscore", "trustscore", "anomalyscore"} {
		add(names[el], names[el], rep.scores[el])
	}
	seen := map[string]bool{}
	for _, r := range rep.rules {
		if seen[r.id] {
			continue // a rule stands once in a report; a second one would replace it
		}
		seen[r.id] = true
		add(r.category, r.id, r.points)
	}
	return out
}

func set(rec *record.Record, field string, v record.Value) {
	schema, _ := record.Lookup(rec.Kind)
	rec.Values[schema.Index(field)] = v
}
