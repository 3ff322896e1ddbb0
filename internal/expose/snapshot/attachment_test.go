package snapshot

import (
	"errors"
	"io"
	"os"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/kommunpuls/kommunpuls/internal/expose/snapshot/bag"
)

func writing(text string) func(io.Writer) error {
	return func(w io.Writer) error { _, err := io.WriteString(w, text); return err }
}

func TestReportsLieInTheAccountingBag(t *testing.T) {
	c := content()
	c.Reports = []Attachment{{"ledning.html", writing("<p>Läget</p>")}, {"ledning.pdf", writing("%PDF")}}
	w, err := Write(t.Context(), t.TempDir(), c, nil)
	require.NoError(t, err)
	b, err := bag.Open(w.Report.Path, bag.DefaultLimits())
	require.NoError(t, err)
	defer b.Close()
	r, err := b.Read("rapporter/ledning.html")
	require.NoError(t, err)
	text, err := io.ReadAll(r)
	require.NoError(t, err)
	require.Equal(t, "<p>Läget</p>", string(text))
	require.Empty(t, verify(t, w.Report.Path, nil).Faults)
}

func TestAReportWithANameThatIsNoFileOrThatFailsLeavesNothing(t *testing.T) {
	broken := errors.New("mallen är trasig")
	for name, a := range map[string]Attachment{
		"a folder":      {"a/b.html", writing("")},
		"out of it":     {"..", writing("")},
		"a Windows one": {`..\b.html`, writing("")},
		"no name":       {"", writing("")},
		"a fault":       {"a.html", func(io.Writer) error { return broken }},
	} {
		t.Run(name, func(t *testing.T) {
			c, dir := content(), t.TempDir()
			c.Reports = []Attachment{a}
			_, err := Write(t.Context(), dir, c, nil)
			require.Error(t, err)
			require.True(t, errors.Is(err, bag.ErrPath) || errors.Is(err, broken), err)
			entries, err := os.ReadDir(dir)
			require.NoError(t, err)
			require.Empty(t, entries)
		})
	}
}
