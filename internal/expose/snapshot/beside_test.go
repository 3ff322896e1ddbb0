package snapshot

import (
	"errors"
	"strconv"
	"testing"

	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"github.com/kommunpuls/kommunpuls/internal/finding"
)

// numbered gives n rows, all in the same memory as a store's reader does, and
// then err.
func numbered(n int, err error) func(func(*finding.PopulationRow) error) error {
	return func(each func(*finding.PopulationRow) error) error {
		row := finding.PopulationRow{Cells: make([]string, 2)}
		for i := range n {
			row.ID, row.OrgUnit, row.Place, row.Cells[0], row.Cells[1] = strconv.Itoa(i), "enhet", "rad", "cell", strconv.Itoa(-i)
			if err := each(&row); err != nil {
				return err
			}
		}
		return err
	}
}

func TestRowsThatAreReadBesideComeWholeAndInTheirOrder(t *testing.T) {
	defer goleak.VerifyNone(t, goleak.IgnoreCurrent())
	for _, n := range []int{0, 1, bundleRows - 1, bundleRows, bundleRows + 1, 3 * bundles * bundleRows} {
		got := 0
		require.NoError(t, beside(numbered(n, nil), func(r *finding.PopulationRow) error {
			require.Equal(t, &finding.PopulationRow{ID: strconv.Itoa(got), OrgUnit: "enhet", Place: "rad", Cells: []string{"cell", strconv.Itoa(-got)}}, r)
			got++
			return nil
		}))
		require.Equal(t, n, got)
	}
}

func TestRowsThatCannotBeWrittenEndTheReading(t *testing.T) {
	defer goleak.VerifyNone(t, goleak.IgnoreCurrent())
	full := errors.New("full")
	for _, at := range []int{0, bundleRows - 1, bundleRows, bundleRows * bundles, 500} {
		for _, n := range []int{at + 1, at + bundleRows, 100_000} {
			written := 0
			require.ErrorIs(t, beside(numbered(n, nil), func(*finding.PopulationRow) error {
				if written == at {
					return full
				}
				written++
				return nil
			}), full, "row %d of %d", at, n)
			require.Equal(t, at, written, "of %d", n)
		}
	}
}

func TestRowsThatCannotBeReadAreAFaultWhetherOrNotTheOthersAreWritten(t *testing.T) {
	defer goleak.VerifyNone(t, goleak.IgnoreCurrent())
	gone, full := errors.New("gone"), errors.New("full")
	for _, n := range []int{0, 1, bundleRows, 10 * bundleRows} {
		require.ErrorIs(t, beside(numbered(n, gone), func(*finding.PopulationRow) error { return nil }), gone, "%d rows", n)
	}
	err := beside(numbered(bundleRows, gone), func(*finding.PopulationRow) error { return full })
	require.True(t, errors.Is(err, gone) || errors.Is(err, full), "%v", err)
}
