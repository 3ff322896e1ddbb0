package alert

import (
	"strconv"
	"strings"
	"time"
)

// num writes a number as PromQL has it.
func num(x float64) string { return strconv.FormatFloat(x, 'f', -1, 64) }

func seconds(d time.Duration) string { return num(d.Seconds()) }

// label writes a matcher's value: quoted, with what PromQL would read otherwise escaped.
func label(v string) string { return strconv.Quote(v) }

// anyOf writes a pattern that matches each of some values and nothing else.
func anyOf(values []string) string {
	quoted := make([]string, len(values))
	for i, v := range values {
		quoted[i] = literal(v)
	}
	return strconv.Quote(strings.Join(quoted, "|"))
}

// literal escapes what a pattern would read otherwise. It escapes no more than
// that: the patterns are read by people too.
func literal(s string) string {
	var b strings.Builder
	for _, r := range s {
		if strings.ContainsRune(`\.+*?()|[]{}^$`, r) {
			b.WriteByte('\\')
		}
		b.WriteRune(r)
	}
	return b.String()
}
