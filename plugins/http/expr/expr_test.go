package expr_test

import (
	"context"
	"encoding/json"
	"errors"
	"reflect"
	"strings"
	"testing"

	"github.com/itchyny/gojq"

	"github.com/kommunpuls/kommunpuls/plugins/http/body"
	"github.com/kommunpuls/kommunpuls/plugins/http/expr"
)

const item = `{"id": 7, "name": "Treserva", "none": null, "no": false, "list": ["a", "b"], "big": 12345678901234567890, "half": 0.5,
	"owner": {"id": 3, "mail": "a@b.se", "tags": {}}, "key": "k1", "empty": ""}`

var variables = []string{"$settings", "$people"}

func values() []any {
	return []any{map[string]any{"url": "https://a.example", "gone": nil}, map[string]any{"k1": map[string]any{"mail": "x@y.se"}, "7": "sju"}}
}

// What runs without gojq gives what gojq gives.
func TestThePlainWayIsGojqs(t *testing.T) {
	plain := 0
	for _, text := range []string{
		".", ".id", ".name", ".owner.mail", ".owner.tags", `."name"`, `.["owner"].mail`, ".none", ".none.deeper", ".missing", ".missing.deeper.still", ".name?",
		".none // .name", ".no // .none // \"x\"", ".empty // 1", `"text"`, "null", "true", "false", "(.id)", ".id | tostring", ".name | tostring", ".half | tostring",
		".big", ".big | tostring", ".owner | .mail", `.name == "Treserva"`, ".name == .key", ".id == 7", ".none == null", `.name != "x"`, `.no and .missing`, `.no or .name`,
		".no | not", ".owner | not", `if .none == null then .name else .key end`, `if .no then 1 end`, `if .no then .id elif .name then .key else null end`, "$settings.url", "$settings.gone",
		"$people[.key]", "$people[.key].mail", "$people[.id | tostring]", "$people[.missing]", `$people["7"]`, ".list[0]", ".list[-1]", `.list | join(",")`, ".list | length",
		".name.deeper", ".id.deeper", ".list.deeper", ".list[]", "empty", ".list | first", "$people[.owner]", ".owner.mail | ascii_upcase", "[.id, .name]", "{a: .id}", ".half * 2", `"ticket/\(.id)"`, `"\(.name) \(.half) \(.none)"`, `"\(.list[]) x"`, `"\(.owner.mail)"`, ".name | .[0:2]",
	} {
		t.Run(text, func(t *testing.T) {
			input, err := body.Decode(item, 64)
			if err != nil {
				t.Fatal(err)
			}
			e, err := expr.Compile(text, variables)
			if err != nil {
				t.Fatal(err)
			}
			if e.Plain() {
				plain++
			}
			q, err := gojq.Parse(text)
			if err != nil {
				t.Fatal(err)
			}
			code, err := gojq.Compile(q, gojq.WithVariables(variables))
			if err != nil {
				t.Fatal(err)
			}
			got, gotErr := e.Run(context.Background(), input, values())
			iter := code.Run(input, values()...)
			want, ok := iter.Next()
			wantErr, failed := want.(error)
			_, more := iter.Next()
			switch {
			case failed:
				if !errors.Is(gotErr, expr.ErrFailed) {
					t.Errorf("%v, %v; gojq %v", got, gotErr, wantErr)
				}
			case !ok:
				if !errors.Is(gotErr, expr.ErrNone) {
					t.Errorf("%v, %v; gojq nothing", got, gotErr)
				}
			case more:
				if !errors.Is(gotErr, expr.ErrMany) {
					t.Errorf("%v, %v; gojq several", got, gotErr)
				}
			case gotErr != nil || !reflect.DeepEqual(got, want):
				t.Errorf("%#v, %v; gojq %#v", got, gotErr, want)
			}
			if gotErr != nil && (strings.Contains(gotErr.Error(), "Treserva") || strings.Contains(gotErr.Error(), "a@b")) {
				t.Errorf("the error holds data: %v", gotErr)
			}
		})
	}
	if plain < 30 {
		t.Errorf("only %d expressions run without gojq", plain)
	}
}

func TestWhatDoesNotCompile(t *testing.T) {
	for text, want := range map[string]string{
		".a[": "slutar för tidigt", ".a | | .b": "”|” (tecken 6)", "$nobody": "variabeln $nobody finns inte", "finns_ej": "funktionen finns_ej/0 finns inte",
		" ": "tomt", "åäö(": "uttrycket går inte att tolka",
	} {
		_, err := expr.Compile(text, variables)
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: got %v, want %q", text, err, want)
		}
	}
}

func TestTemplates(t *testing.T) {
	for _, c := range []struct {
		text   string
		escape func(string) string
		want   any
	}{
		{"plain", nil, "plain"}, {"", nil, ""}, {"{{ $settings.url }}/api", nil, "https://a.example/api"}, {"{{ 1 + 2 }}", nil, 3}, {"n{{ 1 + 2 }}", nil, "n3"},
		{"{{ $settings.gone }}", nil, nil}, {"a {{ $settings.gone }} b", nil, nil}, {"{{ {a: {b: 1}} }}", nil, map[string]any{"a": map[string]any{"b": 1}}},
		{"{{ [1, 2] }}", nil, []any{1, 2}}, {"x {{ true }} {{ 0.5 }}", nil, "x true 0.5"}, {"{{ \"a}}b\" }}!", nil, "a}}b!"},
		{"/a/{{ \"b/c\" }}", func(s string) string { return strings.ReplaceAll(s, "/", "%2F") }, "/a/b%2Fc"},
	} {
		tm, err := expr.CompileTemplate(c.text, variables)
		if err != nil {
			t.Errorf("%q: %v", c.text, err)
			continue
		}
		if got, err := tm.Value(context.Background(), values(), c.escape); err != nil || !reflect.DeepEqual(got, c.want) {
			t.Errorf("%q: %#v, %v; want %#v", c.text, got, err, c.want)
		}
	}
	for _, text := range []string{"{{ .a", "{{ .a | }}", "{{ $nobody }}"} {
		if _, err := expr.CompileTemplate(text, variables); err == nil {
			t.Errorf("%q compiles", text)
		}
	}
	tm, err := expr.CompileTemplate("x {{ [1] }}", variables)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := tm.Value(context.Background(), values(), nil); !errors.Is(err, expr.ErrFailed) {
		t.Errorf("a list in a text: %v", err)
	}
	if tm, err = expr.CompileTemplate("{{ $people | length }}", variables); err != nil || !tm.Uses("$people") || tm.Uses("$settings") {
		t.Errorf("what a template looks at: %v", err)
	}
}

func TestTextOfScalars(t *testing.T) {
	for want, v := range map[string]any{"": nil, "a": "a", "true": true, "7": 7, "0.5": 0.5, "12345678901234567890": json.Number("12345678901234567890")} {
		if got, err := expr.Text(v); err != nil || got != want {
			t.Errorf("%v: %q, %v", v, got, err)
		}
	}
}
