package sdk

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"strings"
	"time"

	"github.com/kommunpuls/kommunpuls/plugins/sdk/record"
	"github.com/kommunpuls/kommunpuls/plugins/sdk/wire"
)

// server is a source seen from the wire.
type server struct {
	wire.UnimplementedSourceServer
	src Source
}

func (s *server) Describe(context.Context, *wire.DescribeRequest) (_ *wire.DescribeResponse, err error) {
	defer caught(&err)
	d := s.src.Describe()
	out := &wire.DescribeResponse{
		Name: d.Name, Version: d.Version, ConfigSchema: d.ConfigSchema,
		Allowed: kindFields(d.Allowed), PrivacyNote: d.PrivacyNote, CanWatch: d.CanWatch,
	}
	for _, k := range d.Kinds {
		out.Kinds = append(out.Kinds, string(k))
	}
	return out, nil
}

func (s *server) Validate(ctx context.Context, req *wire.ValidateRequest) (_ *wire.ValidateResponse, err error) {
	defer caught(&err)
	out := &wire.ValidateResponse{}
	for _, p := range s.src.Validate(ctx, settings(req.GetSettings())) {
		out.Problems = append(out.Problems, &wire.Problem{Field: p.Field, Message: p.Message})
	}
	return out, nil
}

func (s *server) Collect(req *wire.CollectRequest, stream wire.Source_CollectServer) error {
	out := &sink{send: stream.Send}
	end, err := s.collect(stream.Context(), req, out)
	if err != nil {
		return stream.Send(&wire.CollectEvent{Event: &wire.CollectEvent_Failure{Failure: failure(err)}})
	}
	return stream.Send(&wire.CollectEvent{Event: &wire.CollectEvent_End{End: &wire.End{Cursor: end.Cursor, Seen: end.Seen}}})
}

func (s *server) collect(ctx context.Context, req *wire.CollectRequest, out *sink) (_ End, err error) {
	defer caught(&err)
	end, err := s.src.Collect(ctx, CollectRequest{
		Settings: settings(req.GetSettings()), Cursor: req.GetCursor(), Full: req.GetFull(),
		Now: instant(req.GetNow()), Dated: instant(req.GetDated()),
	}, out)
	if err != nil {
		return End{}, err
	}
	return end, out.finish()
}

func (s *server) Watch(stream wire.Source_WatchServer) error {
	first, err := stream.Recv()
	if err != nil {
		return err
	}
	start := first.GetStart()
	if start == nil {
		return fail(stream, fmt.Errorf("sdk: watch: %w: the first message is no start", ErrContract))
	}
	return fail(stream, s.watch(stream.Context(), start, newWatchSink(stream)))
}

func (s *server) watch(ctx context.Context, start *wire.WatchStart, out *watchSink) (err error) {
	defer caught(&err)
	return s.src.Watch(ctx, WatchRequest{Settings: settings(start.GetSettings()), Cursor: start.GetCursor(), Now: instant(start.GetNow())}, out)
}

// fail ends a watch: one that returns without an error has ended too.
func fail(stream wire.Source_WatchServer, err error) error {
	if err == nil {
		return nil
	}
	return stream.Send(&wire.WatchEvent{Event: &wire.WatchEvent_Failure{Failure: failure(err)}})
}

// maxMessage is the most that an error says, in bytes.
const maxMessage = 2000

func failure(err error) *wire.Failure {
	f := &wire.Failure{Message: clip(err.Error(), maxMessage)}
	for _, c := range []struct {
		err    error
		reason wire.Failure_Reason
	}{
		{ErrCrashed, wire.Failure_CRASHED},
		{ErrContract, wire.Failure_CONTRACT},
		{wire.ErrRecord, wire.Failure_CONTRACT},
		{ErrNotSupported, wire.Failure_NOT_SUPPORTED},
		{ErrUnreachable, wire.Failure_UNREACHABLE},
		{ErrBadInput, wire.Failure_BAD_INPUT},
		{context.Canceled, wire.Failure_CANCELLED},
		{context.DeadlineExceeded, wire.Failure_DEADLINE},
	} {
		if errors.Is(err, c.err) {
			f.Reason = c.reason
			break
		}
	}
	return f
}

// caught turns a panic into an error that says where. What was panicked with
// may hold what was being read, so only the runtime's own words are passed on.
func caught(err *error) {
	v := recover()
	if v == nil {
		return
	}
	what := "panic"
	var fault runtime.Error
	if e, ok := v.(error); ok && errors.As(e, &fault) {
		what = fault.Error()
	}
	*err = fmt.Errorf("sdk: %w: %s at %s", ErrCrashed, what, panicked())
}

// panicked returns the first place outside the runtime and this file that the
// panic came through.
func panicked() string {
	pcs := make([]uintptr, 32)
	frames := runtime.CallersFrames(pcs[:runtime.Callers(3, pcs)])
	for {
		f, more := frames.Next()
		if f.Function != "" && !strings.HasPrefix(f.Function, "runtime.") {
			return fmt.Sprintf("%s (%s:%d)", f.Function, f.File[strings.LastIndexByte(f.File, '/')+1:], f.Line)
		}
		if !more {
			return "an unknown place"
		}
	}
}

func settings(s *wire.Settings) Settings {
	return Settings{
		Instance: s.GetInstance(), JSON: s.GetJson(), BaseDir: s.GetBaseDir(),
		PseudonymKey: s.GetPseudonymKey(), KeyID: s.GetKeyId(), PreviousPseudonymKey: s.GetPreviousPseudonymKey(), PreviousKeyID: s.GetPreviousKeyId(),
	}
}

func kindFields(m map[record.Kind][]string) []*wire.KindFields {
	var out []*wire.KindFields
	for _, s := range record.Schemas() {
		if fields, ok := m[s.Kind]; ok {
			out = append(out, &wire.KindFields{Kind: string(s.Kind), Fields: fields})
		}
	}
	return out
}

func instant(nanos int64) time.Time {
	if nanos == 0 {
		return time.Time{}
	}
	return time.Unix(0, nanos).UTC()
}

func nanos(t time.Time) int64 {
	if t.IsZero() {
		return 0
	}
	return t.UnixNano()
}

func clip(s string, most int) string {
	s = strings.ToValidUTF8(s, "\uFFFD")
	if len(s) <= most {
		return s
	}
	return strings.ToValidUTF8(s[:most], "") + "…"
}
