package table_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/goccy/go-yaml"

	"github.com/kommunpuls/kommunpuls/configs"
	"github.com/kommunpuls/kommunpuls/internal/framework"
	"github.com/kommunpuls/kommunpuls/plugins/sdk/record"
	"github.com/kommunpuls/kommunpuls/plugins/table"
)

const survey = `{"file":"nki.csv","framework":"nki","constants":{"assessed_at":"2026-10-31","framework_version":"1"}}`

func TestAnAnswerThatIsCorrectedIsTheSameAnswer(t *testing.T) {
	first, _ := collect(t, write(t, "nki.csv", "Förvaltning;NKI;Antal svar\nSoc;80;90\nBun;60;10\n"), survey)
	second, _ := collect(t, write(t, "nki.csv", "Enhet;Nöjd kund-index;Svarande;Kommentar\nSoc;81;90;x\nBun;60;10;\n"), survey)
	if len(first.byID) != 2 || len(second.byID) != 2 {
		t.Fatalf("%d and %d answers", len(first.byID), len(second.byID))
	}
	for id, r := range first.byID {
		again, ok := second.byID[id]
		if !ok {
			t.Errorf("%s has another id in the corrected file", id)
			continue
		}
		for _, name := range []string{"framework", "scale_min", "scale_max", "assessed_at", "framework_version", "respondents"} {
			if value(t, r, name).State != record.Set || value(t, again, name) != value(t, r, name) {
				t.Errorf("%s: %s is %+v and %+v", id, name, value(t, r, name), value(t, again, name))
			}
		}
	}
	later, _ := collect(t, write(t, "nki.csv", "Förvaltning;NKI;Antal svar\nSoc;80;90\n"), strings.Replace(survey, "2026-10-31", "2027-10-31", 1))
	for id := range later.byID {
		if _, same := first.byID[id]; same {
			t.Errorf("%s of another year replaces the answer", id)
		}
	}
}

func TestSettingsGoBeforeWhatTheFrameworkSays(t *testing.T) {
	dir := write(t, "nki.csv", "Avd;Siffra;Antal svar;Mätdatum\nSoc;8;90;2026-10-31\n")
	g, _ := collect(t, dir, `{"file":"nki.csv","framework":"nki","columns":{"score":"Siffra","org_unit":"Avd"},"constants":{"scale_max":"10"}}`)
	for _, r := range g.byID {
		if value(t, r, "score").F != 8 || value(t, r, "scale_max").F != 10 || value(t, r, "org_unit").S != "Soc" {
			t.Errorf("%+v", r.Values)
		}
	}
	if len(g.byID) != 1 {
		t.Errorf("%d answers", len(g.byID))
	}
}

func TestAColumnThatTheFrameworkNeedsIsNamed(t *testing.T) {
	text := refused(t, write(t, "nki.csv", "Förvaltning;NKI\nSoc;80\n"), survey)
	contains(t, text, "nki.csv, rad 1", "Antal svar")
}

func TestAnOwnFrameworkIsAFileBesideTheConfiguration(t *testing.T) {
	dir := write(t, "enkat.csv", "Skola;Poäng;Datum\nCentralskolan;3;2026-10-31\n")
	own := "id: skolenkat\nname: {sv: Skolenkät, en: School survey}\nowner: Kommunen\nabout: {sv: Elevernas betyg., en: The pupils' grades.}\nseries: current\nown_versions: true\n" +
		"scale: {kind: score, min: 1, max: 4}\ncolumns: {subject: [Skola], score: [Poäng], assessed_at: [Datum]}\nrequired: [subject, score, assessed_at]\ncomparable: {version: same, period: any}\nsource: Kommunen\n"
	if err := os.WriteFile(filepath.Join(dir, "skolenkat.yaml"), []byte(own), 0o600); err != nil {
		t.Fatal(err)
	}
	g, _ := collect(t, dir, `{"file":"enkat.csv","framework":"skolenkat.yaml"}`)
	for _, r := range g.byID {
		if value(t, r, "framework").S != "skolenkat" || value(t, r, "subject").S != "Centralskolan" {
			t.Errorf("%+v", r.Values)
		}
	}
	if len(g.byID) != 1 {
		t.Errorf("%d answers", len(g.byID))
	}
}

func TestWhatIsWrongWithAFrameworkIsTold(t *testing.T) {
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "fel.yaml"), []byte("id: fel\nfrågor: [a]\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	for settings, want := range map[string]string{
		`{"file":"a.csv","framework":"nik"}`:                     `ramverket "nik" finns inte`,
		`{"file":"a.csv","framework":"finns-inte.yaml"}`:         "kan inte läsas",
		`{"file":"a.csv","framework":"fel.yaml"}`:                "fel.yaml",
		`{"file":"a.csv","framework":"nki","record":"ticket"}`:   "läses som assessment",
		`{"file":"a.csv","framework":"klassa","record":"asset"}`: "läses som system",
	} {
		ps := (table.Source{}).Validate(t.Context(), request(t, dir, settings).Settings)
		var text []string
		for _, p := range ps {
			text = append(text, p.Message)
		}
		contains(t, strings.Join(text, "\n"), want)
	}
}

func TestThePageOnFrameworksIsTrue(t *testing.T) {
	text, err := os.ReadFile("../../docs/ramverk.md")
	if err != nil {
		t.Fatal(err)
	}
	samples := strings.Split(string(text), "```yaml\n")[1:]
	if len(samples) == 0 {
		t.Fatal("no sample")
	}
	for _, s := range samples {
		s, _, _ = strings.Cut(s, "```")
		js, err := yaml.YAMLToJSON([]byte(s))
		if err != nil {
			t.Fatal(err)
		}
		for _, p := range (table.Source{}).Validate(t.Context(), request(t, t.TempDir(), string(js)).Settings) {
			t.Errorf("%s: %s\n%s", p.Field, p.Message, s)
		}
	}
	set, err := framework.Parse(configs.Frameworks())
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range set {
		_, line, ok := strings.Cut(string(text), "| `"+f.ID+"` |")
		if !ok {
			t.Errorf("the page does not have %s", f.ID)
			continue
		}
		line, _, _ = strings.Cut(line, "\n")
		for _, id := range f.KPIs {
			if !strings.Contains(line, "`"+id+"`") {
				t.Errorf("%s: the page does not name %s", f.ID, id)
			}
		}
		if strings.Contains(line, "historik") != (f.Series == framework.Historical) {
			t.Errorf("%s is %s", f.ID, f.Series)
		}
	}
}
