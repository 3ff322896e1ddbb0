package catalogue

import (
	"errors"
	"fmt"
	"strings"

	"github.com/goccy/go-yaml"
)

// explain takes a YAML error apart: its line, and its message on one line.
func explain(err error) (int, string) {
	var y yaml.Error
	if !errors.As(err, &y) {
		return 0, strings.ReplaceAll(err.Error(), "\n", " ")
	}
	at := 0
	if t := y.GetToken(); t != nil && t.Position != nil {
		at = t.Position.Line
	}
	return at, plainWords(y.GetMessage())
}

// plainWords puts the library's words about types into the catalogue's.
func plainWords(m string) string {
	names := strings.NewReplacer("float64", "a number", "int", "a whole number", "bool", "true or false", "string", "a text",
		"[]interface {}", "a list", "sequence", "a list", "mapping", "keys and values", "map[string]interface {}", "keys and values", "float", "a number")
	if rest, ok := strings.CutPrefix(m, "cannot unmarshal "); ok {
		got, want, _ := strings.Cut(rest, " into Go ")
		if i := strings.LastIndex(want, "of type "); i >= 0 {
			want = want[i+len("of type "):]
		}
		return fmt.Sprintf("want %s, got %s", names.Replace(want), names.Replace(got))
	}
	if got, want, ok := strings.Cut(m, " was used where "); ok {
		return fmt.Sprintf("want %s, got %s", names.Replace(strings.TrimSuffix(want, " is expected")), names.Replace(got))
	}
	return strings.ReplaceAll(m, "\n", " ")
}
