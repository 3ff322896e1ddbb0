package conform

import (
	"fmt"
	"math"
	"slices"
	"strings"

	"github.com/kommunpuls/kommunpuls/plugins/sdk"
	"github.com/kommunpuls/kommunpuls/plugins/sdk/record"
)

// maxFaults bounds how many faults are told; one is usually thousands.
const maxFaults = 50

// Recorder is a sink that keeps what a collection says and notes every way in
// which it breaks the contract.
type Recorder struct {
	desc  sdk.Description
	clear *Clear
	keyID string

	Header   sdk.Header
	Records  int64
	ByKind   map[record.Kind]int64
	IDs      map[record.Kind]map[string]int64 // how often each id came
	Blank    map[string]int64                 // by kind.field
	Filled   map[string]int64
	Warnings []sdk.Warning
	Refused  int64
	Purged   int64
	// PreviousKeyID, if not "", is that of the key before, which the source gets
	// too: every pseudonym must be a twin of both.
	PreviousKeyID string
	// Hook, if not nil, is called at every call; its error is returned.
	Hook func(call string) error

	begun  bool
	faults []string
	more   int
}

// NewRecorder returns a recorder for a source that gets pseudonym key keyID.
func NewRecorder(d sdk.Description, keyID string, c *Clear) *Recorder {
	return &Recorder{
		desc: d, clear: c, keyID: keyID, ByKind: make(map[record.Kind]int64), IDs: make(map[record.Kind]map[string]int64),
		Blank: make(map[string]int64), Filled: make(map[string]int64),
	}
}

// Faults returns what was noted.
func (r *Recorder) Faults() []string {
	if r.more > 0 {
		return append(slices.Clone(r.faults), fmt.Sprintf("and %d more", r.more))
	}
	return slices.Clone(r.faults)
}

func (r *Recorder) fault(format string, args ...any) {
	text := fmt.Sprintf(format, args...)
	switch {
	case slices.Contains(r.faults, text):
	case len(r.faults) >= maxFaults:
		r.more++
	default:
		r.faults = append(r.faults, text)
	}
}

func (r *Recorder) called(call string) error {
	if call != "Begin" && !r.begun {
		r.fault("%s before Begin", call)
	}
	if r.Header.Unchanged && (call == "Write" || call == "Purge") {
		r.fault("%s although nothing changed", call)
	}
	if r.Hook != nil {
		return r.Hook(call)
	}
	return nil
}

// Begin implements sdk.Sink.
func (r *Recorder) Begin(h sdk.Header) error {
	if r.begun {
		r.fault("Begin a second time")
	}
	r.begun, r.Header = true, h
	r.mapped(h.Mapped)
	if err := h.CheckSupplements(); err != nil {
		r.fault("%v", err)
	}
	for k, label := range h.Supplements {
		if !slices.Contains(r.desc.Kinds, k) {
			r.fault("it supplements %s, which it does not emit", k)
		}
		r.text(label, "the label of supplementing records")
	}
	return r.called("Begin")
}

func (r *Recorder) mapped(m map[record.Kind][]string) {
	for k, fields := range m {
		schema, ok := record.Lookup(k)
		if !ok || !slices.Contains(r.desc.Kinds, k) {
			r.fault("it maps %s, which it does not emit", k)
			continue
		}
		for _, f := range fields {
			name := record.ListOf(strings.TrimPrefix(f, string(k)+"."))
			if !names(schema, name) || !lists(r.desc.Allowed[k], k, name) {
				r.fault("it maps %s.%s, which is not allowed", k, strings.TrimPrefix(f, string(k)+"."))
			}
		}
	}
}

// Write implements sdk.Sink.
func (r *Recorder) Write(recs []record.Record) error {
	for i := range recs {
		r.record(&recs[i])
	}
	return r.called("Write")
}

func (r *Recorder) record(rec *record.Record) {
	schema, ok := record.Lookup(rec.Kind)
	if !ok || !slices.Contains(r.desc.Kinds, rec.Kind) {
		r.fault("a record of %s, which it does not emit", rec.Kind)
		return
	}
	r.Records++
	r.ByKind[rec.Kind]++
	if r.IDs[rec.Kind] == nil {
		r.IDs[rec.Kind] = make(map[string]int64)
	}
	r.IDs[rec.Kind][rec.ID]++
	where := fmt.Sprintf("%s at %s", rec.Kind, place(rec.Place))
	if rec.Place.Doc == "" {
		r.fault("%s: a record without a place", rec.Kind)
	}
	if schema.PersonBearing && !r.pseudonym(rec.ID) {
		r.fault("%s: the id of a person-bearing record is no %s", where, r.wanted())
	}
	r.text(rec.ID, where+": id")
	r.text(rec.Place.Doc+" "+rec.Place.Sheet, where+": place")
	for i := range rec.Values {
		f := schema.Fields[i]
		r.value(rec.Values[i], f, string(rec.Kind)+"."+f.Name, where, rec.Kind, f.Name)
	}
	for c := range rec.Children {
		if rec.Children[c] == nil {
			continue
		}
		child := schema.Children[c]
		r.allowed(rec.Kind, child.Name, where)
		for _, row := range rec.Children[c] {
			for i := range row {
				r.value(row[i], child.Fields[i], string(rec.Kind)+"."+child.Name+"."+child.Fields[i].Name, where, "", "")
			}
		}
	}
}

func (r *Recorder) allowed(kind record.Kind, name, where string) {
	if !lists(r.desc.Allowed[kind], kind, name) {
		r.fault("%s: %s.%s is outside the allow list", where, kind, name)
	}
	if !lists(r.Header.Mapped[kind], kind, name) {
		r.fault("%s: %s.%s is not in the header's mapped fields", where, kind, name)
	}
}

// value checks one value; kind is "" within a child list.
func (r *Recorder) value(v record.Value, f record.Field, name, where string, kind record.Kind, field string) {
	if v.State == record.Unset {
		return
	}
	if kind != "" {
		r.allowed(kind, field, where)
	}
	if v.State == record.Blank {
		r.Blank[name]++
		return
	}
	r.Filled[name]++
	switch f.Type {
	case record.Pseudonym:
		if !r.pseudonym(v.S) {
			r.fault("%s: %s holds no %s", where, name, r.wanted())
		}
	case record.Enum:
		if !f.Allows(v.S) {
			r.fault("%s: %s holds %q, which is none of %v", where, name, v.S, f.Enum)
		}
	case record.Bool:
		if v.I != 0 && v.I != 1 {
			r.fault("%s: %s is %d, neither 0 nor 1", where, name, v.I)
		}
	case record.Float:
		if math.IsNaN(v.F) || math.IsInf(v.F, 0) {
			r.fault("%s: %s is no number", where, name)
		}
		r.number(int64(v.F), where+": "+name)
	case record.Int:
		r.number(v.I, where+": "+name)
	}
	r.text(v.S, where+": "+name)
}

// wanted is what a pseudonym must be.
func (r *Recorder) wanted() string {
	if r.PreviousKeyID != "" {
		return fmt.Sprintf("twin, <pseudonym of key %s>~<pseudonym of key %s>", r.keyID, r.PreviousKeyID)
	}
	return "pseudonym of key " + r.keyID
}

func (r *Recorder) pseudonym(s string) bool {
	if r.PreviousKeyID != "" {
		now, before, ok := sdk.Twin(s)
		return ok && strings.HasPrefix(now, r.keyID+"-") && strings.HasPrefix(before, r.PreviousKeyID+"-")
	}
	return sdk.IsPseudonym(s) && strings.HasPrefix(s, r.keyID+"-")
}

func (r *Recorder) text(s, where string) {
	if v := r.clear.In(s); v != "" {
		r.fault("%s holds the clear value %q", where, v)
	}
}

func (r *Recorder) number(n int64, where string) {
	if v := r.clear.number(n); v != "" {
		r.fault("%s holds the clear value %q", where, v)
	}
}

// Warn implements sdk.Sink.
func (r *Recorder) Warn(w sdk.Warning) error {
	if w.Reason == "" || !snake(w.Code) {
		r.fault("a warning at %s with code %q: a reason and a code in snake_case must be there", place(w.Place), w.Code)
	}
	for _, s := range []string{w.Reason, w.Column, w.Code, w.Place.Doc, w.Place.Sheet} {
		r.text(s, "a warning at "+place(w.Place))
	}
	if w.Refused {
		r.Refused++
	}
	if len(r.Warnings) < 1000 {
		r.Warnings = append(r.Warnings, w)
	}
	return r.called("Warn")
}

func snake(s string) bool {
	return s != "" && strings.Trim(s, "abcdefghijklmnopqrstuvwxyz0123456789_") == ""
}

// Progress implements sdk.Sink.
func (r *Recorder) Progress(done, total int64) error {
	if done < 0 || total < 0 {
		r.fault("progress %d of %d", done, total)
	}
	r.number(done, "progress")
	r.number(total, "progress")
	return r.called("Progress")
}

// Purge implements sdk.Sink.
func (r *Recorder) Purge(kind record.Kind, ids []string) error {
	schema, ok := record.Lookup(kind)
	if !ok || !slices.Contains(r.desc.Kinds, kind) {
		r.fault("a purge of %s, which it does not emit", kind)
	}
	for _, id := range ids {
		if schema.PersonBearing && !r.pseudonym(id) {
			r.fault("a purge of %s by an id that is no pseudonym", kind)
		}
		r.text(id, "a purge of "+string(kind))
	}
	r.Purged += int64(len(ids))
	return r.called("Purge")
}

// End notes what is wrong with how a collection ended.
func (r *Recorder) End(end sdk.End, err error) {
	if err != nil {
		if len(end.Cursor) != 0 || end.Seen != 0 {
			r.fault("it failed and returned a cursor all the same")
		}
		r.text(err.Error(), "the error")
		return
	}
	if !r.begun {
		r.fault("it succeeded without Begin")
	}
	r.text(string(end.Cursor), "the cursor")
	if least := r.Refused; end.Seen < least {
		r.fault("%d rows seen, and %d refused", end.Seen, least)
	}
}

func place(p record.Place) string {
	out := p.Doc
	if p.Sheet != "" {
		out += ", " + p.Sheet
	}
	if p.Row != 0 {
		out += fmt.Sprintf(", row %d", p.Row)
	}
	if out == "" {
		return "no place"
	}
	return out
}
