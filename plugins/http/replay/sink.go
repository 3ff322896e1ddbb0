package replay

import (
	"time"

	"github.com/kommunpuls/kommunpuls/plugins/sdk"
	"github.com/kommunpuls/kommunpuls/plugins/sdk/conform"
	"github.com/kommunpuls/kommunpuls/plugins/sdk/record"
)

// Outcome is what came of one collection: an entry of want.json.
type Outcome struct {
	// Error, if any; nothing else is then there.
	Error    string              `json:"error,omitempty"`
	Header   *Header             `json:"header,omitempty"`
	Seen     int64               `json:"seen,omitempty"`
	Records  []Record            `json:"records,omitempty"`
	Warnings []Warning           `json:"warnings,omitempty"`
	Purged   map[string][]string `json:"purged,omitempty"`
}

// Header is an sdk.Header.
type Header struct {
	Full        bool                `json:"full"`
	CoversAll   bool                `json:"covers_all"`
	Mapped      map[string][]string `json:"mapped"`
	Supplements map[string]string   `json:"supplements,omitempty"`
	ContentAt   string              `json:"content_at,omitempty"`
}

// Record is a record. What is blank is null, what is unset is not there. Times
// are RFC 3339 in UTC, dates those of Stockholm.
type Record struct {
	Kind   string                      `json:"kind"`
	ID     string                      `json:"id"`
	Place  string                      `json:"place"`
	Values map[string]any              `json:"values"`
	Lists  map[string][]map[string]any `json:"lists,omitempty"`
}

// Warning is a warning.
type Warning struct {
	Place   string `json:"place"`
	Column  string `json:"column,omitempty"`
	Code    string `json:"code"`
	Reason  string `json:"reason"`
	Refused bool   `json:"refused,omitempty"`
}

// sink keeps what a collection says, and holds it against the contract.
type sink struct {
	*conform.Recorder
	out  Outcome
	zone *time.Location
}

// Begin implements [sdk.Sink].
func (s *sink) Begin(h sdk.Header) error {
	s.out.Header = &Header{Full: h.Full, CoversAll: h.CoversAll, Mapped: make(map[string][]string)}
	for k, names := range h.Mapped {
		s.out.Header.Mapped[string(k)] = names
	}
	for k, label := range h.Supplements {
		if s.out.Header.Supplements == nil {
			s.out.Header.Supplements = make(map[string]string)
		}
		s.out.Header.Supplements[string(k)] = label
	}
	if !h.ContentAt.IsZero() {
		s.out.Header.ContentAt = h.ContentAt.UTC().Format(time.RFC3339)
	}
	return s.Recorder.Begin(h)
}

// Write implements [sdk.Sink].
func (s *sink) Write(recs []record.Record) error {
	for i := range recs {
		s.out.Records = append(s.out.Records, s.record(&recs[i]))
	}
	return s.Recorder.Write(recs)
}

func (s *sink) record(r *record.Record) Record {
	schema, _ := record.Lookup(r.Kind)
	out := Record{Kind: string(r.Kind), ID: r.ID, Place: place(r.Place), Values: make(map[string]any)}
	for i, v := range r.Values {
		if v.State != record.Unset {
			out.Values[schema.Fields[i].Name] = s.value(schema.Fields[i], v)
		}
	}
	for i, rows := range r.Children {
		if rows == nil {
			continue
		}
		if out.Lists == nil {
			out.Lists = make(map[string][]map[string]any)
		}
		child := schema.Children[i]
		out.Lists[child.Name] = []map[string]any{}
		for _, row := range rows {
			one := make(map[string]any)
			for j, v := range row {
				if v.State != record.Unset {
					one[child.Fields[j].Name] = s.value(child.Fields[j], v)
				}
			}
			out.Lists[child.Name] = append(out.Lists[child.Name], one)
		}
	}
	return out
}

func (s *sink) value(f record.Field, v record.Value) any {
	if v.State == record.Blank {
		return nil
	}
	switch f.Type {
	case record.Int:
		return v.I
	case record.Float:
		return v.F
	case record.Bool:
		return v.I != 0
	case record.Time:
		return time.Unix(v.I, 0).UTC().Format(time.RFC3339)
	case record.Date:
		return time.Unix(v.I, 0).In(s.zone).Format(time.DateOnly)
	}
	return v.S
}

// Warn implements [sdk.Sink].
func (s *sink) Warn(w sdk.Warning) error {
	s.out.Warnings = append(s.out.Warnings, Warning{place(w.Place), w.Column, w.Code, w.Reason, w.Refused})
	return s.Recorder.Warn(w)
}

// Purge implements [sdk.Sink].
func (s *sink) Purge(kind record.Kind, ids []string) error {
	if s.out.Purged == nil {
		s.out.Purged = make(map[string][]string)
	}
	s.out.Purged[string(kind)] = append(s.out.Purged[string(kind)], ids...)
	return s.Recorder.Purge(kind, ids)
}
