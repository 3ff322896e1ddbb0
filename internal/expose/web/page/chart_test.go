package page

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/kommunpuls/kommunpuls/internal/calendar"
	"github.com/kommunpuls/kommunpuls/internal/finding"
)

// year makes twelve months of a share, from 10 % upwards.
func year(change func(i int, f *finding.Finding)) []finding.Finding {
	var out []finding.Finding
	for i := range 12 {
		at := time.Date(2025, time.Month(i+2), 1, 0, 0, 0, 0, calendar.Location()).Add(-time.Second)
		f := finding.Finding{KPI: "a", Unit: "share", Value: n(.1 + float64(i)/100), Numerator: n(10 + float64(i)), Denominator: n(100), Outcome: finding.NotMet, AsOf: at, KnownAt: at, MethodVersion: 1}
		if change != nil {
			change(i, &f)
		}
		out = append(out, f)
	}
	return out
}

func TestALineIsNotDrawnWhereNothingIsKnownOrTheSeriesBreaks(t *testing.T) {
	for _, c := range []struct {
		name   string
		change func(i int, f *finding.Finding)
		breaks []finding.Break
		lines  int
		dots   int
		remark string
	}{
		{"a whole year", nil, nil, 1, 12, ""},
		{"a month that is not known", func(i int, f *finding.Finding) {
			if i == 5 {
				f.Value, f.Outcome = nil, finding.NoData
			}
		}, nil, 2, 11, "vi vet inte"},
		{"another method", func(i int, f *finding.Finding) { f.MethodVersion = 1 + i/6 }, nil, 2, 12, "Nytt sätt att räkna"},
		{"a series break", nil, []finding.Break{{On: "2025-06-15", Reason: "Nytt system."}}, 2, 12, ""},
		{"computed afterwards", func(i int, f *finding.Finding) { f.KnownAt = f.AsOf.AddDate(1, 0, 0) }, nil, 1, 12, "Räknat i efterhand"},
	} {
		t.Run(c.name, func(t *testing.T) {
			fs := year(c.change)
			now := fs[11]
			now.Breaks, now.Target = c.breaks, &finding.Target{Kind: "value", Value: n(.9)}
			h := Frame{}.history(fs, now, false, "Andel")
			if len(h.Charts) != 2 || len(h.Charts[0].Lines) != c.lines || len(h.Charts[0].Dots) != c.dots || len(h.Rows) != 12 || len(h.Breaks) != len(c.breaks) {
				t.Errorf("%d charts, lines %v, %d dots, %d rows", len(h.Charts), h.Charts[0].Lines, len(h.Charts[0].Dots), len(h.Rows))
			}
			if said := fmt.Sprint(h.Rows); !strings.Contains(said, c.remark) {
				t.Errorf("%s lacks %q", said, c.remark)
			}
			if h.Charts[0].Target == nil || h.Charts[0].Levels[0].Text != "0\u00a0%" || h.Charts[0].Levels[len(h.Charts[0].Levels)-1].Text != "100\u00a0%" {
				t.Errorf("target %v, levels %v", h.Charts[0].Target, h.Charts[0].Levels)
			}
		})
	}
}

func TestAChartIsTold(t *testing.T) {
	fs := year(nil)
	h := Frame{}.history(fs, fs[11], false, "Andel")
	want := "Från 31\u00a0januari\u00a02025 (10,0\u00a0%) till 31\u00a0december\u00a02025 (21,0\u00a0%). Lägst 10,0\u00a0% i januari\u00a02025, högst 21,0\u00a0% i december\u00a02025."
	if got := h.Charts[0].Desc; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
	first := h.Charts[0].Ticks[0]
	if first.Text != "jan" || first.Anchor != "2025" || len(h.Charts[0].Ticks) != 12 || len(h.Charts[1].Ticks) != 6 {
		t.Errorf("the axis begins with %+v and has %d and %d months", first, len(h.Charts[0].Ticks), len(h.Charts[1].Ticks))
	}
	if h.Rows[0].When != "31\u00a0december\u00a02025" {
		t.Errorf("the newest is not first: %v", h.Rows[0])
	}
}

func TestAForecastIsDrawnToTheDayThatTheTargetIsMet(t *testing.T) {
	fs := year(nil)
	now := fs[11]
	now.Target, now.Forecast = &finding.Target{Kind: "value", Value: n(.3)}, &finding.Forecast{ETA: "2026-09-30"}
	h := Frame{}.history(fs, now, false, "Andel")
	if h.Charts[0].Ahead == "" || !strings.HasSuffix(h.Charts[0].Ahead, fmt.Sprintf(" %.1f,%.1f", h.Charts[0].Right, h.Charts[0].Target.Y)) {
		t.Errorf("ahead %q", h.Charts[0].Ahead)
	}
	now.Forecast.ETA = "2035-01-01"
	if far := (Frame{}).history(fs, now, false, "Andel"); far.Charts[0].Ahead != "" {
		t.Errorf("nine years ahead: %q", far.Charts[0].Ahead)
	}
}

func TestOnePointIsNoChart(t *testing.T) {
	fs := year(nil)[11:]
	if h := (Frame{}).history(fs, fs[0], false, "Andel"); !h.Only || len(h.Charts) != 0 || len(h.Rows) != 1 {
		t.Errorf("%+v", h)
	}
	if h := (Frame{}).history(nil, fs[0], true, "Andel"); !h.Only || !h.Unfinished {
		t.Errorf("%+v", h)
	}
}
