package sdk

import (
	"context"
	"fmt"

	"github.com/kommunpuls/kommunpuls/plugins/sdk/record"
	"github.com/kommunpuls/kommunpuls/plugins/sdk/wire"
)

// watchSink sends batches and waits for each to be acknowledged.
type watchSink struct {
	stream wire.Source_WatchServer
	number uint64
	answer chan *wire.WatchControl
	gone   chan struct{}
	why    error
	err    error
}

func newWatchSink(stream wire.Source_WatchServer) *watchSink {
	s := &watchSink{stream: stream, answer: make(chan *wire.WatchControl), gone: make(chan struct{})}
	go s.listen()
	return s
}

// listen ends with the call: Recv then returns an error.
func (s *watchSink) listen() {
	defer close(s.gone)
	for {
		c, err := s.stream.Recv()
		if err != nil {
			s.why = err
			return
		}
		select {
		case s.answer <- c:
		case <-s.stream.Context().Done():
			s.why = s.stream.Context().Err()
			return
		}
	}
}

func (s *watchSink) Send(ctx context.Context, b WatchBatch) error {
	if s.err == nil {
		s.err = s.send(ctx, b)
	}
	return s.err
}

func (s *watchSink) send(ctx context.Context, b WatchBatch) error {
	builders := make(map[record.Kind]*wire.Builder)
	part := func(p *wire.Batch) error {
		return s.stream.Send(&wire.WatchEvent{Event: &wire.WatchEvent_Batch{Batch: p}})
	}
	for i := range b.Records {
		if err := addTo(builders, &b.Records[i], part); err != nil {
			return err
		}
	}
	if err := flush(builders, part); err != nil {
		return err
	}
	for _, w := range b.Warnings {
		if err := s.stream.Send(&wire.WatchEvent{Event: &wire.WatchEvent_Warning{Warning: warning(w)}}); err != nil {
			return err
		}
	}
	s.number++
	commit := &wire.Commit{Number: s.number, Mapped: kindFields(b.Mapped), Cursor: b.Cursor}
	if err := s.stream.Send(&wire.WatchEvent{Event: &wire.WatchEvent_Commit{Commit: commit}}); err != nil {
		return err
	}
	return s.wait(ctx)
}

func (s *watchSink) wait(ctx context.Context) error {
	select {
	case c := <-s.answer:
		switch {
		case c.GetAck().GetNumber() == s.number:
			return nil
		case c.GetReject() != nil:
			return fmt.Errorf("sdk: watch: batch %d was refused: %s", s.number, c.GetReject().GetMessage())
		}
		return fmt.Errorf("sdk: watch: %w: batch %d got another answer", ErrContract, s.number)
	case <-s.gone:
		return fmt.Errorf("sdk: watch: the daemon is gone: %w", s.why)
	case <-ctx.Done():
		return ctx.Err()
	}
}
