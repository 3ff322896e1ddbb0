package app

import (
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/kommunpuls/kommunpuls/internal/calendar"
	"github.com/kommunpuls/kommunpuls/internal/config"
	"github.com/kommunpuls/kommunpuls/internal/exchange"
	"github.com/kommunpuls/kommunpuls/internal/expose/opendata"
	"github.com/kommunpuls/kommunpuls/internal/finding"
	"github.com/kommunpuls/kommunpuls/internal/kpi"
	"github.com/kommunpuls/kommunpuls/internal/store"
)

const pepper = "0123456789abcdef0123456789abcdef"

// municipality writes a configuration with a list of systems, some of them with
// an owner, and more configuration beside it.
func municipality(t *testing.T, code, name string, owned, systems int, more string) string {
	t.Helper()
	dir := t.TempDir()
	var list strings.Builder
	list.WriteString("Systemnamn;Systemägare;Status\n")
	for i := range systems {
		owner := ""
		if i < owned {
			owner = fmt.Sprintf("Person %d", i)
		}
		fmt.Fprintf(&list, "System %d;%s;I drift\n", i, owner)
	}
	for file, text := range map[string]string{"system.csv": list.String(), "key": pepper, "kommunpuls.yaml": fmt.Sprintf(`municipality: %s
municipality_code: %q
pseudonym_key: ${file:key}
sources:
  - name: systemlista
    type: table
    settings:
      file: system.csv
      record: system
      constants: {kind: verksamhetssystem}
      columns: {name: Systemnamn, "role:owner": Systemägare, lifecycle: {header: Status, values: {I drift: in_use}}}
%s`, name, code, more)} {
		must(t, os.WriteFile(filepath.Join(dir, file), []byte(text), 0o600))
	}
	return dir
}

const gives = `exchange:
  kpis: [system_owner_coverage]
  allow_security: [{id: system_owner_coverage, decision: "KS 2026/201, § 8"}]
peers: {group: Länet, files: [andra], show_values: true}
`

func openIn(t *testing.T, dir string, now func() time.Time) *App {
	t.Helper()
	parts, err := Prepare(filepath.Join(dir, "kommunpuls.yaml"), now())
	must(t, err)
	a, err := Open(t.Context(), parts, Options{Version: "test", Log: slog.New(slog.DiscardHandler), Now: now})
	must(t, err)
	t.Cleanup(func() { must(t, a.Close()) })
	return a
}

// give writes an instance's file into another's folder.
func give(t *testing.T, from *App, to string) {
	t.Helper()
	c, err := from.Exchange(t.Context())
	must(t, err)
	must(t, os.MkdirAll(filepath.Join(to, "andra"), 0o755))
	f, err := os.Create(filepath.Join(to, "andra", "utbyte-"+c.Municipality.Code+".json"))
	must(t, err)
	must(t, exchange.Write(f, c))
	must(t, f.Close())
}

func figureOf(t *testing.T, a *App, id string) finding.Finding {
	t.Helper()
	fs, err := a.Findings(t.Context(), store.Point{})
	must(t, err)
	for _, f := range fs {
		if f.KPI == id {
			return f
		}
	}
	t.Fatalf("no %s", id)
	return finding.Finding{}
}

// Four instances with their own stores give each other their files; each sees
// the others' figures as they are, beside its own.
func TestMunicipalitiesExchangeFilesAndSeeEachOthersFigures(t *testing.T) {
	counts := []struct {
		code, name string
		owned      int
	}{{"9991", "Exempelköping", 10}, {"9992", "Testtorp", 20}, {"9993", "Provstad", 30}, {"9994", "Mallby", 36}}
	dirs, apps := make([]string, 4), make([]*App, 4)
	for i, c := range counts {
		dirs[i] = municipality(t, c.code, c.name, c.owned, 40, gives)
		must(t, os.Mkdir(filepath.Join(dirs[i], "andra"), 0o755))
		apps[i] = openIn(t, dirs[i], time.Now)
		must(t, apps[i].Collect(t.Context(), ""))
		if f := figureOf(t, apps[i], "system_owner_coverage"); f.Peers != nil || *f.Numerator != float64(c.owned) {
			t.Fatalf("%s: %v of %v, peers %+v", c.name, *f.Numerator, *f.Denominator, f.Peers)
		}
	}
	for i := range apps { // all of them into one folder each, their own among them
		for j := range apps {
			give(t, apps[i], dirs[j])
		}
	}
	for i, c := range counts {
		must(t, apps[i].Collect(t.Context(), config.PeersSource))
		f := figureOf(t, apps[i], "system_owner_coverage")
		if f.Peers == nil || f.Peers.Count != 3 || len(f.Peers.Values) != 3 {
			t.Fatalf("%s: %+v", c.name, f.Peers)
		}
		sum := 0.0
		for _, o := range f.Peers.Values {
			for _, other := range counts {
				if o.Code == other.code && (o.Name != other.name || *o.Numerator != float64(other.owned) || *o.Denominator != 40 || *o.Value != float64(other.owned)/40) {
					t.Errorf("%s sees %s with %v of %v", c.name, o.Name, *o.Numerator, *o.Denominator)
				}
			}
			if o.Code == c.code {
				t.Errorf("%s compares with itself", c.name)
			}
			sum += *o.Numerator
		}
		if sum != float64(10+20+30+36-c.owned) {
			t.Errorf("%s sees %v in all", c.name, sum)
		}
		if got := *f.Peers.Own; got != float64(c.owned)/40 {
			t.Errorf("%s: own %v", c.name, got)
		}
	}
	if median := *figureOf(t, apps[0], "system_owner_coverage").Peers.Median; median != 0.75 {
		t.Errorf("median %v of 20, 30 and 36 of 40", median)
	}
	others, err := apps[0].Peers(t.Context())
	must(t, err)
	if len(others) != 3 || others[0].Name != "Testtorp" || others[0].File != "utbyte-9992.json" || others[0].Figures[0].Why != "" {
		t.Errorf("got %+v", others)
	}
}

// A file that is bad in one place changes nothing that is known, and is told.
func TestABadFileOfAnotherChangesNothing(t *testing.T) {
	dir := municipality(t, "9990", "Vi", 10, 40, strings.Replace(gives, "group:", "minimum: 3, group:", 1))
	for i := range 3 {
		n := openIn(t, municipality(t, fmt.Sprintf("999%d", i+1), "Annan", 10*(i+1), 40, gives[:strings.Index(gives, "peers:")]), time.Now)
		must(t, n.Collect(t.Context(), ""))
		give(t, n, dir)
	}
	a := openIn(t, dir, time.Now)
	must(t, a.Collect(t.Context(), ""))
	before := figureOf(t, a, "system_owner_coverage")
	if before.Peers == nil || *before.Peers.Median != 0.5 {
		t.Fatalf("got %+v", before.Peers)
	}
	path := filepath.Join(dir, "andra", "utbyte-9992.json")
	b, err := os.ReadFile(path)
	must(t, err)
	must(t, os.WriteFile(path, []byte(strings.Replace(string(b), `"numerator": 20`, `"numerator": 39`, 1)), 0o600))
	err = a.Collect(t.Context(), config.PeersSource)
	if err == nil || !strings.Contains(err.Error(), "utbyte-9992.json: sha256: stämmer inte med innehållet") {
		t.Errorf("got %v", err)
	}
	if after := figureOf(t, a, "system_owner_coverage"); *after.Peers.Median != 0.5 || after.Peers.Count != 3 {
		t.Errorf("got %+v", after.Peers)
	}
}

// Others' figures are observations, and yet nobody here measures anything.
func TestOthersFiguresFeedNoFigureOfOnesOwn(t *testing.T) {
	alone := openIn(t, municipality(t, "9990", "Vi", 10, 40, ""), time.Now)
	must(t, alone.Collect(t.Context(), ""))
	dir := municipality(t, "9990", "Vi", 10, 40, gives)
	for i := range 3 {
		n := openIn(t, municipality(t, fmt.Sprintf("999%d", i+1), "Annan", 10, 40, gives[:strings.Index(gives, "peers:")]), time.Now)
		must(t, n.Collect(t.Context(), ""))
		give(t, n, dir)
	}
	a := openIn(t, dir, time.Now)
	must(t, a.Collect(t.Context(), ""))
	want, err := alone.Findings(t.Context(), store.Point{})
	must(t, err)
	got, err := a.Findings(t.Context(), store.Point{})
	must(t, err)
	compared := 0
	for i := range got {
		g, w := got[i], want[i]
		if g.Peers != nil {
			compared++
		}
		if strings.HasPrefix(g.KPI, "source_") || g.KPI == "data_freshness" {
			continue // they count the sources themselves
		}
		for _, f := range []*finding.Finding{&g, &w} {
			f.Peers, f.AsOf, f.KnownAt, f.Evidence = nil, time.Time{}, time.Time{}, nil
			for j := range f.Sources {
				f.Sources[j].LastSuccess, f.Sources[j].ContentAt = time.Time{}, time.Time{}
			}
		}
		x, err := json.Marshal(g)
		must(t, err)
		y, err := json.Marshal(w)
		must(t, err)
		if string(x) != string(y) && !aboutSources(a, g.KPI) {
			t.Errorf("%s\nwith others    %s\nwithout others %s", g.KPI, x, y)
		}
	}
	if compared != 1 {
		t.Errorf("%d figures are compared", compared)
	}
}

// aboutSources tells the figures that count the sources themselves.
func aboutSources(a *App, id string) bool {
	for _, d := range a.Parts().Catalogue.KPIs {
		if d.ID == id {
			return d.Area == "datakvalitet"
		}
	}
	return false
}

func TestSecurityAndNamesLeaveOnlyByADecision(t *testing.T) {
	dir := municipality(t, "9990", "Vi", 1, 2, `open_data:
  kpis: [system_owner_coverage, eservice_coverage, eservice_coverag, service_desk_wait_time]
  breakdowns: [org_unit, queue, system]
  allow_security: [{id: sso_coverage, decision: KS 1}]
  allow_names: [{id: supplier, decision: KS 3}]
  base_url: https://oppnadata.example.org/it/
  publisher: {uri: "https://www.example.org/", contact: {email: oppnadata@example.org}}
exchange:
  kpis: [maturity_gap_to_peers, strong_auth_staff_coverage]
`)
	_, err := Prepare(filepath.Join(dir, "kommunpuls.yaml"), time.Now())
	if !errors.Is(err, config.ErrInvalid) {
		t.Fatalf("got %v", err)
	}
	for _, want := range []string{
		"kommunpuls.yaml: open_data.kpis[0]: system_owner_coverage lämnas inte ut utan beslut: den gäller",
		"kommunpuls.yaml: open_data.kpis[2]: måttet eservice_coverag finns inte; menades eservice_coverage?",
		"open_data.allow_security[0].id: sso_coverage står inte under open_data.kpis",
		"open_data.breakdowns[1]: delarna av queue kan vara namn", "open_data.breakdowns[2]: inget av måtten delas upp på system",
		"open_data.allow_names[0].id: supplier står inte under open_data.breakdowns",
		"exchange.kpis[0]: maturity_gap_to_peers är redan en jämförelse",
		"exchange.kpis[1]: strong_auth_staff_coverage lämnas inte ut utan beslut",
	} {
		if !strings.Contains(err.Error(), want) {
			t.Errorf("%v\nlacks %s", err, want)
		}
	}
	if strings.Contains(err.Error(), "eservice_coverage lämnas inte ut") {
		t.Errorf("a harmless figure is refused: %v", err)
	}
}

const publishes = `open_data:
  kpis: [shared_system_share, system_owner_coverage]
  allow_security: [{id: system_owner_coverage, decision: "KS 2026/201, § 8"}]
  dir: publicerat
  base_url: https://oppnadata.example.org/it/
  publisher: {uri: "https://www.example.org/", contact: {email: oppnadata@example.org}}
`

// The daemon publishes when a month has closed: the stored figure of the month,
// which later changes do not touch.
func TestTheDaemonPublishesClosedMonths(t *testing.T) {
	dir := municipality(t, "9990", "Vi", 10, 40, publishes)
	now := time.Date(2026, 10, 30, 12, 0, 0, 0, calendar.Location())
	a := openIn(t, dir, func() time.Time { return now })
	must(t, a.Collect(t.Context(), ""))
	var written time.Time
	a.publishOpenData(t.Context(), &written)
	read := func() string {
		b, err := os.ReadFile(filepath.Join(dir, "publicerat", opendata.FiguresFile))
		must(t, err)
		return string(b)
	}
	if first := read(); !strings.Contains(first, "system_owner_coverage,2026-10,2026-10-30T12:00:00+01:00,,,,0.25,10,40,share,false,preliminar,1-") {
		t.Errorf("got %s", first)
	}
	now = time.Date(2026, 11, 1, 8, 0, 0, 0, calendar.Location())
	must(t, a.LookBack(t.Context())) // closes October
	a.publishOpenData(t.Context(), &written)
	second := read()
	if !strings.Contains(second, "system_owner_coverage,2026-10,2026-10-31T23:59:59+01:00,,,,0.25,10,40,share,false,faststalld,1-") || strings.Contains(second, "preliminar") {
		t.Errorf("got %s", second)
	}
	must(t, os.Remove(filepath.Join(dir, "publicerat", opendata.FiguresFile)))
	a.publishOpenData(t.Context(), &written)
	if _, err := os.Stat(filepath.Join(dir, "publicerat", opendata.FiguresFile)); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("it is written again in the same month: %v", err)
	}
	if !written.Equal(kpi.MonthEnds(now, 1, calendar.Location())[0]) {
		t.Errorf("written %v", written)
	}
}

func TestNothingIsPublishedWhileTheListIsEmpty(t *testing.T) {
	dir := municipality(t, "9990", "Vi", 10, 40, "open_data: {dir: publicerat}\nexchange: {}\n")
	a := openIn(t, dir, time.Now)
	must(t, a.Collect(t.Context(), ""))
	var written time.Time
	a.publishOpenData(t.Context(), &written)
	if _, err := os.Stat(filepath.Join(dir, "publicerat")); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("something is published: %v", err)
	}
	if _, _, err := a.OpenData(t.Context()); !errors.Is(err, ErrNothingPublic) {
		t.Errorf("got %v", err)
	}
	if _, err := a.Exchange(t.Context()); !errors.Is(err, ErrNothingPublic) {
		t.Errorf("got %v", err)
	}
}
