package app

import (
	"crypto/sha256"
	"encoding/hex"
	"io"
	"path/filepath"
	"testing"
	"time"

	"github.com/kommunpuls/kommunpuls/internal/expose/snapshot/bag"
	"github.com/kommunpuls/kommunpuls/internal/store"
)

// payload is the sum of every file of both bags of a snapshot.
func payload(t *testing.T, paths ...string) map[string]string {
	t.Helper()
	out := map[string]string{}
	for _, path := range paths {
		b, err := bag.Open(path, bag.DefaultLimits())
		must(t, err)
		for _, name := range b.Files() {
			r, err := b.Read(name)
			must(t, err)
			sum := sha256.New()
			_, err = io.Copy(sum, r)
			must(t, err)
			must(t, r.Close())
			out[filepath.Base(path)+" "+name] = hex.EncodeToString(sum.Sum(nil))
		}
		must(t, b.Close())
	}
	return out
}

func TestTheSamePointAndKeyGiveTheSamePayloadByteForByte(t *testing.T) {
	dir := municipality(t, "9991", "Exempelköping", 60, 200, "")
	now := time.Date(2026, 11, 22, 9, 0, 0, 0, time.UTC)
	a := openIn(t, dir, func() time.Time { return now })
	must(t, a.Collect(t.Context(), ""))
	made := func(at store.Point) map[string]string {
		w, err := a.Snapshot(t.Context(), SnapshotOptions{At: at, Dir: t.TempDir()})
		must(t, err)
		return payload(t, w.Report.Path, w.Evidence.Path)
	}
	at := store.Point{AsOf: now, KnownAt: now}
	one, two := made(at), made(at)
	if len(one) < 50 || len(one) != len(two) {
		t.Fatalf("%d files and %d", len(one), len(two))
	}
	for name, sum := range one {
		if two[name] != sum {
			t.Errorf("%s is another the second time", name)
		}
	}
	// A later instant is another snapshot, with a key of its own.
	now = now.Add(time.Hour)
	other := made(store.Point{AsOf: now, KnownAt: now})
	differ := 0
	for name, sum := range one {
		if other[name] != sum {
			differ++
		}
	}
	if differ == 0 {
		t.Error("another point gives the same files")
	}
}
