package main

import (
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/kommunpuls/kommunpuls/internal/testneed"
)

// crowdedSeries is how many series the dashboards are measured over.
const crowdedSeries = 20_000

// BenchmarkDashboards asks all that each dashboard asks, one question after the
// other, of a Prometheus with 20,000 series of a municipality and a year of
// weekly history. The limit is a second a dashboard.
func BenchmarkDashboards(b *testing.B) {
	addr, past := watchedDemo(b)
	eventually(b, "the figures are computed", func() bool {
		code, _ := get(b, "http://"+addr+"/readyz")
		return code == http.StatusOK
	})
	_, body := get(b, "http://"+addr+"/metrics")
	text := crowded(string(body), crowdedSeries)
	crowd := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/plain; version=0.0.4")
		_, _ = io.WriteString(w, text)
	}))
	defer crowd.Close()
	a := answers{testneed.StartPrometheusEvery(b, 15*time.Second, loaded(b, everyWeek(b, past, 52)), strings.TrimPrefix(crowd.URL, "http://"), addr+"/metrics/probes")}
	const every = `count({__name__=~".+"})`
	eventually(b, "the series are there", func() bool {
		n := a.Query(every, time.Time{})
		return len(n) == 1 && len(n[0]) >= len(strconv.Itoa(crowdedSeries)) && n[0] >= strconv.Itoa(crowdedSeries)
	})
	b.Logf("%v series", a.Query(every, time.Time{}))
	took := map[string]time.Duration{}
	for b.Loop() {
		for _, d := range dashboards(b, "sv") {
			qs, err := questions(a, d)
			if err != nil {
				b.Fatal(err)
			}
			start := time.Now()
			for _, q := range qs {
				if _, err := a.samples(q.query); err != nil {
					b.Fatalf("%s: %v", q.query, err)
				}
			}
			took[d.UID] += time.Since(start)
		}
	}
	worst := ""
	for uid, t := range took {
		b.ReportMetric(t.Seconds()/float64(b.N), uid+"/1s")
		if worst == "" || t > took[worst] {
			worst = uid
		}
	}
	b.ReportMetric(took[worst].Seconds()/float64(b.N), "worst/1s")
	b.Logf("worst: %s", worst)
}

var (
	inUnit = regexp.MustCompile(`org_unit="([^"]+)"`)
	inKey  = regexp.MustCompile(`(?:^|[{,])key="([^"]+)"`)
)

// crowded makes a scrape larger, as of a municipality with more förvaltningar,
// systems and places: each of them stands there several times under names of
// its own, until there are n series.
func crowded(text string, n int) string {
	lines := strings.Split(text, "\n")
	times := n / len(lines)
	for count := 0; count < n; times++ {
		var b strings.Builder
		count = 0
		for _, l := range lines {
			b.WriteString(l + "\n")
			if l == "" || l[0] == '#' {
				continue
			}
			count++
			for i := range times {
				if more := again(l, i+2); more != l {
					b.WriteString(more + "\n")
					count++
				}
			}
		}
		text = b.String()
	}
	return text
}

// again is a series of another förvaltning or of another key.
func again(l string, i int) string {
	if strings.HasPrefix(l, "kommunpuls_kpi_") || strings.HasPrefix(l, "kommunpuls_org_unit_info") || strings.HasPrefix(l, "kommunpuls_next_step_") {
		if more := inUnit.ReplaceAllString(l, fmt.Sprintf(`org_unit="${1}-%d"`, i)); more != l {
			return more
		}
	}
	for _, whole := range []string{`dimension="also"`, `dimension="split"`, `dimension="age"`, `dimension="field"`} {
		if strings.Contains(l, whole) {
			return l
		}
	}
	if m := inKey.FindStringSubmatchIndex(l); m != nil && (strings.HasPrefix(l, "kommunpuls_kpi_") || strings.HasPrefix(l, "kommunpuls_key_info")) {
		return l[:m[3]] + fmt.Sprintf("-%d", i) + l[m[3]:]
	}
	return l
}

// everyWeek repeats the newest figures of a history for each of the past weeks.
func everyWeek(b *testing.B, past string, weeks int) string {
	b.Helper()
	text, err := os.ReadFile(past)
	if err != nil {
		b.Fatal(err)
	}
	newest := ""
	for l := range strings.Lines(string(text)) {
		if l[0] != '#' {
			newest = max(newest, l[strings.LastIndexByte(l, ' ')+1:])
		}
	}
	var out strings.Builder
	for l := range strings.Lines(string(text)) {
		if l[0] == '#' {
			out.WriteString(l)
			continue
		}
		if series, ok := strings.CutSuffix(l, " "+newest); ok {
			for w := weeks; w > 0; w-- {
				fmt.Fprintf(&out, "%s %d\n", series, time.Now().AddDate(0, 0, -7*w).Unix())
			}
		}
	}
	path := filepath.Join(b.TempDir(), "weeks.txt")
	put(b, path, strings.TrimSuffix(out.String(), "\n"))
	return path
}
