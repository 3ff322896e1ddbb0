package bag

import (
	"bytes"
	"errors"
	"io"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"
)

// fullAfter is a disk with room for some bytes.
type fullAfter struct{ room int }

var errFull = errors.New("no space left on device")

func (f *fullAfter) Write(b []byte) (int, error) {
	if f.room -= len(b); f.room < 0 {
		return 0, errFull
	}
	return len(b), nil
}

// noise does not pack.
func noise(n int) []byte {
	b, x := make([]byte, n), uint64(1)
	for i := range b {
		x ^= x << 13
		x ^= x >> 7
		x ^= x << 17
		b[i] = byte(x)
	}
	return b
}

func TestADiskThatFillsIsToldAndNothingIsLeftRunning(t *testing.T) {
	defer goleak.VerifyNone(t, goleak.IgnoreCurrent())
	for _, room := range []int{0, 100, 200 << 10, 3 << 20} {
		w := NewWriter(&fullAfter{room}, "b", time.Unix(1_700_000_000, 0))
		f, err := w.File("stor.csv")
		for n := 0; err == nil && n < 100; n++ {
			_, err = f.Write(noise(70 << 10))
		}
		if err == nil {
			err = w.Close(nil, nil)
		}
		require.ErrorIs(t, err, errFull)
		w.Abandon()
	}
}

func TestABagThatIsAbandonedLeavesNothingRunning(t *testing.T) {
	defer goleak.VerifyNone(t, goleak.IgnoreCurrent())
	w := NewWriter(io.Discard, "b", time.Unix(1_700_000_000, 0))
	f, err := w.File("stor.csv")
	require.NoError(t, err)
	_, err = f.Write(noise(1 << 20))
	require.NoError(t, err)
	w.Abandon()
	w.Abandon()
}

func TestALargeFileIsTheSameHoweverItIsWritten(t *testing.T) {
	b := noise(1 << 20)
	write := func(step int) []byte {
		var out bytes.Buffer
		w := NewWriter(&out, "b", time.Unix(1_700_000_000, 0))
		f, err := w.File("stor.csv")
		require.NoError(t, err)
		for i := 0; i < len(b); i += step {
			_, err := f.Write(b[i:min(i+step, len(b))])
			require.NoError(t, err)
		}
		require.NoError(t, w.Close(nil, nil))
		return out.Bytes()
	}
	want := write(len(b))
	require.True(t, bytes.Equal(want, write(7001)))
	require.True(t, bytes.Equal(want, write(chunk)))
}
