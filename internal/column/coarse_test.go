package column_test

import (
	"testing"
	"time"

	"github.com/kommunpuls/kommunpuls/internal/column"
	"github.com/kommunpuls/kommunpuls/plugins/sdk/record"
)

func TestTimesOfAccountsAreCutDownToTheirDayOrMonth(t *testing.T) {
	// 23.30 UTC on the last of a month is the first of the next in Stockholm.
	late := time.Date(2026, 3, 31, 22, 30, 15, 0, time.UTC)
	rec, _, no := fill(t, record.Account, map[string]column.Spec{"last_login_at": {}, "created_at": {}, "expires_at": {}},
		column.Options{}, map[string]any{"last_login_at": late, "created_at": late, "expires_at": late})
	if len(no) > 0 {
		t.Fatal(no)
	}
	stockholm, err := time.LoadLocation("Europe/Stockholm")
	if err != nil {
		t.Fatal(err)
	}
	april := time.Date(2026, 4, 1, 0, 0, 0, 0, stockholm).Unix()
	for field, want := range map[string]int64{"last_login_at": april, "created_at": april, "expires_at": late.Unix()} {
		if got := rec.Get(field); got.I != want {
			t.Errorf("%s: %v, want %v", field, time.Unix(got.I, 0).UTC(), time.Unix(want, 0).UTC())
		}
	}
}
