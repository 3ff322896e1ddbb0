package alerts

import (
	"regexp"
	"strings"
	"testing"
	"text/template"
)

// The row that says that all is well has no label of what is wrong.
func TestALabelThatARowLacksIsLeftOut(t *testing.T) {
	replace := func(pattern, by, text string) string { return regexp.MustCompile(pattern).ReplaceAllString(text, by) }
	tmpl, err := template.New("").Funcs(template.FuncMap{"reReplaceAll": replace}).Parse("{{ $labels := . }}" + label("signal", "sv"))
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		labels map[string]any
		want   string
	}{{map[string]any{"signal": "metrics"}, "mätvärden"}, {map[string]any{}, ""}} {
		var b strings.Builder
		if err := tmpl.Execute(&b, c.labels); err != nil || b.String() != c.want {
			t.Errorf("%v: %q, %v; want %q", c.labels, b.String(), err, c.want)
		}
	}
}
