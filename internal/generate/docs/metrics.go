package docs

import (
	"fmt"

	"github.com/kommunpuls/kommunpuls/internal/expose/metrics"
)

// metricPage is what the template of docs/metrics.md sees.
type metricPage struct {
	Groups []metricGroup
}

// metricGroup is the families of one part of what is shown.
type metricGroup struct {
	Title string
	Rows  []metricRow
}

// metricRow is one family with what it means in Swedish.
type metricRow struct {
	metrics.Family
	SV string
}

// Metrics writes docs/metrics.md: every family that is shown to Prometheus,
// with its labels and unit. It is an error if one has no Swedish meaning.
func Metrics(families []metrics.Family) (Pages, error) {
	t, err := parse()
	if err != nil {
		return nil, fmt.Errorf("docs: %w", err)
	}
	meanings := metricMeanings()
	page := metricPage{}
	for _, f := range families {
		m, ok := meanings[f.Name]
		if !ok {
			return nil, fmt.Errorf("docs: the family %s has no meaning in metricmeanings.go", f.Name)
		}
		delete(meanings, f.Name)
		if n := len(page.Groups); n == 0 || page.Groups[n-1].Title != m.group {
			page.Groups = append(page.Groups, metricGroup{Title: m.group})
		}
		g := &page.Groups[len(page.Groups)-1]
		g.Rows = append(g.Rows, metricRow{Family: f, SV: m.sv})
	}
	for name := range meanings {
		return nil, fmt.Errorf("docs: metricmeanings.go explains %s, which nothing publishes", name)
	}
	b, err := execute(t, "metrics.md.tmpl", page)
	return Pages{"metrics.md": b}, err
}

// metricUnit is a family's unit in Swedish.
func metricUnit(u string) string {
	for _, w := range [][2]string{
		{"the figure's own: `unit` of `kommunpuls_kpi_info`", "siffrans egen: `unit` i `kommunpuls_kpi_info`"},
		{"rows, or what is summed", "rader, eller det som summeras"},
		{"rows weighted by criticality", "rader efter hur viktiga de är"},
		{"seconds since 1970", "sekunder sedan 1970"}, {"share 0-1", "andel 0–1"}, {"0 or 1", "0 eller 1"}, {"0-4", "0–4"},
		{"rows", "rader"}, {"seconds", "sekunder"}, {"tickets", "ärenden"}, {"people", "personer"}, {"names", "namn"},
		{"targets", "mål"}, {"probes", "mätningar"}, {"restarts", "omstarter"}, {"exports", "sändningar"}, {"messages", "meddelanden"},
	} {
		if u == w[0] {
			return w[1]
		}
	}
	return u
}
