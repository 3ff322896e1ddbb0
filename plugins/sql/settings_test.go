package sql_test

import (
	"context"
	"encoding/json"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/kommunpuls/kommunpuls/plugins/sql"
)

func TestSchemaNamesEverySetting(t *testing.T) {
	var s struct {
		Properties map[string]struct {
			Properties map[string]json.RawMessage `json:"properties"`
		} `json:"properties"`
	}
	if err := json.Unmarshal(sql.Source{}.Describe().ConfigSchema, &s); err != nil {
		t.Fatal(err)
	}
	same := func(what string, typ reflect.Type, schema []string) {
		var tags []string
		for f := range typ.Fields() {
			name, _, _ := strings.Cut(f.Tag.Get("json"), ",")
			tags = append(tags, name)
		}
		slices.Sort(tags)
		slices.Sort(schema)
		if !slices.Equal(tags, schema) {
			t.Errorf("%s: the settings have %v, the schema %v", what, tags, schema)
		}
	}
	var top, inc []string
	for name := range s.Properties {
		top = append(top, name)
	}
	for name := range s.Properties["increment"].Properties {
		inc = append(inc, name)
	}
	same("settings", reflect.TypeFor[sql.Settings](), top)
	same("increment", reflect.TypeFor[sql.Increment](), inc)
}

// onServer and onFile are good settings to begin from.
var (
	onServer = settings{"driver": "postgres", "host": "db1", "database": "rt", "user": "las", "query": "SELECT 1", "record": "system", "columns": map[string]any{"name": "namn"}}
	onFile   = settings{"driver": "sqlite", "file": "a.db", "query": "SELECT 1", "record": "system", "columns": map[string]any{"name": "namn"}}
)

func TestEveryFaultInTheSettingsIsToldAtOnce(t *testing.T) {
	for _, c := range []struct {
		name   string
		s      settings
		fields []string
		text   string
	}{
		{"a server", onServer, nil, ""},
		{"a file", onFile, nil, ""},
		{"unknown key", onFile.with("dsn", "postgres://a:b@c"), []string{""}, "dsn"},
		{"no driver", onServer.with("driver", "oracle"), []string{"driver"}, "postgres, mysql, sqlserver, sqlite"},
		{"a server without a place", onServer.with("host", nil, "database", nil, "user", nil), []string{"host", "database", "user"}, "bara få läsa"},
		{"a file with a server", onFile.with("host", "db1", "user", "a"), []string{"host", "user"}, "ingen server"},
		{"no file", onFile.with("file", nil), []string{"file"}, ""},
		{"tls", onServer.with("tls", "kanske", "port", 70000), []string{"port", "tls"}, ""},
		{"a certificate without tls", onServer.with("tls", "off", "ca_file", "ca.pem"), []string{"ca_file"}, ""},
		{"an instance of another server", onServer.with("instance", "X"), []string{"instance"}, "SQL Server"},
		{"two statements", onServer.with("query", "SELECT 1; DELETE FROM t"), []string{"query"}, "flera satser"},
		{"a statement that writes", onServer.with("query", "delete from t"), []string{"query"}, "SELECT eller WITH"},
		{"since without increment", onServer.with("query", "SELECT * FROM t WHERE x > :since"), []string{"increment"}, ":since"},
		{"increment without since", onServer.with("increment", map[string]any{"column": "x"}), []string{"query"}, ":since"},
		{"increment of another type", onServer.with("query", "SELECT :since", "increment", map[string]any{"type": "datum"}), []string{"increment.column", "increment.type"}, "time, unix, number, text"},
		{"increment with a bad start", onServer.with("query", "SELECT :since", "increment", map[string]any{"column": "x", "start": "i våras"}), []string{"increment.start"}, "time"},
		{"a span that is none", onServer.with("statement_timeout", "sju"), []string{""}, "90s"},
		{"choices", onServer.with("timezone", "Mars/Gale", "decimal", ";", "bad_cell", "x"), []string{"timezone", "decimal", "bad_cell"}, ""},
		{"unknown kind", onServer.with("record", "bil"), []string{"record"}, "org_unit"},
		{"unknown field, no id", onServer.with("columns", map[string]any{"agare": "x"}), []string{"columns.agare", "id"}, "inget fält"},
	} {
		t.Run(c.name, func(t *testing.T) {
			var fields []string
			text := ""
			for _, p := range (sql.Source{}).Validate(context.Background(), c.s.request(t, t.TempDir()).Settings) {
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
