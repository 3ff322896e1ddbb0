package app

import (
	"testing"
	"time"

	"github.com/kommunpuls/kommunpuls/internal/store"
)

func TestASnapshotBeforeAnythingIsReadHasNoFigureOfTheRecords(t *testing.T) {
	now := time.Date(2026, 11, 22, 9, 0, 0, 0, time.UTC)
	a := openIn(t, municipality(t, "9991", "Exempelköping", 1, 2, ""), func() time.Time { return now })
	w, err := a.Snapshot(t.Context(), SnapshotOptions{At: store.Point{AsOf: now, KnownAt: now}, Dir: t.TempDir()})
	must(t, err)
	if files := payload(t, w.Report.Path, w.Evidence.Path); len(files) < 10 {
		t.Errorf("%d files", len(files))
	}
}
