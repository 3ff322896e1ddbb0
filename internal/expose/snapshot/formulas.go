package snapshot

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/kommunpuls/kommunpuls/internal/expose/snapshot/book"
	"github.com/kommunpuls/kommunpuls/internal/finding"
)

// formula is a figure as a sheet computes it: what is "" has no formula.
type formula struct {
	numerator, denominator, value string
	sheet                         string // whose rows it counts
	why                           string // why there is none
}

// spot is a column of a population and the sheet it stands on.
type spot struct {
	finding.Recompute
	pg *page
}

// spots lists the columns of a figure, or of its second figure.
func (w *workbook) spots(kpi, also string) []spot {
	var out []spot
	for _, p := range w.ps {
		for _, c := range p.Columns {
			if c.KPI == kpi && c.Also == also && c.Field == "" {
				out = append(out, spot{c, w.pages[p.Relation]})
			}
		}
	}
	return out
}

// column is the range of a column's cells, "ticket!$F$4:$F$900".
func (pg *page) column(column string) string {
	names := append([]string{"id", "org_unit"}, pg.p.Keys...)
	for _, c := range pg.p.Columns {
		names = append(names, c.Name())
	}
	for i, n := range names {
		if n == column {
			col := book.Column(i)
			return fmt.Sprintf("'%s'!$%s$%d:$%s$%d", book.SheetName(pg.p.Relation), col, headRows+1, col, max(pg.sheet.Rows(), headRows+1))
		}
	}
	return ""
}

// total is the formula of a figure's own value.
func (w *workbook) total(kpi, also string) formula { return w.formula(kpi, also, "", "") }

// formula is that of a figure, or of one cell of its breakdowns.
func (w *workbook) formula(kpi, also, dimension, key string) formula {
	all := w.spots(kpi, also)
	if len(all) == 0 {
		return formula{why: "Raderna följer inte med."}
	}
	main, below := all[0], spot{}
	for _, s := range all {
		if s.How == "below" {
			below = s
		} else {
			main = s
		}
	}
	if main.pg.full || below.pg != nil && below.pg.full {
		return formula{why: "Fler rader än ett blad rymmer: räkna om ur CSV-filen."}
	}
	if key == restCell || ambiguous(key) {
		return formula{why: "Räkna om ur CSV-filen."}
	}
	r, where := main.pg.column(main.Name()), main.where(dimension, key)
	f := formula{sheet: book.SheetName(main.pg.p.Relation)}
	if dimension == "split" || dimension == "age" {
		if where == "" {
			return formula{why: "Räkna om ur CSV-filen."}
		}
		f.numerator = "COUNTIFS(" + strings.TrimPrefix(where, ",") + ")"
		if dimension == "split" {
			f.denominator = "(COUNTIFS(" + r + ",1)+COUNTIFS(" + r + ",0))"
		}
		return f
	}
	if dimension != "" && where == "" && main.How != "above" {
		return formula{why: "Räkna om ur CSV-filen."}
	}
	sum := func(r, where string) string {
		if where == "" {
			return "SUM(" + r + ")"
		}
		return "SUMIFS(" + r + where + ")"
	}
	switch main.How {
	case "share":
		f.numerator = "COUNTIFS(" + r + ",1" + where + ")"
		f.denominator = "(" + f.numerator + "+COUNTIFS(" + r + ",0" + where + "))"
	case "count":
		f.value = "COUNTIFS(" + r + ",1" + where + ")"
		return f
	case "mean":
		f.numerator, f.denominator = sum(r, where), "COUNTIFS("+r+`,">=-1E+300"`+where+")"
	case "filled":
		f.numerator, f.denominator = sum(r, where), "(COUNTIFS("+r+`,">=0"`+where+")*"+plain(main.Of)+")"
	case "sum":
		if dimension != "" {
			return formula{why: "Räkna om ur CSV-filen."}
		}
		f.numerator, f.denominator = "("+plain(main.Base)+"-SUM("+r+"))", "("+plain(main.Base)+"-"+plain(main.Target)+")"
	case "above":
		f.numerator, f.denominator = sum(r, where), sum(below.pg.column(below.Name()), below.where(dimension, key))
		f.value = f.numerator + "/" + f.denominator
		if main.Per != 0 && main.Per != 1 {
			f.value += "*" + plain(main.Per)
		}
		return f
	case "quantile":
		if dimension != "" {
			return formula{why: "Räkna om ur CSV-filen: ett kalkylblad saknar ett gemensamt sätt att ta fram värdet för en del av raderna."}
		}
		// The value at rank ceil(q·n): of two middle values the lower.
		f.denominator = "COUNT(" + r + ")"
		f.value = fmt.Sprintf("SMALL(%s,MAX(1,ROUNDUP(%s*COUNT(%s),0)))", r, plain(main.Q), r)
		return f
	default:
		return formula{why: noFormula(main.How)}
	}
	f.value = f.numerator + "/" + f.denominator
	return f
}

// noFormula says why a sheet does not compute a figure.
func noFormula(how string) string {
	switch how {
	case "distinct":
		return "Ingen formel: olika värden räknas. Räkna om ur CSV-filen eller med SQL-texten."
	case "groups", "worst", "peers", "own":
		return "Ingen formel: medelvärden tas för varje grupp först. Räkna om ur CSV-filen eller med SQL-texten."
	case "intervals", "inside":
		return "Ingen formel: tider som överlappar läggs samman. Räkna om ur CSV-filen eller med SQL-texten."
	}
	return "Räkna om ur CSV-filen eller med SQL-texten."
}

// where is the condition for the rows of a key, beginning with a comma; "" for
// all rows.
func (s spot) where(dimension, key string) string {
	column := s.Keys[dimension]
	if dimension == "" || column == "" {
		return ""
	}
	key = strings.NewReplacer("~", "~~", "*", "~*", "?", "~?", `"`, `""`).Replace(key)
	return "," + s.pg.column(column) + `,"=` + key + `"`
}

// ambiguous tells whether a key would match others in a sheet.
func ambiguous(key string) bool { return len(key) > 200 || strings.ContainsAny(key, "\r\n\t") }

func plain(v float64) string { return strconv.FormatFloat(v, 'f', -1, 64) }
