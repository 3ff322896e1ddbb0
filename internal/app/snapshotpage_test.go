// What it needs stands beside the pages of a whole municipality, which say nothing to the race detector.
//go:build linux && !race

package app

import (
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/kommunpuls/kommunpuls/internal/expose/snapshot/seal"
)

// leaveSnapshots leaves a chain as two snapshots leave it, the second one a
// correction, with the report of the first.
func leaveSnapshots(t testing.TB, data string) {
	t.Helper()
	dir := filepath.Join(data, SnapshotDir)
	must(t, os.MkdirAll(dir, 0o750))
	first, second := strings.Repeat("ab", 32), strings.Repeat("cd", 32)
	must(t, os.WriteFile(filepath.Join(dir, seal.ChainFile), []byte(
		`{"name":"exempelkommun_2025-12-31","as_of":"2025-12-31T22:59:59Z","created":"2026-01-01T05:00:00Z","redovisning_sha256":"`+first+`","underlag_sha256":"`+first+`","underskriven":true}
{"name":"exempelkommun_2025-12-31_2","as_of":"2025-12-31T22:59:59Z","created":"2026-02-09T09:14:00Z","redovisning_sha256":"`+second+`","underlag_sha256":"`+second+`","previous_sha256":"`+first+`","rattar":{"name":"exempelkommun_2025-12-31","sha256":"`+first+`","note":"150, inte 300"},"underlag_age_sha256":"`+second+`"}
`), 0o600))
	must(t, os.WriteFile(filepath.Join(dir, "exempelkommun_2025-12-31_redovisning.zip"), []byte("PK"), 0o600))
	must(t, os.WriteFile(filepath.Join(dir, "hemligt.txt"), []byte("hör inte dit"), 0o600))
}

// Only files of the chain are sent, whatever else lies in the folder.
func filesOfSnapshots(t *testing.T, h http.Handler) {
	t.Helper()
	const at = "/ogonblicksbilder/"
	for file, want := range map[string]int{
		"exempelkommun_2025-12-31_redovisning.zip": http.StatusOK, seal.ChainFile: http.StatusOK,
		"exempelkommun_2025-12-31_underlag.zip": http.StatusNotFound, "hemligt.txt": http.StatusNotFound,
		"..%2Fapi.token": http.StatusNotFound, "snapshot.key": http.StatusNotFound, "%2Fetc%2Fpasswd": http.StatusNotFound,
	} {
		if got := visit(t, h, at+file); got.code != want {
			t.Errorf("%s: %d, want %d", file, got.code, want)
		}
	}
}
