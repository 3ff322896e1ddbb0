package table_test

import (
	"context"
	"encoding/json"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/kommunpuls/kommunpuls/plugins/table"
)

func TestSchemaNamesEverySetting(t *testing.T) {
	var s struct {
		Properties map[string]json.RawMessage `json:"properties"`
	}
	if err := json.Unmarshal(table.Source{}.Describe().ConfigSchema, &s); err != nil {
		t.Fatal(err)
	}
	var tags []string
	for f := range reflect.TypeFor[table.Settings]().Fields() {
		name, _, _ := strings.Cut(f.Tag.Get("json"), ",")
		tags = append(tags, name)
		if _, ok := s.Properties[name]; !ok {
			t.Errorf("the schema lacks %s", name)
		}
	}
	for name := range s.Properties {
		if !slices.Contains(tags, name) {
			t.Errorf("the schema has %s, the settings do not", name)
		}
	}
}

func TestEveryFaultInTheSettingsIsToldAtOnce(t *testing.T) {
	for _, c := range []struct {
		name, settings string
		fields         []string
		text           string
	}{
		{"unknown key", `{"fil":"x"}`, []string{""}, "fil"},
		{"nothing", `{}`, []string{"file", "record"}, "Det finns: org_unit, account"},
		{"unknown field", `{"file":"x.csv","record":"system","columns":{"name":"N","agare":"Ä"}}`, []string{"columns.agare"}, "inget fält"},
		{"role without which", `{"file":"x.csv","record":"system","columns":{"name":"N","role":"Ä"}}`, []string{"columns.role"}, "role:owner"},
		{"key of unknown kind", `{"file":"x.csv","record":"account","id":["N"],"columns":{"key:telefon":"N"}}`, []string{"columns.key:telefon"}, "login, upn"},
		{"further field that is none", `{"file":"x.csv","record":"system","columns":{"name":"N","role:owner.person_ref":"Ä"}}`, []string{"columns.role:owner.person_ref"}, "person_ref"},
		{"value outside the list", `{"file":"x.csv","record":"system","columns":{"name":"N","sso_mode":{"header":"S","values":{"Ja":"kanske"}}}}`, []string{"columns.sso_mode.values.Ja"}, "none, password_sync, sso"},
		{"bad constant", `{"file":"x.csv","record":"system","columns":{"name":"N"},"constants":{"lifecycle":"levande","procured_on":"hösten 2023"}}`, []string{"constants.lifecycle", "constants.procured_on"}, "levande"},
		{"events without time", `{"file":"x.csv","record":"ticket","columns":{"ticket_no":"N"}}`, []string{"columns.opened_at"}, "opened_at"},
		{"no id", `{"file":"x.csv","record":"asset","columns":{"os":"OS"}}`, []string{"id"}, "skiljer raderna åt"},
		{"choices", `{"file":"x.csv","record":"system","columns":{"name":"N"},"struck":"ja","hidden":"nej","date_order":"dym","encoding":"ebcdic","timezone":"Mars/Gale","delimiter":";;","header_rows":3,"content_date":"igår"}`,
			[]string{"timezone", "struck", "hidden", "date_order", "encoding", "delimiter", "header_rows", "content_date"}, ""},
		{"supplements what cannot be", `{"file":"x.csv","record":"ticket","columns":{"ticket_no":"N","opened_at":"T"},"supplements":"App"}`, []string{"supplements"}, "Bara system"},
		{"supplements under no name", `{"file":"x.csv","record":"system","columns":{"name":"N"},"supplements":"två\nrader"}`, []string{"supplements"}, "på en rad"},
		{"struck without a stage", `{"file":"x.csv","record":"cost","id":["*"],"columns":{"booked_at":"N"},"struck":"retired"}`, []string{"struck"}, "skip eller keep"},
		{"layout", `{"file":"x.csv","record":"system","columns":{"name":"N","procured_on":{"header":"K","format":"2006-01-02"}}}`, []string{"columns.procured_on.format"}, "dd/MM-yy"},
	} {
		t.Run(c.name, func(t *testing.T) {
			ps := table.Source{}.Validate(context.Background(), request(t, t.TempDir(), c.settings).Settings)
			var fields []string
			text := ""
			for _, p := range ps {
				fields = append(fields, p.Field)
				text += p.Message + "\n"
			}
			if !slices.Equal(fields, c.fields) {
				t.Errorf("faults in %q, want %q: %s", fields, c.fields, text)
			}
			contains(t, text, c.text)
		})
	}
}

func TestPeopleNeedAKey(t *testing.T) {
	s := request(t, t.TempDir(), systems).Settings
	s.PseudonymKey = nil
	ps := table.Source{}.Validate(context.Background(), s)
	if len(ps) != 1 || ps[0].Field != "pseudonym_key" {
		t.Errorf("got %+v", ps)
	}
}

func TestColumnsReadAndWriteTheSame(t *testing.T) {
	in := `{"name":"Namn","tier":{"header":["Klass","Nivå"],"values":{"G":"gold"},"optional":true},"user_count":["A","B"]}`
	var c map[string]table.Column
	if err := json.Unmarshal([]byte(in), &c); err != nil {
		t.Fatal(err)
	}
	out, err := json.Marshal(c)
	if err != nil {
		t.Fatal(err)
	}
	if string(out) != in {
		t.Errorf("got %s", out)
	}
	if err := json.Unmarshal([]byte(`{"name":{"header":"N","value":{}}}`), &c); err == nil {
		t.Error("an unknown key of a column was accepted")
	}
}
