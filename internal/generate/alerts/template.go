package alerts

import (
	"fmt"
	"strings"

	"github.com/kommunpuls/kommunpuls/internal/alert"
)

// Templates of Prometheus know no time zone but that of the server, and no
// arithmetic. define writes an instant as it is said in Sweden all the same:
// summer time lasts from the last Sunday of March to that of October, at one
// o'clock UTC, so that the Sunday on or before the instant tells which it is.
// It takes the instant and now, since another day is said.
const define = `{{ define "clock" }}` +
	`{{ $t := .arg0.Add 3600000000000 }}{{ $n := .arg1.Add 3600000000000 }}{{ $u := .arg0.Add -3600000000000 }}` +
	`{{ $s := ($u.AddDate 0 0 (index (args 0 -1 -2 -3 -4 -5 -6) (printf "arg%d" $u.Weekday))).Format "0102" }}` +
	`{{ if and (ge $s "0325") (lt $s "1025") }}{{ $t = $t.Add 3600000000000 }}{{ $n = $n.Add 3600000000000 }}{{ end }}` +
	`{{ if eq ($t.Format "20060102") ($n.Format "20060102") }}{{ $t.Format "15.04" }}{{ else }}{{ $t.Format "2/1 15.04" }}{{ end }}` +
	`{{ end }}`

const (
	now = `(query "vector(time())" | first | value | toTime)`
	// next is when more is told: half an hour ahead, at the quarter after that.
	next = `(query "ceil((vector(time()) + 1800) / 900) * 900" | first | value | toTime)`
)

// prometheusText writes one language of a text as a template of Prometheus.
func prometheusText(text, lang string, r *alert.Rule) (string, error) {
	var b strings.Builder
	clocks := false
	for _, p := range alert.Pieces(text) {
		switch p.Place {
		case "":
			b.WriteString(p.Literal)
		case "next":
			clocks = true
			b.WriteString(`{{ template "clock" (args ` + next + ` ` + now + `) }}`)
		case "each":
			b.WriteString(`{{ $sep := "" }}{{ range query ` + raw(r.Each) + ` | sortByLabel "name" }}{{ if eq .Labels.instance $labels.instance }}` +
				`{{ $sep }}{{ .Labels.name }}{{ $sep = ", " }}{{ end }}{{ end }}`)
		case "users":
			before, after := " Omkring ", " personer berörs."
			if lang == "en" {
				before, after = " About ", " people are concerned."
			}
			one := alert.UsersSentence(lang, 1)
			b.WriteString(`{{ range query ` + raw(r.Users) + ` }}{{ if and (eq .Labels.instance $labels.instance) (eq .Labels.site $labels.site) }}` +
				`{{ if eq .Value 1.0 }}` + one + `{{ else }}` + before + `{{ .Value }}` + after + `{{ end }}{{ end }}{{ end }}`)
		case "value":
			if p.Form == alert.Clock {
				clocks = true
				b.WriteString(`{{ template "clock" (args (toTime $value) ` + now + `) }}`)
				continue
			}
			v, err := form(p.Form, lang, "$value")
			if err != nil {
				return "", err
			}
			b.WriteString(v)
		default:
			b.WriteString(label(p.Place, lang))
		}
	}
	if clocks {
		return define + b.String(), nil
	}
	return b.String(), nil
}

// label writes the value of a label as it is called. Grafana fills the texts
// also of a row that only says that all is well, and that has no such label.
func label(name, lang string) string {
	var pairs [][2]string
	for _, s := range alert.Said(name, lang) {
		pairs = append(pairs, [2]string{"^" + s[0] + "$", s[1]})
	}
	if len(pairs) == 0 {
		return `{{ $labels.` + name + ` }}`
	}
	return `{{ with $labels.` + name + ` }}{{ ` + replaced(".", pairs) + ` }}{{ end }}`
}

// raw quotes PromQL for a template.
func raw(expr string) string { return "`" + expr + "`" }

// form writes a value in a form, with the functions that Prometheus and Grafana share.
func form(f alert.Form, lang, value string) (string, error) {
	switch f {
	case alert.Plain:
		return `{{ printf "%.0f" ` + value + ` }}`, nil
	case alert.Percent, alert.Points:
		return `{{ ` + percent(f, lang, value) + ` }}`, nil
	case alert.Span:
		return `{{ ` + span(lang, value) + ` }}`, nil
	case alert.Figure:
		return `{{ if eq $labels.unit "share" }}{{ ` + percent(alert.Percent, lang, value) + ` }}{{ else if eq $labels.unit "seconds" }}{{ ` +
			span(lang, value) + ` }}{{ else if eq $labels.unit "sek" }}{{ printf "%.0f" ` + value + ` }}` + alert.Kronor(lang) +
			`{{ else if eq $labels.unit "score" "index" "ratio" "months" "per_hundred" }}{{ ` + tenths(lang, value) + ` }}{{ else }}{{ printf "%.0f" ` + value + ` }}{{ end }}`, nil
	}
	return "", fmt.Errorf("a text asks for the form %q", f)
}

// replaced pipes a value through pairs of pattern and replacement.
func replaced(value string, pairs [][2]string) string {
	for _, p := range pairs {
		value += ` | reReplaceAll "` + p[0] + `" "` + p[1] + `"`
	}
	return value
}

// percent cuts after one decimal, as alert.Text.Fill does.
func percent(f alert.Form, lang, value string) string {
	pairs := [][2]string{{`([.][0-9])[0-9]*`, `$1`}, {`[.]0%`, `%`}}
	if lang != "en" {
		pairs = append(pairs, [2]string{`[.]`, `,`})
	}
	word := ""
	if f == alert.Percent {
		word = " procent"
		if lang == "en" {
			word = " percent"
		}
	}
	return replaced("humanizePercentage "+value, append(pairs, [2]string{`%`, word}))
}

// tenths writes one decimal, if there is any.
func tenths(lang, value string) string {
	pairs := [][2]string{{`[.]0$`, ``}}
	if lang != "en" {
		pairs = append(pairs, [2]string{`[.]`, `,`})
	}
	return replaced(`printf "%.1f" `+value, pairs)
}

// span keeps the greatest unit of a length of time.
func span(lang, value string) string {
	var pairs [][2]string
	for _, u := range alert.Units() {
		one, many := u.One.SV, u.Many.SV
		if lang == "en" {
			one, many = u.One.EN, u.Many.EN
		}
		pairs = append(pairs, [2]string{`^1` + u.Letter + `( .*)?$`, `1 ` + one}, [2]string{`^([0-9.]+)` + u.Letter + `( .*)?$`, `$1 ` + many})
	}
	return replaced("humanizeDuration "+value, pairs)
}
