package snapshot

import (
	"context"
	"errors"
	"fmt"
	"io"
	"runtime"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"github.com/kommunpuls/kommunpuls/internal/expose/snapshot/bag"
)

func TestFilesComeInTheirOrderAndNoMoreThanTheWorkersAreMadeAtOnce(t *testing.T) {
	defer goleak.VerifyNone(t, goleak.IgnoreCurrent())
	var held, most atomic.Int64
	var jobs []job
	for i := range 30 {
		jobs = append(jobs, job{fmt.Sprintf("%02d.csv", i), func(_ context.Context, w io.Writer) error {
			n := held.Add(1)
			for m := most.Load(); n > m && !most.CompareAndSwap(m, n); m = most.Load() {
			}
			defer held.Add(-1)
			_, err := io.WriteString(w, strings.Repeat(fmt.Sprintf("%d\n", i), i*10_000))
			return err
		}})
	}
	var one, two strings.Builder
	for workers, out := range map[int]*strings.Builder{1: &one, 3: &two} {
		b := bag.NewWriter(out, "b", day)
		require.NoError(t, writeAll(t.Context(), b, workers, jobs))
		require.NoError(t, b.Close(nil, nil))
	}
	require.True(t, one.String() == two.String(), "the order of the files, or what stands in them, depends on the workers")
	require.LessOrEqual(t, most.Load(), int64(3))
}

// What waits for its turn is bounded however many files wait, and the file whose
// turn it is never waits for them.
func TestFilesThatWaitHoldABoundedPartOfMemory(t *testing.T) {
	defer goleak.VerifyNone(t, goleak.IgnoreCurrent())
	const workers, size = 3, 2 * heldParts * partBytes
	var made atomic.Int64 // bytes of those whose turn has not come
	first := make(chan struct{})
	later := func(ctx context.Context, w io.Writer) error {
		for n := 0; n < size; n += partBytes {
			if _, err := w.Write(make([]byte, partBytes)); err != nil {
				return err
			}
			select {
			case <-first:
			default:
				made.Add(partBytes)
			}
		}
		return nil
	}
	jobs := []job{{"a.csv", func(ctx context.Context, w io.Writer) error {
		for made.Load() < heldParts*partBytes { // until they have filled what they may
			if ctx.Err() != nil {
				return ctx.Err()
			}
			runtime.Gosched()
		}
		if _, err := w.Write(make([]byte, 4*turnParts*partBytes)); err != nil {
			return err
		}
		close(first)
		return nil
	}}, {"b.csv", later}, {"c.csv", later}, {"d.csv", later}}
	b := bag.NewWriter(io.Discard, "b", day)
	require.NoError(t, writeAll(t.Context(), b, workers, jobs))
	require.NoError(t, b.Close(nil, nil))
	require.LessOrEqual(t, made.Load(), int64(heldParts*partBytes))
}

// A file that is made makes way for the next although its turn has not come.
func TestSmallFilesAreMadeWhileALargeOneIsWritten(t *testing.T) {
	defer goleak.VerifyNone(t, goleak.IgnoreCurrent())
	var small sync.WaitGroup
	small.Add(20)
	jobs := []job{{"stor.csv", func(_ context.Context, w io.Writer) error {
		small.Wait()
		_, err := io.WriteString(w, "stor")
		return err
	}}}
	for i := range 20 {
		jobs = append(jobs, job{fmt.Sprintf("%02d.csv", i), func(_ context.Context, w io.Writer) error {
			defer small.Done()
			_, err := io.WriteString(w, "liten")
			return err
		}})
	}
	b := bag.NewWriter(io.Discard, "b", day)
	require.NoError(t, writeAll(t.Context(), b, 2, jobs))
	require.NoError(t, b.Close(nil, nil))
}

func TestAFaultInOneFileEndsTheOthers(t *testing.T) {
	defer goleak.VerifyNone(t, goleak.IgnoreCurrent())
	broken := errors.New("läsfel")
	endless := func(_ context.Context, w io.Writer) error {
		for {
			if _, err := w.Write(make([]byte, 1<<20)); err != nil {
				return err
			}
		}
	}
	b := bag.NewWriter(io.Discard, "b", day)
	err := writeAll(t.Context(), b, 3, []job{{"a.csv", func(context.Context, io.Writer) error { return broken }}, {"b.csv", endless}, {"c.csv", endless}})
	require.ErrorIs(t, err, broken)
	require.ErrorContains(t, err, "a.csv")
	b.Abandon()
}
