package sdktest

import (
	"context"
	"errors"
	"slices"
	"testing"
	"time"

	"github.com/kommunpuls/kommunpuls/plugins/sdk"
)

// watchPatience is how long a watch may take to tell of what happened.
const watchPatience = 2 * time.Minute

var errCut = errors.New("cut by the suite")

func (c Case) watches(t *testing.T) {
	w := c.connect(t)
	if !w.Describe().CanWatch {
		began := time.Now()
		err := w.Watch(context.Background(), c.watchRequest(nil), &batches{})
		if !errors.Is(err, sdk.ErrNotSupported) || time.Since(began) > patience {
			t.Errorf("a source without watch: %v after %v", err, time.Since(began))
		}
		return
	}
	if c.Watch == nil {
		t.Fatal("sdktest: Watch must be set for a source that can watch")
	}
	t.Run("a cut before the acknowledgement brings the batch again", func(t *testing.T) {
		c.resumes(t, func(connection) error { return errCut })
	})
	t.Run("a source that dies goes on after the last acknowledged batch", func(t *testing.T) {
		c.resumes(t, func(w connection) error {
			w.cut()
			return errCut
		})
	})
	t.Run("cancellation is obeyed", func(t *testing.T) {
		w := c.connect(t)
		ctx, cancel := context.WithCancel(context.Background())
		time.AfterFunc(300*time.Millisecond, cancel)
		began := time.Now()
		err := w.Watch(ctx, c.watchRequest(nil), &batches{w: w, t: t})
		if took := time.Since(began); !errors.Is(err, context.Canceled) || took > 300*time.Millisecond+patience {
			t.Errorf("got %v after %v", err, took)
		}
	})
}

func (c Case) watchRequest(cursor []byte) sdk.WatchRequest {
	raw := c.Settings
	if c.Watch != nil && c.Watch.Settings != nil {
		raw = c.Watch.Settings
	}
	return sdk.WatchRequest{Settings: c.settings(raw), Cursor: cursor, Now: c.now()}
}

// resumes takes one batch, cuts at the next, and expects that one again.
func (c Case) resumes(t *testing.T, cut func(connection) error) {
	w := c.connect(t)
	ctx, cancel := context.WithTimeout(context.Background(), watchPatience)
	defer cancel()
	c.Watch.Feed(t, 1)
	first := &batches{w: w, t: t}
	first.decide = func(n int) error {
		if n == 1 {
			c.Watch.Feed(t, 2)
			return nil
		}
		return cut(w)
	}
	if err := w.Watch(ctx, c.watchRequest(nil), first); err == nil || ctx.Err() != nil {
		t.Fatalf("the watch was not cut: %v, %d batches", err, len(first.ids))
	}
	if len(first.ids) != 2 {
		t.Fatalf("%d batches before the cut", len(first.ids))
	}
	again := c.connect(t)
	second := &batches{w: again, t: t, decide: func(int) error { return errCut }}
	if err := again.Watch(ctx, c.watchRequest(first.cursors[0]), second); !errors.Is(err, errCut) {
		t.Fatalf("after the cut: %v", err)
	}
	for _, id := range first.ids[1] {
		if !slices.Contains(second.ids[0], id) {
			t.Errorf("record %s was lost in the cut; the next batch has %v", id, second.ids[0])
		}
	}
	for _, id := range first.ids[0] {
		if !slices.Contains(first.ids[1], id) && slices.Contains(second.ids[0], id) {
			t.Errorf("record %s was acknowledged and came again", id)
		}
	}
	for _, x := range []connection{w, again} {
		for _, f := range x.tap.Faults() {
			t.Error(f)
		}
	}
}

// batches checks and keeps what a watch sends.
type batches struct {
	w       connection
	t       testing.TB
	decide  func(n int) error
	ids     [][]string
	cursors [][]byte
}

func (b *batches) Send(_ context.Context, batch sdk.WatchBatch) error {
	r := b.w.recorder()
	if err := errors.Join(r.Begin(sdk.Header{Mapped: batch.Mapped}), r.Write(batch.Records)); err != nil {
		return err
	}
	for _, warn := range batch.Warnings {
		if err := r.Warn(warn); err != nil {
			return err
		}
	}
	r.End(sdk.End{Cursor: batch.Cursor, Seen: int64(len(batch.Records) + len(batch.Warnings))}, nil)
	for _, f := range r.Faults() {
		b.t.Error(f)
	}
	if len(batch.Cursor) == 0 {
		b.t.Error("a batch without a cursor cannot be resumed after")
	}
	var ids []string
	for _, rec := range batch.Records {
		ids = append(ids, rec.ID)
	}
	b.ids, b.cursors = append(b.ids, ids), append(b.cursors, batch.Cursor)
	if b.decide == nil {
		return nil
	}
	return b.decide(len(b.ids))
}
