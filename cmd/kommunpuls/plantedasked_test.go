//go:build linux && !race

package main

import (
	"crypto/sha256"
	dbsql "database/sql"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	_ "modernc.org/sqlite" // the driver "sqlite"

	"github.com/kommunpuls/kommunpuls/internal/app"
	"github.com/kommunpuls/kommunpuls/internal/demo"
	"github.com/kommunpuls/kommunpuls/internal/exchange"
	"github.com/kommunpuls/kommunpuls/internal/testneed"
)

// Beside the demo: a municipality that has nothing but the sources that the demo
// has not. What the lists have in common is tried there.
func TestWhatNamesAPersonInAServerThatIsAskedStandsNowhereAfterwards(t *testing.T) {
	dir, now := t.TempDir(), time.Now()
	addr := testneed.FreeAddr(t)
	if err := demo.Generate(dir, now, addr); err != nil {
		t.Fatal(err)
	}
	config := filepath.Join(dir, demo.ConfigFile)
	text, err := os.ReadFile(config)
	if err != nil {
		t.Fatal(err)
	}
	head, _, ok := strings.Cut(string(text), "\nsources:\n")
	if !ok {
		t.Fatal("the demo has no sources")
	}
	put(t, config, head+"\nsources:\n"+inAsked(t, dir, now))
	o := &outputs{t: t, dir: t.TempDir(), config: config}
	said := o.run(-1, "collect")
	for _, broken := range askedBroken() {
		if !strings.Contains(said, broken) {
			t.Errorf("nothing is said of the broken source %s:\n%s", broken, said)
		}
	}
	o.rows(filepath.Join(dir, "data", app.StoreFile))
	dump, err := os.ReadFile(o.file("databasen.sql"))
	if err != nil {
		t.Fatal(err)
	}
	askedWasRead(t, string(dump))
	for _, asked := range []string{"arendesystem", "databas", "matningar", "natet", "trasig-databas", "trasig-tenant"} {
		o.run(-1, "plugin", "test", asked)
	}
	o.run(-1, "check")
	o.run(exitOK, "kpi", "--format", "json")
	o.run(exitOK, "explain", "system_owner_coverage", "--limit", "0", "--format", "json")
	o.run(exitOK, "privacy")
	o.run(-1, "privacy", "subject", plantedLogin+"d")
	o.run(exitOK, "snapshot", "create", "--dir", o.file("bilder"))
	o.daemon(addr, len(askedBroken()))
	s := searcher{t: t}
	if s.folder(o.dir); s.files < 300 {
		t.Errorf("only %d files were searched", s.files)
	}
	s.folder(filepath.Join(dir, "data"))
	for _, f := range s.found {
		t.Error(f)
	}
}

// askedSources are those that ask a server or a database, and those that read
// what other programs write. The ones called trasig- cannot be read, and a
// person stands in what is wrong.
const askedSources = `  - {name: arendesystem, type: http, settings: {profile: ./planterad/profile.yaml, url: "%[1]s/api", api_key: "${file:arendesystem.key}"}}
  - {name: trasig-nekar, type: http, settings: {profile: ./arenden/profile.yaml, url: "%[1]s/nekar", api_key: "${file:arendesystem.key}"}}
  - {name: trasig-faller, type: http, settings: {profile: ./arenden/profile.yaml, url: "%[1]s/faller", api_key: "${file:arendesystem.key}"}}
  - {name: trasig-annat, type: http, settings: {profile: ./arenden/profile.yaml, url: "%[1]s/annat", api_key: "${file:arendesystem.key}"}}
  - {name: trasig-flyttad, type: http, settings: {profile: ./arenden/profile.yaml, url: "%[1]s/flyttad", api_key: "${file:arendesystem.key}"}}
  - {name: trasig-bruten, type: http, settings: {profile: ./arenden/profile.yaml, url: "%[1]s/bruten", api_key: "${file:arendesystem.key}"}}
  - {name: trasig-slarvig, type: http, settings: {profile: ./arenden/profile.yaml, url: "%[1]s/slarvig", api_key: "${file:arendesystem.key}"}}
  - name: databas
    type: sql
    settings:
      driver: sqlite
      file: planterad.db
      record: ticket
      query: SELECT * FROM arende
      columns: {ticket_no: nr, opened_at: skapad, resolved_at: klar, queue: ko, category: kategori, org_unit: forvaltning, reopened_count: antal}
  - name: databasens-system
    type: sql
    settings:
      driver: sqlite
      file: planterad.db
      record: system
      query: SELECT namn, agare, anteckning FROM system
      columns: {name: namn, "role:owner": agare}
  - name: trasig-databas
    type: sql
    settings:
      driver: sqlite
      file: planterad.db
      record: ticket
      query: SELECT nr, json_extract('{}', anmalare) AS skapad FROM arende
      columns: {ticket_no: nr, opened_at: skapad}
  - name: matningar
    type: prometheus
    settings:
      url: %[1]s/prom
      queries:
        - {metric: kolangd, kind: queue, query: "sum by (queue, user) (waiting)", labels: {subject: queue}}
        - {metric: avbrott, kind: outage, query: "down == bool 1", step: 1m, intervals: true, labels: {site: site}}
  - {name: trasig-fraga, type: prometheus, settings: {url: "%[1]s/prom", queries: [{metric: fel, kind: queue, query: label_join(waiting)}]}}
  - {name: trasig-tenant, type: prometheus, settings: {url: "%[1]s/prom", queries: [{metric: fel, kind: queue, query: "rate(waiting[1h])"}]}}
  - {name: natet, type: probe, settings: {targets_file: natet.csv}}
  - {name: trasig-bevakning, type: probe, settings: {targets_file: natet-fel.csv}}
  - {name: trasig-nummer, type: probe, settings: {targets_file: natet-nummer.csv}}
  - {name: pingcastle, type: pingcastle, settings: {file: ad_hc.xml}}
  - {name: trasig-rapport, type: pingcastle, settings: {file: personer.xml}}
  - {name: trasig-utbyte, type: exchange, settings: {files: [utbyte-fel], own: "1481", group: Prov}}
`

// inAsked starts the server, writes the files, and returns the sources' part
// of the configuration.
func inAsked(t *testing.T, dir string, now time.Time) string {
	t.Helper()
	s := startPlanted(t, now)
	writeProfiles(t, dir)
	inDatabase(t, filepath.Join(dir, "planterad.db"), s.at)
	inTargets(t, dir, s)
	inReports(t, dir)
	put(t, filepath.Join(dir, "arendesystem.key"), s.key+"\n")
	return fmt.Sprintf(askedSources, s.URL)
}

// askedBroken are the names of those that cannot be read.
func askedBroken() (out []string) {
	for line := range strings.SplitSeq(askedSources, "\n") {
		if _, rest, ok := strings.Cut(line, "name: trasig-"); ok {
			name, _, _ := strings.Cut(rest, ",")
			out = append(out, "trasig-"+name)
		}
	}
	return out
}

// inDatabase puts persons into columns that the query reads and into others.
func inDatabase(t *testing.T, path string, at time.Time) {
	t.Helper()
	db, err := dbsql.Open("sqlite", path)
	if err != nil {
		t.Fatal(err)
	}
	exec := func(query string, args ...any) {
		t.Helper()
		if _, err := db.ExecContext(t.Context(), query, args...); err != nil {
			t.Fatal(query, err)
		}
	}
	exec("CREATE TABLE arende (nr TEXT, skapad TEXT, klar, ko TEXT, kategori TEXT, forvaltning TEXT, antal, anmalare TEXT, anteckning TEXT)")
	day := at.UTC().Format(time.DateTime)
	note := strings.Join(extraCells, "; ")
	exec("INSERT INTO arende VALUES (?, ?, NULL, 'Support', 'Nät', 'Kultur och fritid', 0, ?, ?)", unread+"-sql", day, plantedName, note)
	exec("INSERT INTO arende VALUES (?, ?, NULL, ?, ?, ?, 0, ?, ?)", inTexts+"-sql", day, "19"+plantedNumber, "ring 850709-9805 om det", protectedNumber, protectedName, note)
	exec("INSERT INTO arende VALUES (?, ?, ?, 'Support', 'Nät', 'Kultur och fritid', ?, ?, ?)", inTyped+"-sql", day, plantedName, plantedLogin, plantedName, note)
	exec("INSERT INTO arende VALUES (?, ?, ?, 'Support', 'Nät', 'Kultur och fritid', 0, ?, CAST(x'5a65747465726b76697374c328' AS TEXT))", inTyped+"-sql-2", "850709-9805", protectedName, plantedName)
	exec("CREATE TABLE system (namn TEXT, agare TEXT, anteckning TEXT)")
	for i, holder := range holders {
		exec("INSERT INTO system VALUES (?, ?, ?)", fmt.Sprintf("%s-databas-%d", unread, i), holder, note)
	}
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
}

// inTargets writes lists of what is probed: one that is right, one with
// persons where a number, a class or a time should stand, one with personal
// numbers in what is kept.
func inTargets(t *testing.T, dir string, s *plantedServer) {
	t.Helper()
	gone, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	nobody := gone.Addr().String()
	if err := gone.Close(); err != nil {
		t.Fatal(err)
	}
	const header = "Id;Namn;Modul;Adress;Plats;Viktighet;Användare;Öppettider;Planerat;Kontakt;Kommentar;Zetterkvists anteckningar\n"
	persons := ";" + plantedName + ";Ring " + protectedName + ", 850709-9805;" + plantedLogin + "\n"
	put(t, filepath.Join(dir, "natet.csv"), header+
		unread+"-hem;Hemsidan;http;"+s.URL+"/hem/"+plantedLogin+"?login="+plantedLogin+";Stadshuset;normal;12;;"+persons+
		unread+"-fel;Hemsidan;http;"+s.URL+"/saknas/"+plantedLogin+";Stadshuset;normal;12;;"+persons+
		unread+"-tyst;En dator;tcp;"+nobody+";Stadshuset;normal;12;;"+persons+
		unread+"-namn;En dator;tcp;"+plantedLogin+".invalid:443;Stadshuset;normal;12;;"+persons)
	put(t, filepath.Join(dir, "natet-fel.csv"), header+
		"fel-1;Skrivare;tcp;"+plantedName+";Stadshuset;"+plantedName+";"+plantedName+";"+plantedLogin+";"+plantedName+persons+
		"fel-2;Skrivare;"+plantedLogin+";10.0.0.1;Stadshuset;normal;850709-9805;Zetterkvist;850709-9805 till "+plantedName+persons+
		"fel-3;Skrivare;http;http://"+plantedLogin+":hemligt@127.0.0.1/;Stadshuset;normal;1;;"+persons+
		plantedName+" @ hem;Skrivare;tcp;127.0.0.1:1;Stadshuset;normal;1;;"+persons)
	put(t, filepath.Join(dir, "natet-nummer.csv"), header+
		"19"+plantedNumber+";Skrivare;tcp;"+nobody+";Stadshuset;normal;1;;"+persons+
		"nummer-2;Skrivare;tcp;"+nobody+";ring 850709-9805;normal;1;;"+persons+
		"nummer-3;Dator åt 850709-9805;tcp;"+nobody+";Stadshuset;normal;1;;"+persons)
}

// inReports writes a report of the directory, and files that are none.
func inReports(t *testing.T, dir string) {
	t.Helper()
	b, err := os.ReadFile(filepath.Join("..", "..", "plugins", "pingcastle", "testdata", "ad_hc_kommun.example.xml"))
	if err != nil {
		t.Fatal(err)
	}
	report := strings.NewReplacer("anna.svensson", plantedLogin, "bo.berg", protectedLogin, "Bo Berg", plantedName, "SRV-DC-01", plantedName+" 850709-9805").Replace(string(b))
	if report == string(b) {
		t.Fatal("nobody was put into the report")
	}
	put(t, filepath.Join(dir, "ad_hc.xml"), report)
	put(t, filepath.Join(dir, "personer.xml"), "<?xml version=\"1.0\"?>\n<HealthcheckData>\n<DomainFQDN>"+plantedName+"</DomainFQDN>\n</HealthcheckData>\n")
	inExchange(t, dir)
}

// inExchange writes files that are as others' figures should be but for a
// person where a name of a field, a figure's id or a text should stand.
func inExchange(t *testing.T, dir string) {
	t.Helper()
	if err := os.Mkdir(filepath.Join(dir, "utbyte-fel"), 0o700); err != nil {
		t.Fatal(err)
	}
	for i, content := range []string{
		`{"municipality":{"code":"` + plantedLogin + `","name":"` + protectedName + ` <850709-9805>"},"figures":[{"kpi":"` + plantedName + `","method":"` + plantedLogin + `","unit":"` + plantedName + `"}]}`,
		`{"municipality":{"code":"9991","name":"Provstad"},"` + plantedName + `":1}`,
		`{"municipality":{"code":"9991","name":8507099805}}`,
		`{"made":"` + plantedName + `"}`,
	} {
		put(t, filepath.Join(dir, "utbyte-fel", fmt.Sprintf("%d.json", i)), fmt.Sprintf(`{"format": %q, "version": %d, "sha256": "%x", "content": %s}`,
			exchange.Format, exchange.Version, sha256.Sum256([]byte(content)), content))
	}
}

// askedWasRead says what of a dump of the database does not hold what was asked for.
func askedWasRead(t *testing.T, dump string) {
	t.Helper()
	marks := []string{unread + "-api", inTexts + "-api", unread + "-sql", inTexts + "-sql", unread + "-prom", unread + "-avbrott", unread + "-hem", unread + "-namn", unread + "-system-0", unread + "-databas-0", "P-AdminNum"}
	for _, m := range marks {
		if !strings.Contains(dump, m) {
			t.Errorf("%s was not read", m)
		}
	}
}
