package http_test

import (
	"fmt"
	nethttp "net/http"
	"strings"
	"testing"
)

// What net/http says of an answer that it cannot read quotes it.
func TestAnAnswerThatCannotBeReadIsNotQuoted(t *testing.T) {
	raw := func(answer string) nethttp.HandlerFunc {
		return func(w nethttp.ResponseWriter, _ *nethttp.Request) {
			conn, buf, err := w.(nethttp.Hijacker).Hijack()
			if err != nil {
				t.Error(err)
				return
			}
			_, _ = buf.WriteString(answer)
			_ = buf.Flush()
			_ = conn.Close()
		}
	}
	for name, c := range map[string]struct {
		answer nethttp.HandlerFunc
		want   string
	}{
		"an address that is none": {func(w nethttp.ResponseWriter, _ *nethttp.Request) {
			w.Header().Set("Location", "http://annsve01.invalid:19121212-1212/%zz?name=Anna")
			w.WriteHeader(nethttp.StatusFound)
		}, "följer svaret inte HTTP"},
		"another server": {func(w nethttp.ResponseWriter, _ *nethttp.Request) {
			w.Header().Set("Location", "http://annan.invalid/?login=annsve01&name=Anna")
			w.WriteHeader(nethttp.StatusFound)
		}, "en annan server"},
		"a header that is none": {raw("HTTP/1.1 200 OK\r\nAnna Svensson 19121212-1212\r\n\r\n"), "följer svaret inte HTTP"},
		"a status that is none": {raw("HTTP/1.1 annsve01 Anna\r\n\r\n"), "följer svaret inte HTTP"},
		"no HTTP":               {raw("Anna Svensson, annsve01\r\n\r\n"), "följer svaret inte HTTP"},
		"nothing":               {raw(""), "avslutade förbindelsen"},
	} {
		t.Run(name, func(t *testing.T) {
			settings, dir := own(t, brief(fmt.Sprintf(small, "", "")), serve(t, c.answer).URL)
			g := collect(t, ask{settings: settings, dir: dir})
			if g.err == nil || !strings.Contains(g.err.Error(), c.want) {
				t.Fatalf("got %v, want %q", g.err, c.want)
			}
			for _, planted := range []string{"Anna", "annsve01", "1212"} {
				if strings.Contains(g.err.Error(), planted) {
					t.Errorf("%q is quoted: %v", planted, g.err)
				}
			}
		})
	}
}
