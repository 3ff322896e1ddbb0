// Package klocka is the smallest honest source: it reads facts that a time
// clock writes to a JSON file, and emits them as observations.
package klocka

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"time"

	"github.com/kommunpuls/kommunpuls/plugins/sdk"
	"github.com/kommunpuls/kommunpuls/plugins/sdk/record"
)

// Source implements sdk.Source. It holds nothing: all that it knows comes with
// the settings and the cursor.
type Source struct{}

// fields are what it emits. What is not here cannot reach the daemon.
var fields = map[record.Kind][]string{
	record.Observation: {"kind", "metric", "value", "unit", "subject", "started_at"},
}

// Describe says what the source is.
func (Source) Describe() sdk.Description {
	return sdk.Description{
		Name: "klocka", Version: "1.0.0",
		ConfigSchema: json.RawMessage(`{"type":"object","additionalProperties":false,"required":["file"],"properties":{` +
			`"file":{"type":"string","description":"JSON file with facts"},` +
			`"every_ms":{"type":"integer","minimum":10,"description":"How often Watch looks, milliseconds"}}}`),
		Kinds: []record.Kind{record.Observation}, Allowed: fields,
		PrivacyNote: "Läser mätvärden ur en fil. Vem som har rapporterat ett värde läses aldrig.",
		CanWatch:    true,
	}
}

type settings struct {
	File    string `json:"file"`
	EveryMS int64  `json:"every_ms"`
}

// Validate finds every fault of the settings without opening the file.
func (Source) Validate(_ context.Context, s sdk.Settings) []sdk.Problem {
	_, problems := parse(s)
	return problems
}

func parse(s sdk.Settings) (settings, []sdk.Problem) {
	set := settings{EveryMS: 1000}
	d := json.NewDecoder(bytes.NewReader(s.JSON))
	d.DisallowUnknownFields()
	if err := d.Decode(&set); err != nil {
		return set, []sdk.Problem{{Message: fmt.Sprintf("Inställningarna kan inte läsas: %v.", err)}}
	}
	var problems []sdk.Problem
	if set.File == "" {
		problems = append(problems, sdk.Problem{Field: "file", Message: "Ange vilken fil som ska läsas."})
	}
	if set.EveryMS < 10 {
		problems = append(problems, sdk.Problem{Field: "every_ms", Message: "Ange minst 10 millisekunder."})
	}
	if set.File != "" && !filepath.IsAbs(set.File) {
		set.File = filepath.Join(s.BaseDir, set.File)
	}
	return set, problems
}

// cursor is how far the source has come, for Collect and Watch alike.
type cursor struct {
	Facts int    `json:"facts"` // read so far; the clock only ever adds
	Sum   string `json:"sum"`   // of settings and content
}

// Collect reads the whole file, or says that nothing has changed.
func (Source) Collect(ctx context.Context, req sdk.CollectRequest, out sdk.Sink) (sdk.End, error) {
	set, problems := parse(req.Settings)
	if len(problems) > 0 {
		return sdk.End{}, fmt.Errorf("%w: %s", sdk.ErrBadInput, problems[0].Message)
	}
	f, err := read(set.File)
	if err != nil {
		return sdk.End{}, err
	}
	var last cursor
	_ = json.Unmarshal(req.Cursor, &last) // a cursor that cannot be read asks for everything
	end := sdk.End{Cursor: f.cursor(len(f.facts), req.Settings), Seen: int64(len(f.facts))}
	if !req.Full && last.Sum != "" && last.Sum == f.sum(req.Settings) {
		return end, out.Begin(sdk.Header{Unchanged: true, ContentAt: f.changed})
	}
	if err := out.Begin(sdk.Header{Mapped: fields, Full: true, CoversAll: true, ContentAt: f.changed}); err != nil {
		return sdk.End{}, err
	}
	for i := range f.facts {
		if err := ctx.Err(); err != nil {
			return sdk.End{}, err
		}
		rec, warning := f.record(i)
		if warning != nil {
			err = out.Warn(*warning)
		} else {
			err = out.Write([]record.Record{rec})
		}
		if err != nil {
			return sdk.End{}, err
		}
	}
	return end, out.Progress(int64(len(f.facts)), int64(len(f.facts)))
}

// Watch sends what is added to the file. A file that is being written, and so
// cannot be read just now, is read the next time.
func (Source) Watch(ctx context.Context, req sdk.WatchRequest, out sdk.WatchSink) error {
	set, problems := parse(req.Settings)
	if len(problems) > 0 {
		return fmt.Errorf("%w: %s", sdk.ErrBadInput, problems[0].Message)
	}
	var at cursor
	_ = json.Unmarshal(req.Cursor, &at)
	tick := time.NewTicker(time.Duration(set.EveryMS) * time.Millisecond)
	defer tick.Stop()
	for {
		f, err := read(set.File)
		if err != nil && !errors.Is(err, io.ErrUnexpectedEOF) {
			return err
		}
		if err == nil && len(f.facts) > at.Facts {
			if err := out.Send(ctx, f.batch(at.Facts, req.Settings)); err != nil {
				return err
			}
			at.Facts = len(f.facts)
		}
		select {
		case <-tick.C:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}
