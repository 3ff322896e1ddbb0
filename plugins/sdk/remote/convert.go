package remote

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/kommunpuls/kommunpuls/plugins/sdk"
	"github.com/kommunpuls/kommunpuls/plugins/sdk/record"
	"github.com/kommunpuls/kommunpuls/plugins/sdk/wire"
)

// maxText bounds every text from outside that is shown to people, in bytes.
const maxText = 2000

func description(d *wire.DescribeResponse) sdk.Description {
	out := sdk.Description{
		Name: clip(d.GetName()), Version: clip(d.GetVersion()), ConfigSchema: d.GetConfigSchema(),
		Allowed: kindFields(d.GetAllowed()), PrivacyNote: clip(d.GetPrivacyNote()), CanWatch: d.GetCanWatch(),
	}
	for _, name := range d.GetKinds() {
		if k, ok := knownKind(name); ok {
			out.Kinds = append(out.Kinds, k)
		}
	}
	return out
}

// kindFields leaves out kinds that this side does not know.
func kindFields(list []*wire.KindFields) map[record.Kind][]string {
	if len(list) == 0 {
		return nil
	}
	out := make(map[record.Kind][]string, len(list))
	for _, kf := range list {
		if k, ok := knownKind(kf.GetKind()); ok {
			out[k] = append(out[k], kf.GetFields()...)
		}
	}
	return out
}

func knownKind(name string) (record.Kind, bool) {
	s, ok := record.Lookup(record.Kind(name))
	return s.Kind, ok
}

func header(h *wire.Header) sdk.Header {
	return sdk.Header{
		Mapped: kindFields(h.GetMapped()), Full: h.GetFull(), CoversAll: h.GetCoversAll(),
		Unchanged: h.GetUnchanged(), ContentAt: instant(h.GetContentAt()), Supplements: supplements(h.GetSupplements()),
	}
}

// supplements takes kinds as they are written: one that is not known is a
// fault of the source, for its records would be taken for systems.
func supplements(m map[string]string) map[record.Kind]string {
	if len(m) == 0 {
		return nil
	}
	out := make(map[record.Kind]string, len(m))
	for k, label := range m {
		out[record.Kind(k)] = label
	}
	return out
}

func warning(w *wire.Warning) sdk.Warning {
	return sdk.Warning{
		Place:  record.Place{Doc: clip(w.GetDoc()), Sheet: clip(w.GetSheet()), Row: w.GetRow()},
		Column: clip(w.GetColumn()), Reason: clip(w.GetReason()), Code: clip(w.GetCode()), Refused: w.GetRefused(),
	}
}

func settings(s sdk.Settings) *wire.Settings {
	return &wire.Settings{
		Instance: s.Instance, Json: s.JSON, BaseDir: s.BaseDir, PseudonymKey: s.PseudonymKey, KeyId: s.KeyID,
		PreviousPseudonymKey: s.PreviousPseudonymKey, PreviousKeyId: s.PreviousKeyID,
	}
}

// failed is an error of the other side: its words, and a sentinel of ours.
type failed struct {
	text string
	is   error
}

func (e *failed) Error() string { return e.text }
func (e *failed) Unwrap() error { return e.is }

func remoteError(f *wire.Failure) error {
	e := &failed{text: clip(f.GetMessage())}
	if e.text == "" {
		e.text = "no reason given"
	}
	switch f.GetReason() {
	case wire.Failure_NOT_SUPPORTED:
		e.is = sdk.ErrNotSupported
	case wire.Failure_UNREACHABLE:
		e.is = sdk.ErrUnreachable
	case wire.Failure_BAD_INPUT:
		e.is = sdk.ErrBadInput
	case wire.Failure_CANCELLED:
		e.is = context.Canceled
	case wire.Failure_DEADLINE:
		e.is = context.DeadlineExceeded
	case wire.Failure_CRASHED:
		e.is = sdk.ErrCrashed
	case wire.Failure_CONTRACT:
		e.is = sdk.ErrContract
	}
	if e.is == nil {
		return fmt.Errorf("the source failed: %s", e.text)
	}
	return e
}

func nanos(t time.Time) int64 {
	if t.IsZero() {
		return 0
	}
	return t.UnixNano()
}

func instant(nanos int64) time.Time {
	if nanos == 0 {
		return time.Time{}
	}
	return time.Unix(0, nanos).UTC()
}

func clip(s string) string {
	if len(s) <= maxText {
		return s
	}
	return strings.ToValidUTF8(s[:maxText], "") + "…"
}
