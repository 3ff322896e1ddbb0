package book

import (
	"archive/zip"
	"bytes"
	"io"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

func TestASheetHasAsManyRowsAsProgramsOpenAndNotOneMore(t *testing.T) {
	s, err := NewSheet(io.Discard, "ticket", nil, 0)
	require.NoError(t, err)
	for range MaxRows {
		if err := s.Row(); err != nil {
			t.Fatal(err)
		}
	}
	require.ErrorIs(t, s.Row(), ErrRows)
	require.Equal(t, MaxRows, s.Rows())
	require.NoError(t, s.Close())
}

// A size that a plain ZIP file has no room for stands behind the sheet, where
// there is.
func TestASheetLargerThanFourGiBSaysItsSizeBehindIt(t *testing.T) {
	for size, behind := range map[int64]bool{1<<32 - 2: false, 1<<32 - 1: true, 5 << 30: true} {
		var out bytes.Buffer
		at := time.Date(2026, 11, 22, 5, 0, 0, 0, time.UTC)
		require.NoError(t, Write(&out, at, []Part{{Sheet: &Sheet{name: "ticket", size: size, to: &counter{}}, From: strings.NewReader("")}}))
		z, err := zip.NewReader(bytes.NewReader(out.Bytes()), int64(out.Len()))
		require.NoError(t, err)
		sheet := z.File[len(z.File)-1]
		require.Equal(t, uint64(size), sheet.UncompressedSize64)
		require.Equal(t, behind, sheet.Flags&8 != 0, size)
	}
}
