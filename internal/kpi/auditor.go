package kpi

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/kommunpuls/kommunpuls/internal/catalogue"
	"github.com/kommunpuls/kommunpuls/internal/catalogue/expr"
	"github.com/kommunpuls/kommunpuls/internal/store"
)

// auditorText is the figure as one statement that runs in plain sqlite3
// against a copy of the store's file: instants written out, views and the
// content at the point as common table expressions, and the percentile in its
// window form. It gives numerator, denominator and value.
func (t *task) auditorText(r store.Reader) (string, error) {
	extra, body, err := t.auditorBody()
	if err != nil {
		return "", err
	}
	text, err := t.s.texts.statement(r, t.use, extra, body)
	if err != nil {
		return "", err
	}
	head := fmt.Sprintf("-- %s, method version %d\n-- as of %s, known at %s\n", t.def.ID, t.def.Method,
		t.s.point.AsOf.UTC().Format(time.RFC3339), t.s.point.KnownAt.UTC().Format(time.RFC3339))
	return head + text + ";\n", nil
}

func (t *task) auditorBody() (extra []string, body string, err error) {
	switch t.def.Shape {
	case catalogue.Share, catalogue.Related, catalogue.Planned:
		return nil, quotient(t.counts, t.columns["pass"], t.columns["n"]), nil
	case catalogue.MeanScore:
		if t.def.Of != "" {
			extra, body = t.auditorWorst()
			return extra, body, nil
		}
		return nil, quotient(t.counts, t.columns["sum"], t.columns["with"]), nil
	case catalogue.CountOf:
		return nil, "SELECT COALESCE(" + t.counts.columns[t.columns["pass"]] + ", 0) AS value\n" + from(t.counts.rel, t.counts.where), nil
	case catalogue.Progress:
		return nil, "SELECT COALESCE(" + t.counts.columns[t.columns["now"]] + ", 0) AS now\n" + from(t.counts.rel, t.counts.where), nil
	case catalogue.Quantile:
		return t.auditorQuantile()
	case catalogue.GroupShare:
		return t.auditorGroups()
	case catalogue.Distinct:
		sp := t.specs[0]
		return nil, "SELECT COUNT(DISTINCT " + sp.group + ") AS value\n" + from(sp.rel, sp.where), nil
	case catalogue.FieldMean:
		return nil, t.auditorFields(), nil
	case catalogue.Ratio, catalogue.PeerGap:
		return t.auditorRatio()
	case catalogue.Intervals:
		return t.auditorIntervals()
	case catalogue.InsideOutside:
		return t.auditorInside()
	}
	return nil, "", fmt.Errorf("shape %s has no text", t.def.Shape)
}

func quotient(sp *spec, num, den int) string {
	n, d := sp.columns[num], sp.columns[den]
	return "SELECT " + n + " AS numerator,\n       " + d + " AS denominator,\n       CAST(" + n + " AS DOUBLE PRECISION) / NULLIF(" + d + ", 0) AS value\n" + from(sp.rel, sp.where)
}

// ranked is a common table expression with values in order, each with its rank
// and their number: percentile_disc is the first at rank ceil(q·n).
func ranked(name, value, key, fromText string) string {
	over, partition := "ORDER BY v", ""
	if key != "" {
		partition = "PARTITION BY k"
		over = partition + " " + over
		key = key + " AS k, "
	}
	k := ""
	if key != "" {
		k = "k, "
	}
	return name + " AS (SELECT " + k + "v, ROW_NUMBER() OVER (" + over + ") AS r, COUNT(*) OVER (" + partition + ") AS n\n  FROM (SELECT " + key + value + " AS v " + fromText + ") AS measured)"
}

// at is the condition for the value at a share of the sorted values.
func at(q float64) string {
	return "r >= " + strconv.FormatFloat(q, 'f', -1, 64) + " * n"
}

func (t *task) auditorQuantile() ([]string, string, error) {
	m, err := t.measure()
	if err != nil {
		return nil, "", err
	}
	rows := from(t.pop.rel, t.pop.and(m+" IS NOT NULL").kept())
	return []string{ranked("ranked", m, "", rows)}, "SELECT MAX(n) AS denominator,\n       MIN(CASE WHEN " + at(t.def.Quantile) + " THEN v END) AS value\nFROM ranked", nil
}

func (t *task) auditorGroups() ([]string, string, error) {
	sp := t.specs[0]
	e, err := t.s.texts.groupPass(t.def.GroupPass)
	if err != nil {
		return nil, "", err
	}
	groups := "groups AS (SELECT CAST(" + sp.columns[0] + " AS DOUBLE PRECISION) / " + sp.columns[1] + " AS mean, " + sp.columns[1] + " AS n\n  " +
		from(sp.rel, sp.where) + " GROUP BY " + sp.group + ")"
	pass := "SUM(CASE WHEN " + e + " THEN 1 ELSE 0 END)"
	return []string{groups}, "SELECT " + pass + " AS numerator,\n       COUNT(*) AS denominator,\n       CAST(" + pass + " AS DOUBLE PRECISION) / NULLIF(COUNT(*), 0) AS value\nFROM groups", nil
}

func (t *task) auditorFields() string {
	var sums []string
	for i := range t.def.Fields {
		if c, ok := t.columns[fmt.Sprint("field", i)]; ok {
			sums = append(sums, t.counts.columns[c])
		}
	}
	num := strings.Join(sums, " + ")
	den := strconv.Itoa(len(sums)) + " * " + t.counts.columns[t.columns["n"]]
	return "SELECT " + num + " AS numerator,\n       " + den + " AS denominator,\n       CAST(" + num + " AS DOUBLE PRECISION) / NULLIF(" + den + ", 0) AS value\n" + from(t.counts.rel, t.counts.where)
}

func (t *task) auditorRatio() ([]string, string, error) {
	den := t.specs[1]
	if t.def.Shape == catalogue.PeerGap {
		own := "own AS (SELECT CAST(" + t.counts.columns[t.columns["sum"]] + " AS DOUBLE PRECISION) / NULLIF(" + t.counts.columns[t.columns["with"]] + ", 0) AS v\n  " + from(t.counts.rel, t.counts.where) + ")"
		peers := "peers AS (SELECT CAST(" + den.columns[0] + " AS DOUBLE PRECISION) / NULLIF(" + den.columns[1] + ", 0) AS v\n  " + from(den.rel, den.where) + " GROUP BY " + den.group + ")"
		return []string{own, peers}, fmt.Sprintf("SELECT own.v AS numerator,\n       peer.v AS denominator,\n       own.v - peer.v AS value\nFROM own, (SELECT AVG(v) AS v FROM peers HAVING COUNT(*) >= %d) AS peer", minPeers), nil
	}
	per := t.def.Per
	if per == 0 {
		per = 1
	}
	above := "above AS (SELECT COALESCE(" + t.counts.columns[t.columns["num"]] + ", 0) AS v " + from(t.counts.rel, t.counts.where) + ")"
	below := "below AS (SELECT " + den.columns[0] + " AS v " + from(den.rel, den.where) + ")"
	return []string{above, below}, "SELECT above.v AS numerator,\n       below.v AS denominator,\n       CAST(above.v AS DOUBLE PRECISION) / NULLIF(below.v, 0) * " + number(per) + " AS value\nFROM above, below", nil
}

// auditorIntervals cuts time at every start and end within a group: between two
// cuts the heaviest interval that covers them counts.
func (t *task) auditorIntervals() ([]string, string, error) {
	from, to, err := t.stretch()
	if err != nil {
		return nil, "", err
	}
	x, err := t.ivCompile(t.def.Intervals, &t.pop, from, to)
	if err != nil {
		return nil, "", err
	}
	t.use.addAll(x.use)
	hours := "(e - s)"
	if x.working {
		hours = expr.WorkingSeconds("s", "e")
	}
	return []string{
			x.listText(from, to),
			"cuts AS (SELECT g, s AS at FROM list UNION SELECT g, e FROM list)",
			"parts AS (SELECT g, at AS s, LEAD(at) OVER (PARTITION BY g ORDER BY at) AS e FROM cuts)",
			"weighed AS (SELECT s, e, (SELECT MAX(w) FROM list WHERE list.g = parts.g AND list.s <= parts.s AND list.e >= parts.e) AS w FROM parts WHERE e IS NOT NULL)",
		},
		"SELECT COALESCE(SUM(w * " + hours + "), 0) AS value\nFROM weighed WHERE w IS NOT NULL", nil
}

// listText is the intervals cut to the window, without flaps.
func (x ivTexts) listText(from, to int64) string {
	f, e := strconv.FormatInt(from, 10), strconv.FormatInt(to, 10)
	end := "CASE WHEN " + x.end + " IS NULL OR " + x.end + " > " + e + " THEN " + e + " ELSE " + x.end + " END"
	return "list AS (SELECT COALESCE(" + x.group + ", '') AS g, CASE WHEN " + x.start + " < " + f + " THEN " + f + " ELSE " + x.start + " END AS s, " +
		end + " AS e, COALESCE(" + x.weight + ", 0) AS w\n  FROM " + x.rel + " WHERE (" + x.where + ") AND " + end + " - " + x.start + " >= " + strconv.FormatInt(x.minimum, 10) + ")"
}

func (t *task) auditorInside() ([]string, string, error) {
	from0, to, err := t.stretch()
	if err != nil {
		return nil, "", err
	}
	x, err := t.ivCompile(t.def.Intervals, nil, from0, to)
	if err != nil {
		return nil, "", err
	}
	t.use.addAll(x.use)
	ev := t.specs[0]
	if ev.group == "''" {
		x.group = "''"
	}
	inside := "CASE WHEN EXISTS (SELECT 1 FROM list WHERE list.g = COALESCE(" + ev.group + ", '') AND list.s <= " + ev.columns[1] + " AND " + ev.columns[1] + " < list.e) THEN 1 ELSE 0 END"
	q := at(t.def.Quantile)
	return []string{x.listText(from0, to), ranked("ranked", ev.columns[0], inside, from(ev.rel, ev.where))},
		"SELECT MIN(CASE WHEN k = 1 AND " + q + " THEN v END) AS numerator,\n       MIN(CASE WHEN k = 0 AND " + q + " THEN v END) AS denominator,\n       CAST(MIN(CASE WHEN k = 1 AND " + q + " THEN v END) AS DOUBLE PRECISION) / NULLIF(MIN(CASE WHEN k = 0 AND " + q + " THEN v END), 0) AS value\nFROM ranked", nil
}
