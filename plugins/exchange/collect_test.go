package exchange_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	file "github.com/kommunpuls/kommunpuls/internal/exchange"
	"github.com/kommunpuls/kommunpuls/plugins/exchange"
	"github.com/kommunpuls/kommunpuls/plugins/sdk"
	"github.com/kommunpuls/kommunpuls/plugins/sdk/record"
)

// taken is what a collection said.
type taken struct {
	header   sdk.Header
	records  []record.Record
	warnings []sdk.Warning
}

func (s *taken) Begin(h sdk.Header) error          { s.header = h; return nil }
func (s *taken) Write(recs []record.Record) error  { s.records = append(s.records, recs...); return nil }
func (s *taken) Warn(w sdk.Warning) error          { s.warnings = append(s.warnings, w); return nil }
func (s *taken) Progress(int64, int64) error       { return nil }
func (s *taken) Purge(record.Kind, []string) error { return nil }

func collect(t *testing.T, dir string, files ...string) (*taken, sdk.End, error) {
	t.Helper()
	settings, err := json.Marshal(exchange.Settings{Files: files, Own: "9990", Group: "Länet"})
	if err != nil {
		t.Fatal(err)
	}
	s := &taken{}
	end, err := exchange.Source{}.Collect(t.Context(), sdk.CollectRequest{Settings: sdk.Settings{JSON: settings, BaseDir: dir}, Now: now()}, s)
	return s, end, err
}

// said is a record as "field=value …", of the fields given.
func said(r record.Record, names ...string) string {
	schema, _ := record.Lookup(r.Kind)
	var out []string
	for _, n := range names {
		v := r.Values[schema.Index(n)]
		switch schema.Fields[schema.Index(n)].Type {
		case record.Float:
			out = append(out, fmt.Sprintf("%s=%v", n, v.F))
		case record.Int, record.Time:
			out = append(out, fmt.Sprintf("%s=%d", n, v.I))
		default:
			out = append(out, n+"="+v.S)
		}
	}
	return strings.Join(out, " ")
}

func TestAFileBecomesBenchmarksOfItsMunicipality(t *testing.T) {
	dir := t.TempDir()
	write(t, filepath.Join(dir, "andra"), "a.json", municipality("9991", "Exempelköping", 0.4))
	got, end, err := collect(t, dir, "andra")
	if err != nil {
		t.Fatal(err)
	}
	if end.Seen != 2 || len(got.records) != 2 || !got.header.Full || !got.header.CoversAll || !got.header.ContentAt.Equal(now().Add(-time.Hour)) {
		t.Fatalf("seen %d, %d records, header %+v", end.Seen, len(got.records), got.header)
	}
	if s := said(got.records[0], "kind", "metric", "value", "subject", "external_source", "comparison_group"); s != "kind=benchmark metric=size:inhabitants value=40000 subject=9991 external_source=Exempelköping comparison_group=Länet" {
		t.Error(s)
	}
	if s := said(got.records[1], "metric", "value", "ok", "samples", "unit", "method", "period", "started_at"); s != fmt.Sprintf("metric=kpi:system_owner_coverage value=0.4 ok=80 samples=200 unit=share method=1-0123456789abcdef period=2026-10 started_at=%d", now().AddDate(0, -1, 0).Unix()) {
		t.Error(s)
	}
	if got.records[1].Place.Doc != "a.json" {
		t.Errorf("place %+v", got.records[1].Place)
	}
}

func TestTheNewestFileOfEachCountsAndTheOwnDoesNot(t *testing.T) {
	dir := t.TempDir()
	older, own := municipality("9991", "Exempelköping", 0.1), municipality("9990", "Vi själva", 0.9)
	older.Made = older.Made.AddDate(0, 0, -7)
	write(t, dir, "a-gammal.json", older)
	write(t, dir, "b-ny.json", municipality("9991", "Exempelköping", 0.4))
	write(t, dir, "egen.json", own)
	write(t, dir, "läsmig.txt", own) // not *.json, so not read
	got, _, err := collect(t, dir, ".")
	if err != nil {
		t.Fatal(err)
	}
	if len(got.records) != 2 || !strings.Contains(said(got.records[1], "value"), "0.4") {
		t.Errorf("got %d records", len(got.records))
	}
	var codes []string
	for _, w := range got.warnings {
		codes = append(codes, w.Code+" "+w.Place.Doc)
	}
	if strings.Join(codes, ", ") != "own_file egen.json, older_file a-gammal.json" && strings.Join(codes, ", ") != "older_file a-gammal.json, own_file egen.json" {
		t.Errorf("warnings %v", codes)
	}
}

func TestOneBadFileAndNothingIsSaidAtAll(t *testing.T) {
	dir := t.TempDir()
	write(t, dir, "a.json", municipality("9991", "Exempelköping", 0.4))
	bad := municipality("9992", "Testtorp", 0.4)
	bad.Figures[0].KPI = "system_\u043ewner_coverage"
	write(t, dir, "b.json", bad)
	worse := municipality("9993", "Provstad", 0.4)
	worse.Made = now().AddDate(0, 0, 3)
	write(t, dir, "c.json", worse)
	got, _, err := collect(t, dir, ".")
	if !errors.Is(err, sdk.ErrBadInput) || !errors.Is(err, file.ErrUnfit) {
		t.Fatalf("got %v", err)
	}
	for _, want := range []string{"b.json: content.figures[0].kpi: är inget id: tecknet på plats 8 är U+043E", "c.json: content.made: 2026-11-24 ligger i framtiden"} {
		if !strings.Contains(err.Error(), want) {
			t.Errorf("%v\nlacks %s", err, want)
		}
	}
	if got.records != nil || got.header.Mapped != nil {
		t.Error("something was said")
	}
}

func TestAFolderThatIsNotThereIsNoEmptyGroup(t *testing.T) {
	dir := t.TempDir()
	if _, _, err := collect(t, dir, "saknas"); !errors.Is(err, sdk.ErrUnreachable) || !strings.Contains(err.Error(), "saknas finns inte") {
		t.Errorf("got %v", err)
	}
	if err := os.Mkdir(filepath.Join(dir, "tom"), 0o755); err != nil {
		t.Fatal(err)
	}
	if got, end, err := collect(t, dir, "tom"); err != nil || end.Seen != 0 || len(got.records) != 0 {
		t.Errorf("an empty folder: %v, %d", err, end.Seen)
	}
}

func TestSettingsAreToldEveryFault(t *testing.T) {
	ps := exchange.Source{}.Validate(t.Context(), sdk.Settings{JSON: json.RawMessage(`{"files":["["],"own":"1"}`)})
	var fields []string
	for _, p := range ps {
		fields = append(fields, p.Field)
	}
	if strings.Join(fields, " ") != "files[0] own group" {
		t.Errorf("got %v", ps)
	}
	if ps := (exchange.Source{}).Validate(t.Context(), sdk.Settings{JSON: json.RawMessage(`{"filer":[]}`)}); len(ps) != 1 {
		t.Errorf("an unknown setting: %v", ps)
	}
}
