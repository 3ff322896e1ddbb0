package main

import (
	"archive/zip"
	"encoding/csv"
	"encoding/json"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/kommunpuls/kommunpuls/internal/finding"
	"github.com/kommunpuls/kommunpuls/internal/testneed"
)

// anAuditorRecounts makes a snapshot and computes its figures anew as an auditor
// with nothing but the two files would: with sqlite3, and with LibreOffice.
func anAuditorRecounts(t *testing.T, config string) {
	dir := t.TempDir()
	if code, out, errOut := kommunpuls(t, "-c", config, "snapshot", "create", "--dir", dir); code != exitOK {
		t.Fatal(code, out, errOut)
	}
	report, evidence := unpacked(t, dir, "redovisning"), unpacked(t, dir, "underlag")
	var figures []finding.Finding
	text, err := os.ReadFile(filepath.Join(report, "siffror.json"))
	if err == nil {
		err = json.Unmarshal(text, &figures)
	}
	if err != nil {
		t.Fatal(err)
	}
	values := 0
	for _, f := range figures {
		if f.Value != nil {
			values++
		}
	}
	queries(t, report, evidence, figures, values)
	formulas(t, evidence, figures)

	// No figure of the demo is left to believe in.
	code, out, errOut := kommunpuls(t, "snapshot", "verify", filepath.Join(dir, filepath.Base(filepath.Dir(report))+".zip"), "--verbose")
	if code != exitOK || !strings.Contains(out, "● "+strconv.Itoa(values)+" siffror är omräknade") {
		t.Errorf("want %d figures computed anew: %d %s %s", values, code, out, errOut)
	}
}

// unpacked unpacks one of the bags and returns its folder of files.
func unpacked(t *testing.T, dir, which string) string {
	t.Helper()
	names, err := filepath.Glob(filepath.Join(dir, "*_"+which+".zip"))
	if err != nil || len(names) != 1 {
		t.Fatal(names, err)
	}
	z, err := zip.OpenReader(names[0])
	if err != nil {
		t.Fatal(err)
	}
	defer z.Close()
	if err := os.CopyFS(dir, z); err != nil {
		t.Fatal(err)
	}
	return filepath.Join(strings.TrimSuffix(names[0], ".zip"), "data")
}

// queries runs every query in plain sqlite3 over the tables of the populations.
func queries(t *testing.T, report, evidence string, figures []finding.Finding, values int) {
	program := testneed.Program(t, "sqlite3")
	run := func(dir, script string) string {
		cmd := exec.Command(program, filepath.Join(evidence, "granskning.db"), ".read "+script)
		cmd.Dir = dir
		out, err := cmd.CombinedOutput()
		if err != nil {
			t.Fatalf("sqlite3 %s: %v\n%s", script, err, out)
		}
		return string(out)
	}
	if out := run(evidence, "las_in.sql"); out != "" {
		t.Errorf("sqlite3 says of las_in.sql: %s", out)
	}
	byID := map[string]finding.Finding{}
	for _, f := range figures {
		byID[f.KPI] = f
	}
	var of finding.Finding
	var head []string
	checked := 0
	for line := range strings.Lines(run(report, "sql/alla.sql")) {
		cells := strings.Split(strings.TrimRight(line, "\n"), "|")
		if f, ok := byID[cells[0]]; ok && len(cells) == 1 {
			of, head = f, nil
			continue
		}
		if head == nil {
			head = cells
			continue
		}
		for i, name := range head {
			reported := map[string]*float64{"numerator": of.Numerator, "denominator": of.Denominator, "value": of.Value}[name]
			if reported == nil {
				continue
			}
			if got, err := strconv.ParseFloat(cells[i], 64); err != nil || math.Abs(got-*reported) > 1e-9*max(1, math.Abs(got)) {
				t.Errorf("%s: %s is %v and sqlite3 says %s", of.KPI, name, *reported, cells[i])
			}
			if name == "value" {
				checked++
			}
		}
	}
	// A count whose query shows how many there are now, and not how far that is
	// on the way to the target, has no value to hold.
	if checked < values-1 {
		t.Errorf("sqlite3 computed %d of %d figures", checked, values)
	}
}

// formulas opens the workbook in LibreOffice, which computes it.
func formulas(t *testing.T, evidence string, figures []finding.Finding) {
	out := t.TempDir()
	said, err := exec.Command(testneed.Program(t, "soffice"), "-env:UserInstallation=file://"+t.TempDir(), "--headless", "--convert-to",
		"csv:Text - txt - csv (StarCalc):44,34,76,1,,0,false,false,false,false,false,2", "--outdir", out, filepath.Join(evidence, "siffror.xlsx")).CombinedOutput()
	if err != nil {
		t.Fatalf("soffice: %v\n%s", err, said)
	}
	names, err := filepath.Glob(filepath.Join(out, "*.csv"))
	if err != nil || len(names) != 1 {
		t.Fatal(names, err, string(said))
	}
	f, err := os.Open(names[0])
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	r := csv.NewReader(f)
	r.FieldsPerRecord = -1
	rows, err := r.ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	byID := map[string]*float64{}
	for _, x := range figures {
		byID[x.KPI] = x.Value
		for _, a := range x.Also {
			byID[x.KPI+"."+a.Key] = a.Value
		}
	}
	held := 0
	for _, row := range rows[3:] {
		computed, agrees := row[8], row[9]
		if agrees == "" {
			continue
		}
		v, err := strconv.ParseFloat(computed, 64)
		if want := byID[row[0]]; err != nil || want == nil || math.Abs(v-*want) > 1e-9*max(1, math.Abs(v)) || agrees != "stämmer" {
			t.Errorf("%s: LibreOffice computes %q and says %q", row[0], computed, agrees)
		}
		held++
	}
	if held < 140 {
		t.Errorf("LibreOffice computed %d figures", held)
	}
}
