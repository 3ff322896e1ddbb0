// Package remote is the daemon's side of the wire: a [Client] is a source that
// runs elsewhere, and [Start] runs it in a child process. It trusts nothing
// that arrives.
package remote

import (
	"context"
	"errors"
	"fmt"
	"io"
	"sort"

	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	"github.com/kommunpuls/kommunpuls/plugins/sdk"
	"github.com/kommunpuls/kommunpuls/plugins/sdk/wire"
)

// Client is a source on the other end of a connection.
type Client struct {
	conn wire.SourceClient
	desc sdk.Description
}

var _ sdk.Source = (*Client)(nil)

// Connect asks the other end what it is.
func Connect(ctx context.Context, conn grpc.ClientConnInterface) (*Client, error) {
	c := &Client{conn: wire.NewSourceClient(conn)}
	d, err := c.conn.Describe(ctx, &wire.DescribeRequest{})
	if err != nil {
		return nil, fmt.Errorf("describe: %w", local(ctx, err))
	}
	c.desc = description(d)
	return c, nil
}

// Describe returns what the source said when it was connected.
func (c *Client) Describe() sdk.Description { return c.desc }

// Check is Validate with the error that only a wire can have.
func (c *Client) Check(ctx context.Context, s sdk.Settings) ([]sdk.Problem, error) {
	out, err := c.conn.Validate(ctx, &wire.ValidateRequest{Settings: settings(s)})
	if err != nil {
		return nil, fmt.Errorf("validate: %w", local(ctx, err))
	}
	var ps []sdk.Problem
	for _, p := range out.GetProblems() {
		ps = append(ps, sdk.Problem{Field: p.GetField(), Message: p.GetMessage()})
	}
	return ps, nil
}

// Validate is Check where an error is one more problem.
func (c *Client) Validate(ctx context.Context, s sdk.Settings) []sdk.Problem {
	ps, err := c.Check(ctx, s)
	if err != nil {
		return append(ps, sdk.Problem{Message: "Källan svarade inte: " + err.Error()})
	}
	return ps
}

// Collect runs one collection into out.
func (c *Client) Collect(ctx context.Context, req sdk.CollectRequest, out sdk.Sink) (sdk.End, error) {
	// Whatever way this returns, the other end is told that it is over.
	call, cancel := context.WithCancel(ctx)
	defer cancel()
	stream, err := c.conn.Collect(call, &wire.CollectRequest{
		Settings: settings(req.Settings), Cursor: req.Cursor, Full: req.Full, Now: nanos(req.Now), Dated: nanos(req.Dated),
	})
	if err != nil {
		return sdk.End{}, fmt.Errorf("collect: %w", local(ctx, err))
	}
	in := incoming{out: out, unknown: make(wire.Unknown)}
	for {
		event, err := stream.Recv()
		if errors.Is(err, io.EOF) {
			return sdk.End{}, fmt.Errorf("collect: %w: it ended without an end", sdk.ErrContract)
		}
		if err != nil {
			return sdk.End{}, fmt.Errorf("collect: %w", local(ctx, err))
		}
		done, err := in.take(event)
		if err != nil {
			return sdk.End{}, fmt.Errorf("collect: %w", err)
		}
		if !done {
			continue
		}
		if extra, err := stream.Recv(); err == nil {
			return sdk.End{}, fmt.Errorf("collect: %w: a %T after the end", sdk.ErrContract, extra.GetEvent())
		} else if !errors.Is(err, io.EOF) {
			return sdk.End{}, fmt.Errorf("collect: %w", local(ctx, err))
		}
		return in.end, nil
	}
}

// incoming is what a collection sends, checked and passed on.
type incoming struct {
	out     sdk.Sink
	begun   bool
	unknown wire.Unknown
	end     sdk.End
}

func (in *incoming) take(e *wire.CollectEvent) (done bool, err error) {
	switch x := e.GetEvent().(type) {
	case *wire.CollectEvent_Failure:
		return false, remoteError(x.Failure)
	case *wire.CollectEvent_Begin:
		if in.begun {
			return false, fmt.Errorf("%w: begin a second time", sdk.ErrContract)
		}
		in.begun = true
		h := header(x.Begin)
		if err := h.CheckSupplements(); err != nil {
			return false, err
		}
		return false, in.out.Begin(h)
	}
	if !in.begun {
		return false, fmt.Errorf("%w: a %T before begin", sdk.ErrContract, e.GetEvent())
	}
	switch x := e.GetEvent().(type) {
	case *wire.CollectEvent_Batch:
		recs, unknown, err := x.Batch.Records()
		if err != nil {
			return false, fmt.Errorf("%w: %w", sdk.ErrContract, err)
		}
		count(in.unknown, unknown)
		if len(recs) == 0 {
			return false, nil
		}
		return false, in.out.Write(recs)
	case *wire.CollectEvent_Warning:
		return false, in.out.Warn(warning(x.Warning))
	case *wire.CollectEvent_Progress:
		return false, in.out.Progress(x.Progress.GetDone(), x.Progress.GetTotal())
	case *wire.CollectEvent_Purge:
		return in.purge(x.Purge)
	case *wire.CollectEvent_End:
		in.end = sdk.End{Cursor: x.End.GetCursor(), Seen: x.End.GetSeen()}
		return true, in.reportUnknown()
	}
	return false, fmt.Errorf("%w: an event that does not exist", sdk.ErrContract)
}

func (in *incoming) purge(p *wire.Purge) (bool, error) {
	kind, ok := knownKind(p.GetKind())
	if !ok {
		return false, fmt.Errorf("%w: purge of an unknown kind", sdk.ErrContract)
	}
	return false, in.out.Purge(kind, p.GetIds())
}

// maxUnknown bounds how many names outside the contract are told apart.
const maxUnknown = 100

func count(into, from wire.Unknown) {
	for name, n := range from {
		if _, ok := into[name]; !ok && len(into) >= maxUnknown {
			name = "…"
		}
		into[name] += n
	}
}

func (in *incoming) reportUnknown() error {
	for _, w := range unknownWarnings(in.unknown) {
		if err := in.out.Warn(w); err != nil {
			return err
		}
	}
	return nil
}

func unknownWarnings(unknown wire.Unknown) []sdk.Warning {
	names := make([]string, 0, len(unknown))
	for name := range unknown {
		names = append(names, name)
	}
	sort.Strings(names)
	var out []sdk.Warning
	for _, name := range names {
		out = append(out, sdk.Warning{
			Column: name, Code: "unknown_field",
			Reason: fmt.Sprintf("Fältet finns inte i den här versionen av kommunpuls och tas inte med (%d värden).", unknown[name]),
		})
	}
	return out
}

// local turns gRPC's errors into the contract's.
func local(ctx context.Context, err error) error {
	if ctx.Err() != nil {
		return ctx.Err()
	}
	s := status.Convert(err)
	switch s.Code() {
	case codes.Canceled:
		return fmt.Errorf("%w: %s", context.Canceled, s.Message())
	case codes.DeadlineExceeded:
		return context.DeadlineExceeded
	case codes.ResourceExhausted:
		return fmt.Errorf("%w: a message over %d MB: %s", sdk.ErrContract, wire.MaxMessage>>20, s.Message())
	case codes.Unavailable:
		return fmt.Errorf("%w: the connection broke", sdk.ErrCrashed)
	case codes.Unimplemented:
		return fmt.Errorf("%w: %s", sdk.ErrNotSupported, s.Message())
	}
	return fmt.Errorf("%w: %s", sdk.ErrContract, s.Message())
}
