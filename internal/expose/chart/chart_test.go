package chart_test

import (
	"strings"
	"testing"
	"time"

	"github.com/kommunpuls/kommunpuls/internal/expose/chart"
	"github.com/kommunpuls/kommunpuls/internal/wording"
)

func TestAnAxisHasFewRoundLevelsInOneUnit(t *testing.T) {
	for _, c := range []struct {
		unit string
		high float64
		want string
	}{
		{"share", .8, "0\u00a0% 25\u00a0% 50\u00a0% 75\u00a0% 100\u00a0%"}, {"share", .12, "0\u00a0% 5\u00a0% 10\u00a0% 15\u00a0%"}, {"count", 239, "0 100 200 300"}, {"count", 3, "0 1 2 3"},
		{"seconds", 7200, "0\u00a0min 50\u00a0min 100\u00a0min 150\u00a0min"}, {"user_time", 1565000, ""}, {"sek", 14692, ""}, {"sek", 110e6, ""},
		{"ratio", .8, "0,00 0,20 0,40 0,60 0,80"},
	} {
		ch := chart.Draw(wording.Words{}, chart.Curve{Unit: c.unit, Points: []chart.Point{{At: time.Unix(0, 0)}, {At: time.Unix(1e7, 0), Value: c.high}}}, chart.Wide(), "", "")
		var texts []string
		for _, l := range ch.Levels {
			texts = append(texts, l.Text)
		}
		got := strings.Join(texts, " ")
		if n := len(texts); n < 3 || n > 8 || c.want != "" && got != c.want {
			t.Errorf("%s up to %v: %s", c.unit, c.high, got)
		}
		seen := map[string]bool{}
		for _, x := range texts {
			if seen[x] {
				t.Errorf("%s up to %v: %s stands twice", c.unit, c.high, x)
			}
			seen[x] = true
		}
	}
}
