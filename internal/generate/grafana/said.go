package grafana

import (
	"fmt"
	"slices"
	"strings"
)

// A column of Grafana 9.4's tables has one unit, but figures of all units stand
// under each other. So the questions themselves put figures into words, as the
// report does: "148 av 212 (70 %)", "41 minuter". The word is a label.

// figures are what is put into words.
type figures struct {
	kpis []string // these; none is every figure there is
	sel  string   // selects more: `org_unit="",dimension=""`
	by   string   // labels that tell them apart: "kpi"
	into string   // the label that the words stand in
}

// said asks for figures in words, a row each. Where there is no figure it says why.
func (b *board) said(f figures) string {
	s := sayer{figures: f, b: b, metric: "kommunpuls_kpi_value"}
	return s.all(slices.Concat(s.shares(), s.units(), s.nothing()))
}

// saidTarget asks for targets in words.
func (b *board) saidTarget(f figures) string {
	s := sayer{figures: f, b: b, metric: "kommunpuls_kpi_target"}
	var parts []string
	if v := s.of("share"); v != "" {
		parts = []string{
			s.word("round(100 * ("+v+" <= 1), 0.1)", "$1\u00a0%"),
			s.word("round("+v+" > 1)", b.w("pieces")), // a target in numbers of a figure that is a share
		}
	}
	return s.all(append(parts, s.units()...))
}

type sayer struct {
	figures
	b      *board
	metric string
}

// all puts the parts together, each of which concerns other figures than the
// rest, and writes their numbers as the language does: at most two numbers
// under a million, or one of any size.
func (s sayer) all(parts []string) string {
	x := strings.Join(parts, " or ")
	point, apart := ",", "\u00a0"
	if s.b.lang == "en" {
		point, apart = ".", ","
	}
	x = replace(x, s.into, "$1"+point+"$2", "(.*[0-9])[.]([0-9].*)")
	for range 4 {
		x = replace(x, s.into, "$1"+apart+"$2$3", "(.*[0-9])([0-9]{3})([^0-9].*|)")
	}
	return fmt.Sprintf("max by (%s, %s) (%s)", s.by, s.into, x)
}

// series selects a metric's series of these figures.
func (s sayer) series(metric string, kpis []string, more string) string {
	var sel []string
	if len(kpis) > 0 {
		sel = append(sel, fmt.Sprintf("kpi=~%q", strings.Join(kpis, "|")))
	}
	for _, m := range []string{s.sel, more} {
		if m != "" {
			sel = append(sel, m)
		}
	}
	return fmt.Sprintf("max by (%s) (%s{%s})", s.by, metric, strings.Join(sel, ","))
}

// of is the metric of the figures that have one of the units; "" if none has.
func (s sayer) of(units ...string) string { return s.in(s.metric, units...) }

func (s sayer) in(metric string, units ...string) string {
	if len(s.kpis) == 0 {
		return fmt.Sprintf("(%s and on (kpi) kommunpuls_kpi_info{unit=~%q})", s.series(metric, nil, ""), strings.Join(units, "|"))
	}
	var have []string
	for _, id := range s.kpis {
		if slices.Contains(units, s.b.kpi(id).Unit) {
			have = append(have, id)
		}
	}
	if len(have) == 0 {
		return ""
	}
	return s.series(metric, have, "")
}

// word writes a number into words; $1 in text is the number.
func (s sayer) word(number, text string) string {
	return fmt.Sprintf(`label_replace(count_values by (%s) ("v", %s), %q, %q, "v", "(.*)")`, s.by, number, s.into, text)
}

func replace(x, label, by, pattern string) string {
	return fmt.Sprintf("label_replace(%s, %q, %q, %q, %q)", x, label, by, label, pattern)
}

// shares writes counts, and percent after them where there are ten or more.
// Shares that are not of counted rows are percent alone.
func (s sayer) shares() []string {
	v, num, den := s.of("share"), s.in("kommunpuls_kpi_numerator", "share"), s.in("kommunpuls_kpi_denominator", "share")
	if v == "" {
		return nil
	}
	counts := fmt.Sprintf(`label_join(count_values by (%[1]s) ("n", round(%[2]s)) * on (%[1]s) group_left (d) %[3]s, "nd", %[4]q, "n", "d")`,
		s.by, num, s.whole(den), " "+s.b.w("out_of")+" ")
	// A share that is not whole is never rounded to nothing or to all.
	percent := fmt.Sprintf("((%[1]s > 0 < 0.005) * 0 + 0.5 or (%[1]s >= 0.995 < 1) * 0 + 99.5 or round(100 * %[1]s)) and on (%[2]s) %[3]s >= 10", v, s.by, den)
	p := replace(fmt.Sprintf(`count_values by (%s) ("p", %s)`, s.by, percent), "p", s.b.w("under")+" 1", "0[.]5")
	p = replace(p, "p", s.b.w("over")+" 99", "99[.]5")
	both := fmt.Sprintf(`label_join(%s * on (%s) group_left (p) %s, "np", " (", "nd", "p")`, counts, s.by, p)
	few := fmt.Sprintf("(%s unless on (%s) %s >= 10)", counts, s.by, den)
	return []string{
		fmt.Sprintf(`label_replace(%s, %q, "$1`+"\u00a0"+`%%)", "np", "(.*)")`, both, s.into),
		fmt.Sprintf(`label_replace(%s, %q, "$1", "nd", "(.*)")`, few, s.into),
		s.word(fmt.Sprintf("round(100 * (%s unless on (%s) %s))", v, s.by, den), "$1\u00a0%"),
	}
}

// whole writes what a share is of, as the label d: so many rows, or so many kronor.
func (s sayer) whole(den string) string {
	const written = `count_values by (%s) ("d", round(%s))`
	money := slices.DeleteFunc(s.b.money(), func(id string) bool { return len(s.kpis) > 0 && !slices.Contains(s.kpis, id) })
	if len(money) == 0 {
		return fmt.Sprintf(written, s.by, den)
	}
	of := fmt.Sprintf("on (kpi) kommunpuls_kpi_info{kpi=~%q}", strings.Join(money, "|"))
	kronor := replace(fmt.Sprintf(written, s.by, den+" and "+of), "d", "$1\u00a0"+s.b.w("kronor"), "(.*)")
	return fmt.Sprintf("("+written+" or %s)", s.by, den+" unless "+of, kronor)
}

// units writes what is not a share.
func (s sayer) units() []string {
	w := s.b.w
	var out []string
	for _, u := range []struct {
		units         []string
		nearest, word string
	}{
		{[]string{"count", "score", "index"}, "0.1", "$1"},
		{[]string{"ratio"}, "0.01", "$1"},
		{[]string{"sek"}, "1", "$1\u00a0" + w("kronor")},
		{[]string{"months"}, "0.1", "$1 " + w("months")},
		{[]string{"per_hundred"}, "0.1", "$1 " + w("per_hundred")},
	} {
		if v := s.of(u.units...); v != "" {
			x := s.word("round("+v+", "+u.nearest+")", u.word)
			if u.units[0] == "months" {
				x = s.one(x, "months", "month")
			}
			out = append(out, x)
		}
	}
	return append(out, s.durations()...)
}

// durations are written in the largest unit that leaves one or more of it, days
// from two. The time of many added up is told in hours: its days are not days
// of a calendar.
func (s sayer) durations() []string {
	v, w := s.of("seconds"), s.b.w
	if v == "" {
		return nil
	}
	together := strings.Join(s.b.userTime(), "|")
	return []string{
		s.one(s.word("round("+v+" < 60)", "$1 "+w("seconds")), "seconds", "second"),
		s.one(s.word("round("+v+" >= 60 < 3600, 60) / 60", "$1 "+w("minutes")), "minutes", "minute"),
		s.one(s.word("round("+v+" >= 3600 < 172800, 360) / 3600", "$1 "+w("hours")), "hours", "hour"),
		s.word(fmt.Sprintf("round((%s >= 172800 and on (kpi) kommunpuls_kpi_info{kpi=~%q}) / 3600)", v, together), "$1 "+w("hours")),
		s.word(fmt.Sprintf("round((%s >= 172800 unless on (kpi) kommunpuls_kpi_info{kpi=~%q}) / 86400, 0.1)", v, together), "$1 "+w("days")),
	}
}

// one writes "1 minut" where it says "1 minuter".
func (s sayer) one(x, many, one string) string {
	return replace(x, s.into, "1 "+s.b.w(one), "1 "+s.b.w(many))
}

// nothing says why there is no figure.
func (s sayer) nothing() []string {
	var out []string
	for _, n := range []struct{ status, word string }{
		{"no_data", "we_do_not_know"}, {"error", "not_computed"}, {"not_applicable", "does_not_apply"}, {"suppressed", "too_few"},
	} {
		out = append(out, fmt.Sprintf(`label_replace(%s, %q, %q, "", "")`, s.series("kommunpuls_kpi_status", s.kpis, fmt.Sprintf("status=%q", n.status)), s.into, s.b.w(n.word)))
	}
	return out
}
