package finding_test

import (
	"bytes"
	"encoding/json"
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/invopop/jsonschema"
	check "github.com/santhosh-tekuri/jsonschema/v6"

	"github.com/kommunpuls/kommunpuls/internal/finding"
)

var update = flag.Bool("update", false, "rewrite generated files")

// encoding describes what kommunpuls kpi and explain print with --format json.
func encoding(t *testing.T) []byte {
	t.Helper()
	r := jsonschema.Reflector{DoNotReference: true, Anonymous: true}
	one := r.Reflect(finding.Finding{})
	one.Version = ""
	one.Title = "Finding"
	one.Description = "One KPI at one point in time. Shares are 0-1, durations seconds, money SEK; null where there is no figure."
	outcomes := make([]any, 0, len(finding.Outcomes()))
	for _, o := range finding.Outcomes() {
		outcomes = append(outcomes, string(o))
	}
	for _, where := range []*jsonschema.Schema{one, items(one, "breakdown")} {
		p, ok := where.Properties.Get("outcome")
		if !ok {
			t.Fatal("no outcome")
		}
		p.Enum = outcomes
	}
	s := &jsonschema.Schema{
		Version: jsonschema.Version, Title: "kommunpuls findings",
		Description: "kommunpuls kpi --format json gives a list of findings, explain --format json one finding with its evidence.",
		Definitions: jsonschema.Definitions{"finding": one},
		OneOf: []*jsonschema.Schema{
			{Type: "array", Items: &jsonschema.Schema{Ref: "#/$defs/finding"}},
			{Ref: "#/$defs/finding"},
		},
	}
	b, err := json.MarshalIndent(s, "", "  ")
	if err != nil {
		t.Fatal(err)
	}
	return append(b, '\n')
}

func items(s *jsonschema.Schema, property string) *jsonschema.Schema {
	p, _ := s.Properties.Get(property)
	return p.Items
}

func TestSchemaIsThatOfTheCode(t *testing.T) {
	path := filepath.Join("..", "..", "docs", "schema", "finding.schema.json")
	want := encoding(t)
	if *update {
		if err := os.WriteFile(path, want, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	got, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(got, want) {
		t.Errorf("%s has drifted from the code; run go test ./internal/finding -update", path)
	}
}

func TestEncodingsFollowTheSchema(t *testing.T) {
	c := check.NewCompiler()
	doc, err := check.UnmarshalJSON(bytes.NewReader(encoding(t)))
	if err != nil {
		t.Fatal(err)
	}
	if err := c.AddResource("finding.schema.json", doc); err != nil {
		t.Fatal(err)
	}
	schema, err := c.Compile("finding.schema.json")
	if err != nil {
		t.Fatal(err)
	}
	at := time.Date(2026, 11, 21, 12, 0, 0, 0, time.UTC)
	n := func(v float64) *float64 { return &v }
	level := 3
	full := finding.Finding{
		KPI: "system_owner_coverage", Title: finding.Text{SV: "a", EN: "b"}, Unit: "share", Value: n(0.7), Numerator: n(7), Denominator: n(10),
		Outcome: finding.NotDue, Pace: "behind", Level: &level,
		Target:    &finding.Target{Kind: "value", Value: n(1), Due: "2027-01-01", Decision: "KS 2026/145"},
		Breakdown: []finding.Cell{{Dimension: "org_unit", Key: "soc", Value: n(0.5), Numerator: n(1), Denominator: n(2), Outcome: finding.Measured}, {Dimension: "org_unit", Key: "", Outcome: finding.NoData, Suppressed: true}},
		Also:      []finding.Also{{Key: "p90", Unit: "seconds"}}, NotCounted: []finding.Count{{Rows: 3}},
		Waivers: []finding.Waiver{{Scope: "kpi"}}, Coverage: n(1), Sources: []finding.Source{{Name: "systemlista", LastSuccess: at, ContentAt: at}},
		Previous: &finding.Previous{Period: "year", AsOf: "2025-11-21", Trend: "better"}, AsOf: at, KnownAt: at, MethodVersion: 1,
		Evidence: []finding.Row{{Entity: "system", ID: "procapita", Place: "Systemlista.xlsx, blad System, rad 47", Columns: map[string]string{"tier": "gold"}}}, EvidenceTotal: 1, SQL: "SELECT 1",
	}
	none := finding.Finding{KPI: "x", Unit: "count", Outcome: finding.NoData, Reason: &finding.Text{SV: "Ingen källa.", EN: "No source."}, AsOf: at, KnownAt: at}
	wrong := full
	wrong.Outcome = "splendid"
	for _, tt := range []struct {
		name  string
		value any
		want  string // part of the error, "" is none
	}{
		{"a list", []finding.Finding{full, none}, ""},
		{"an explained one", full, ""},
		{"one without a figure", none, ""},
		{"an empty list", []finding.Finding{}, ""},
		{"an unknown outcome", wrong, "outcome"},
		{"something else", map[string]any{"id": "x"}, "missing properties"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			b, err := json.Marshal(tt.value)
			if err != nil {
				t.Fatal(err)
			}
			v, err := check.UnmarshalJSON(bytes.NewReader(b))
			if err != nil {
				t.Fatal(err)
			}
			err = schema.Validate(v)
			if tt.want == "" && err != nil {
				t.Errorf("%v\n%s", err, b)
			}
			if tt.want != "" && (err == nil || !strings.Contains(err.Error(), tt.want)) {
				t.Errorf("got %v, want something about %s", err, tt.want)
			}
		})
	}
}

func TestListsAreNeverNull(t *testing.T) {
	b, err := json.Marshal(finding.Finding{})
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{`"breakdown":[]`, `"sources":[]`, `"value":null`, `"level":null`, `"target":null`} {
		if !strings.Contains(string(b), want) {
			t.Errorf("%s is not in %s", want, b)
		}
	}
}
