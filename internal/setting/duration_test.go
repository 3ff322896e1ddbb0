package setting_test

import (
	"encoding/json"
	"testing"
	"time"

	"github.com/kommunpuls/kommunpuls/internal/setting"
)

func TestDurationsAsPeopleWriteThem(t *testing.T) {
	for in, want := range map[string]time.Duration{
		`"7d"`: 7 * 24 * time.Hour, `"1d12h"`: 36 * time.Hour, `"90s"`: 90 * time.Second, `"0s"`: 0, `"-1h"`: 0, `"d"`: 0, `"1dd"`: 0, `"sju dagar"`: 0, `7`: 0, `"99999d"`: 0,
	} {
		var d setting.Duration
		err := json.Unmarshal([]byte(in), &d)
		if (err == nil) != (want > 0) || time.Duration(d) != want {
			t.Errorf("%s: got %v, %v", in, time.Duration(d), err)
		}
	}
	if got := setting.Duration(0).Or(time.Minute); got != time.Minute {
		t.Error(got)
	}
}

func TestDecodeIsStrict(t *testing.T) {
	var s struct{ A int }
	for in, ok := range map[string]bool{`{"A":1}`: true, `{"B":1}`: false, `{"A":1}{}`: false, `[]`: false, `{"`: false} {
		if err := setting.Decode([]byte(in), &s); (err == nil) != ok {
			t.Errorf("%s: %v", in, err)
		}
	}
}
