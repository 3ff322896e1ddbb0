package remote

import (
	"context"
	"errors"
	"fmt"
	"io"

	"github.com/kommunpuls/kommunpuls/plugins/sdk"
	"github.com/kommunpuls/kommunpuls/plugins/sdk/wire"
)

// Bounds of one watch batch, which stands in memory until it is committed.
const (
	maxWatchRecords  = 100_000
	maxWatchWarnings = 10_000
)

// Watch passes batches on until ctx ends. The other end hears that a batch is
// committed only after out took it.
func (c *Client) Watch(ctx context.Context, req sdk.WatchRequest, out sdk.WatchSink) error {
	call, cancel := context.WithCancel(ctx)
	defer cancel()
	stream, err := c.conn.Watch(call)
	if err != nil {
		return fmt.Errorf("watch: %w", local(ctx, err))
	}
	start := &wire.WatchStart{Settings: settings(req.Settings), Cursor: req.Cursor, Now: nanos(req.Now)}
	if err := stream.Send(&wire.WatchControl{Control: &wire.WatchControl_Start{Start: start}}); err != nil && !errors.Is(err, io.EOF) {
		return fmt.Errorf("watch: %w", local(ctx, err))
	}
	w := watching{ctx: ctx, stream: stream, out: out, unknown: make(wire.Unknown)}
	for {
		event, err := stream.Recv()
		if errors.Is(err, io.EOF) {
			return fmt.Errorf("watch: %w: it ended by itself", sdk.ErrContract)
		}
		if err != nil {
			return fmt.Errorf("watch: %w", local(ctx, err))
		}
		if err := w.take(event); err != nil {
			return fmt.Errorf("watch: %w", err)
		}
	}
}

type watching struct {
	ctx     context.Context
	stream  wire.Source_WatchClient
	out     sdk.WatchSink
	batch   sdk.WatchBatch
	unknown wire.Unknown
	number  uint64
}

func (w *watching) take(e *wire.WatchEvent) error {
	switch x := e.GetEvent().(type) {
	case *wire.WatchEvent_Failure:
		return remoteError(x.Failure)
	case *wire.WatchEvent_Batch:
		recs, unknown, err := x.Batch.Records()
		if err != nil {
			return fmt.Errorf("%w: %w", sdk.ErrContract, err)
		}
		count(w.unknown, unknown)
		if len(w.batch.Records)+len(recs) > maxWatchRecords {
			return fmt.Errorf("%w: a watch batch of more than %d records", sdk.ErrContract, maxWatchRecords)
		}
		w.batch.Records = append(w.batch.Records, recs...)
		return nil
	case *wire.WatchEvent_Warning:
		if len(w.batch.Warnings) >= maxWatchWarnings {
			return fmt.Errorf("%w: a watch batch of more than %d warnings", sdk.ErrContract, maxWatchWarnings)
		}
		w.batch.Warnings = append(w.batch.Warnings, warning(x.Warning))
		return nil
	case *wire.WatchEvent_Commit:
		return w.commit(x.Commit)
	}
	return fmt.Errorf("%w: an event that does not exist", sdk.ErrContract)
}

func (w *watching) commit(c *wire.Commit) error {
	w.number++
	if c.GetNumber() != w.number {
		return fmt.Errorf("%w: batch %d came as number %d", sdk.ErrContract, w.number, c.GetNumber())
	}
	b := w.batch
	b.Mapped, b.Cursor = kindFields(c.GetMapped()), c.GetCursor()
	b.Warnings = append(b.Warnings, unknownWarnings(w.unknown)...)
	w.batch, w.unknown = sdk.WatchBatch{}, make(wire.Unknown)
	if err := w.out.Send(w.ctx, b); err != nil {
		reject := &wire.Reject{Number: c.GetNumber(), Message: clip(err.Error())}
		// The call ends either way; the other end only learns why.
		return errors.Join(err, ignoreEOF(w.stream.Send(&wire.WatchControl{Control: &wire.WatchControl_Reject{Reject: reject}})))
	}
	ack := &wire.Ack{Number: c.GetNumber()}
	return ignoreEOF(w.stream.Send(&wire.WatchControl{Control: &wire.WatchControl_Ack{Ack: ack}}))
}

// ignoreEOF: a Send on a stream that is over says io.EOF, and Recv says why.
func ignoreEOF(err error) error {
	if errors.Is(err, io.EOF) {
		return nil
	}
	return err
}
