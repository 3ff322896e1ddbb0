package main

import (
	"strings"
	"testing"
)

func TestAWrongCommandLineIsToldInSwedish(t *testing.T) {
	for _, c := range []struct{ line, want, help string }{
		{"", "säg vilket kommando: init, run, demo, check, reload eller något av de andra", "kommunpuls --help"},
		{"repor", "kommandot repor finns inte; menade du report?", "kommunpuls --help"},
		{"bananflugor", "kommandot bananflugor finns inte", "kommunpuls --help"},
		{"plugin", "säg vilket kommando: list eller test", "kommunpuls plugin --help"},
		{"plugin lst", "kommandot lst finns inte; menade du list eller test?", "kommunpuls plugin --help"},
		{"snapshot", "säg vilket kommando: create, verify, diff, list, timestamp eller något av de andra", "kommunpuls snapshot --help"},
		{"report make", "<rapport> saknas", "kommunpuls report make --help"},
		{"report make ledninge", `<rapport> ska vara ledning, revision, forvaltning eller manad, inte "ledninge"`, "kommunpuls report make --help"},
		{"report make ledning extra", "extra är ett ord för mycket", "kommunpuls report make --help"},
		{"report make ledning --fomat pdf", "flaggan --fomat finns inte; menade du --format?", "kommunpuls report make --help"},
		{"report make ledning --format docx", `--format ska vara html eller pdf, inte "docx"`, "kommunpuls report make --help"},
		{"report make ledning --format", "--format behöver ett värde", "kommunpuls report make --help"},
		{"report make ledning -x", "flaggan -x finns inte; menade du -h, -c eller -o?", "kommunpuls report make --help"},
		{"explain", "<mått> saknas", "kommunpuls explain --help"},
		{"explain a --limit=tio", `--limit ska vara ett heltal, inte "tio"`, "kommunpuls explain --help"},
		{"explain a --limit --format csv", "--limit behöver ett värde", "kommunpuls explain --help"},
		{"snapshot diff", "<tidigare> <senare> saknas", "kommunpuls snapshot diff --help"},
		{"snapshot diff a", "<senare> saknas", "kommunpuls snapshot diff --help"},
		{"export openmetrics", "--from=ÅÅÅÅ-MM-DD saknas", "kommunpuls export openmetrics --help"},
		{"demo --serve=kanske", `--serve ska vara true eller false, inte "kanske"`, "kommunpuls demo --help"},
		{"run extra", "extra är ett ord för mycket", "kommunpuls run --help"},
		{"--config", "--config behöver ett värde", "kommunpuls --help"},
	} {
		t.Run(c.line, func(t *testing.T) {
			code, out, errOut := kommunpuls(t, strings.Fields(c.line)...)
			if want := "kommunpuls: " + c.want + "\nHjälp: " + c.help + "\n"; code != exitUsage || out != "" || errOut != want {
				t.Errorf("exit %d, %q on the output, said\n%s\nwant\n%s", code, out, errOut, want)
			}
		})
	}
}

func TestAFaultOfTheCommandLineThatIsNotKnownStandsAsItIs(t *testing.T) {
	if got, want := whatIsWrong("--a and --b can't be used together", false), "kommandot går inte att förstå: --a and --b can't be used together"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}
