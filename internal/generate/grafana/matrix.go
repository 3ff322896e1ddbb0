package grafana

import (
	"fmt"
	"slices"
	"strings"

	"github.com/kommunpuls/kommunpuls/internal/catalogue"
	"github.com/kommunpuls/kommunpuls/internal/finding"
	"github.com/kommunpuls/kommunpuls/internal/wording"
)

// status selects the outcomes of the whole, each figure once.
const status = `max by (kpi, status) (kommunpuls_kpi_status{org_unit="",dimension=""})`

// outcomeRow is an outcome as the status of a metric, and what it is called.
type outcomeRow struct{ status, shape, name string }

// outcomeRows lists outcomes best first, with those without a figure together
// at the end.
func (b *board) outcomeRows() []outcomeRow {
	w := wording.In(b.lang)
	var out []outcomeRow
	for _, o := range finding.Outcomes() {
		if !o.HasValue() {
			continue
		}
		s := w.State(finding.Finding{Outcome: o})
		out = append(out, outcomeRow{string(o), s.Shape, s.Shape + " " + s.Short})
	}
	return append(out, outcomeRow{"no_data|not_applicable|error|suppressed", "–", "– " + wording.Capital(b.w("no_figure"))})
}

// oneNothing makes every outcome without a figure the same.
func oneNothing(expr string) string {
	return fmt.Sprintf(`label_replace(%s, "status", "no_data", "status", "not_applicable|error|suppressed")`, expr)
}

// counted is a table of how many figures have each outcome: a row for each
// value of the label that expr, counts by label and status, tells apart.
func (p *panel) counted(expr, label, heading string, names ...meaning) *panel {
	p.rows(expr)
	p.transform("groupingToMatrix", map[string]any{"columnField": "status", "rowField": label, "valueField": "Value", "emptyValue": "null"})
	order, rename := map[string]any{label + `\status`: 0}, map[string]any{label + `\status`: heading}
	for i, o := range p.b.outcomeRows() {
		key, _, _ := strings.Cut(o.status, "|")
		order[key], rename[key] = i+1, o.name
		ps := props(right(), blank("·"), saying(mean(meaning{"0", "·", ""})))
		if key == string(finding.NotDue) {
			ps = append(ps, prop("custom.width", 205)) // the longest heading
		}
		p.as(o.name, ps...)
	}
	p.transform("organize", map[string]any{"excludeByName": map[string]any{}, "indexByName": order, "renameByName": rename})
	if len(names) > 0 {
		p.as(heading, saying(mean(names...)))
	}
	return p.atLeast(80)
}

// areaCounts counts outcomes by area for the figures of the whole.
func (b *board) areaCounts() string {
	return b.areaNames(fmt.Sprintf("count by (area, status) (%s * on (kpi) group_left (area) max by (kpi, area) (kommunpuls_kpi_info))", oneNothing(status)))
}

// areaNames says areas by their short names.
func (b *board) areaNames(expr string) string {
	for _, a := range catalogue.Areas() {
		expr = fmt.Sprintf(`label_replace(%s, "area", %q, "area", %q)`, expr, b.w("area "+a.ID), a.ID)
	}
	return expr
}

// unitMatrix is a row for each förvaltning and a column for each area; a cell
// counts the outcomes there: "● 3  ■ 1  ○ 12".
func (b *board) unitMatrix(key string) *panel {
	p := b.table(key).worded().rows(b.areaNames(b.cells()))
	p.transform("groupingToMatrix", map[string]any{"columnField": "area", "rowField": "name", "valueField": "cell"})
	order := map[string]any{`name\area`: 0}
	for i, a := range catalogue.Areas() {
		order[b.w("area "+a.ID)] = i + 1
	}
	p.transform("organize", map[string]any{"excludeByName": map[string]any{}, "indexByName": order, "renameByName": map[string]any{`name\area`: b.w("unit")}})
	return p.atLeast(90).as(b.w("unit"), prop("custom.width", 222)).by(b.w("unit"), false)
}

// cells asks for the cells of unitMatrix. All counts of a cell are added up in
// one number, two digits each, and the number is then cut into its parts: one
// pass over the outcomes instead of one for each. Eight times two digits are as
// many as a number of Prometheus holds.
func (b *board) cells() string {
	rows := b.outcomeRows()
	slices.Reverse(rows) // the last has the lowest weight, the first stands first
	var each []string
	digits, cell := "", ""
	for i, o := range rows {
		each = append(each, fmt.Sprintf(`kommunpuls_kpi_status{org_unit!="",dimension="",status=~%q} * 1e%d`, o.status, 2*i))
	}
	for i := range rows {
		digits += "(..)"
		cell += fmt.Sprintf("%s\u00a0$%d  ", rows[len(rows)-1-i].shape, i+1)
	}
	x := fmt.Sprintf(`count_values by (org_unit, area) ("d", sum by (org_unit, area) ((%s) * on (kpi) group_left (area) max by (kpi, area) (kommunpuls_kpi_info)))`, strings.Join(each, " or "))
	x = replace(x, "d", strings.Repeat("00", len(rows))+"$1", "(.*)")
	x = replace(x, "d", "$1", fmt.Sprintf(".*(.{%d})", 2*len(rows)))
	x = fmt.Sprintf("label_replace(%s, \"cell\", %q, \"d\", %q)", x, cell, digits)
	for _, o := range rows {
		x = replace(x, "cell", "$1$2", "(.*)"+o.shape+"\u00a000  (.*)")               // none is not written
		x = replace(x, "cell", "$1"+o.shape+"\u00a0$2", "(.*)"+o.shape+"\u00a00(.*)") // 03 is 3
	}
	return fmt.Sprintf("max by (name, area, cell) (%s * on (org_unit) group_left (name) max by (org_unit, name) (kommunpuls_org_unit_info))", x)
}
