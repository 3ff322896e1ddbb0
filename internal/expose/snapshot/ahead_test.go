package snapshot

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"github.com/kommunpuls/kommunpuls/internal/expose/snapshot/bag"
)

func TestFilesComeInTheirOrderAndNoMoreThanTheWorkersAreHeld(t *testing.T) {
	defer goleak.VerifyNone(t)
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

func TestAFaultInOneFileEndsTheOthers(t *testing.T) {
	defer goleak.VerifyNone(t)
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
