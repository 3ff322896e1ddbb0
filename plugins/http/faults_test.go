package http_test

import (
	"encoding/json"
	"errors"
	"fmt"
	nethttp "net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/kommunpuls/kommunpuls/plugins/sdk"
)

// small is a profile for these tests: a list of systems by offset.
const small = `
profile: prov
version: "1"
title: {sv: Provsystemet, en: Trial}
about: {sv: a, en: a}
privacy: {sv: a, en: a}
tried: {sv: a, en: a}
settings:
  - {name: url, type: url, required: true, text: {sv: a, en: a}}
  - {name: api_key, type: secret, text: {sv: a, en: a}}
connection:
  base: "{{ $settings.url }}"
  retry: {total: 60s}
  max_body_mb: 1
%s
streams:
  - name: systems
    kind: system
    title: {sv: system, en: systems}
    request: {path: /systems, query: {offset: "{{ $offset }}", limit: "{{ $limit }}"}}
    paging: {by: offset, size: 2}
    items: .items
    total: .total
    id: .id
    fields:
      name: .name
%s
`

// brief makes a profile give up soon, where that is what is waited for.
func brief(text string) string { return strings.Replace(text, "total: 60s", "total: 2s", 1) }

// own writes a profile and returns settings that use it.
func own(t *testing.T, text, url string) (map[string]any, string) {
	t.Helper()
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "profile.yaml"), []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return map[string]any{"profile": "./profile.yaml", "url": url}, dir
}

func header(w nethttp.ResponseWriter, kind, text string) {
	w.Header().Set("Content-Type", kind)
	fmt.Fprint(w, text)
}

// pageOf answers with two systems of five.
func pageOf(w nethttp.ResponseWriter, r *nethttp.Request, total int) {
	offset, _ := strconv.Atoi(r.URL.Query().Get("offset"))
	items := []any{}
	for i := offset; i < min(offset+2, 5); i++ {
		items = append(items, map[string]any{"id": i, "name": fmt.Sprintf("System %d", i)})
	}
	write(w, map[string]any{"items": items, "total": total})
}

func offset(r *nethttp.Request) string { return r.URL.Query().Get("offset") }

func TestWhatAServerMayDo(t *testing.T) {
	elsewhere := serve(t, func(_ nethttp.ResponseWriter, r *nethttp.Request) {
		t.Errorf("what was meant for one server came to another: %v %v", r.URL, r.Header)
	})
	for _, c := range []struct {
		name     string
		settings string // of the profile
		fields   string
		answer   nethttp.HandlerFunc
		want     string // parts of the error, by |; "" is success
		is       error
	}{
		{name: "five systems on three pages", answer: func(w nethttp.ResponseWriter, r *nethttp.Request) { pageOf(w, r, 5) }},
		{name: "a login page in HTML with 200", want: "prov (Provsystemet)|system, sida 2|webbsida", is: sdk.ErrBadInput, answer: func(w nethttp.ResponseWriter, r *nethttp.Request) {
			if offset(r) == "2" {
				header(w, "text/html", "<!DOCTYPE html><title>Logga in</title>")
				return
			}
			pageOf(w, r, 5)
		}},
		{name: "HTML that says it is JSON", want: "webbsida", is: sdk.ErrBadInput, answer: func(w nethttp.ResponseWriter, _ *nethttp.Request) {
			header(w, "application/json", "\n <html>")
		}},
		{name: "a page that repeats for ever", want: "system, sida 2|samma sida två gånger", is: sdk.ErrBadInput, answer: func(w nethttp.ResponseWriter, r *nethttp.Request) {
			r.URL.RawQuery = "offset=0"
			pageOf(w, r, 1000)
		}},
		{name: "a total that shrinks", want: "system, sida 2|krympte från 5 till 4", is: sdk.ErrBadInput, answer: func(w nethttp.ResponseWriter, r *nethttp.Request) {
			total := 5
			if offset(r) != "0" {
				total = 4
			}
			pageOf(w, r, total)
		}},
		{name: "fewer rows than announced", want: "sida 3|7 rader men gav 5", is: sdk.ErrBadInput, answer: func(w nethttp.ResponseWriter, r *nethttp.Request) { pageOf(w, r, 7) }},
		{name: "no list where one was", want: "sida 1|items|ingen lista", is: sdk.ErrBadInput, answer: func(w nethttp.ResponseWriter, _ *nethttp.Request) {
			write(w, map[string]any{"message": "hej"})
		}},
		{name: "text that is not UTF-8", want: "sida 1|UTF-8|byte", is: sdk.ErrBadInput, answer: func(w nethttp.ResponseWriter, _ *nethttp.Request) {
			header(w, "application/json", `{"items":[{"id":1,"name":"V`+"\xe5"+`rd"}],"total":1}`)
		}},
		{name: "JSON that is cut off", want: "sida 1|inte giltig JSON", is: sdk.ErrBadInput, answer: func(w nethttp.ResponseWriter, _ *nethttp.Request) {
			header(w, "application/json", `{"items":[{"id":1`)
		}},
		{name: "JSON that is too deep", want: "för djupt nästlad", is: sdk.ErrBadInput, answer: func(w nethttp.ResponseWriter, _ *nethttp.Request) {
			header(w, "application/json", `{"items":`+strings.Repeat("[", 100)+strings.Repeat("]", 100)+`}`)
		}},
		{name: "an answer over the limit", want: "större än 1 MB", is: sdk.ErrBadInput, answer: func(w nethttp.ResponseWriter, _ *nethttp.Request) {
			header(w, "application/json", `{"items":[], "fill":"`+strings.Repeat("x", 1<<20)+`"}`)
		}},
		{name: "a redirect to another server", settings: "auth: [{by: header, name: X-Key, value: hemlig}]", want: "annan server", is: sdk.ErrBadInput, answer: func(w nethttp.ResponseWriter, r *nethttp.Request) {
			nethttp.Redirect(w, r, elsewhere.URL+"/systems", nethttp.StatusFound)
		}},
		{name: "a redirect that goes round", want: "ring", is: sdk.ErrBadInput, answer: func(w nethttp.ResponseWriter, r *nethttp.Request) {
			nethttp.Redirect(w, r, "/systems?"+r.URL.RawQuery+"x", nethttp.StatusFound)
		}},
		{name: "a 429 storm", want: "efter|försök|429", is: sdk.ErrUnreachable, answer: func(w nethttp.ResponseWriter, _ *nethttp.Request) {
			w.WriteHeader(nethttp.StatusTooManyRequests)
		}},
		{name: "a wait that is too long", want: "429", is: sdk.ErrUnreachable, answer: func(w nethttp.ResponseWriter, _ *nethttp.Request) {
			w.Header().Set("Retry-After", "3600")
			w.WriteHeader(nethttp.StatusTooManyRequests)
		}},
		{name: "a server in trouble", want: "503", is: sdk.ErrUnreachable, answer: func(w nethttp.ResponseWriter, _ *nethttp.Request) { w.WriteHeader(nethttp.StatusServiceUnavailable) }},
		{name: "a key that is not good", want: "godtar inte inloggningen", is: sdk.ErrUnreachable, answer: func(w nethttp.ResponseWriter, _ *nethttp.Request) { w.WriteHeader(nethttp.StatusUnauthorized) }},
		{name: "an account that may not read", want: "403", is: sdk.ErrUnreachable, answer: func(w nethttp.ResponseWriter, _ *nethttp.Request) { w.WriteHeader(nethttp.StatusForbidden) }},
		{name: "an address that is gone", want: "sida 1|410", is: sdk.ErrBadInput, answer: func(w nethttp.ResponseWriter, _ *nethttp.Request) { w.WriteHeader(nethttp.StatusGone) }},
		{name: "a fault with status 200", settings: "answer: {errors: [{when: .ok == false, code: .code, text: {sv: Fråga leverantören., en: Ask.}}]}", want: "fel (E-17). Fråga leverantören", is: sdk.ErrBadInput,
			answer: func(w nethttp.ResponseWriter, _ *nethttp.Request) {
				write(w, map[string]any{"ok": false, "code": "E-17"})
			}},
		{name: "a fault whose code is a sentence about somebody", settings: "answer: {errors: [{when: .ok == false, code: .code, text: {sv: Fråga leverantören., en: Ask.}}]}", want: "med ett fel. Fråga", is: sdk.ErrBadInput,
			answer: func(w nethttp.ResponseWriter, _ *nethttp.Request) {
				write(w, map[string]any{"ok": false, "code": "Anna Svensson saknas"})
			}},
		{name: "an expression that yields two values", fields: "      tier: .tags[]", want: "system, sida 1, rad 1, fältet tier (.tags[])|mer än ett värde", is: sdk.ErrBadInput, answer: func(w nethttp.ResponseWriter, _ *nethttp.Request) {
			header(w, "application/json", `{"items":[{"id":1,"name":"a","tags":["x","y"]}],"total":1}`)
		}},
		{name: "an expression that yields none", fields: "      tier: .tags[]", want: "fältet tier|inget värde", is: sdk.ErrBadInput, answer: func(w nethttp.ResponseWriter, _ *nethttp.Request) {
			header(w, "application/json", `{"items":[{"id":1,"name":"a","tags":[]}],"total":1}`)
		}},
		{name: "an expression that the data does not fit", fields: "      tier: .owner.name", want: "rad 2, fältet tier (.owner.name)", is: sdk.ErrBadInput, answer: func(w nethttp.ResponseWriter, _ *nethttp.Request) {
			header(w, "application/json", `{"items":[{"id":1,"name":"a"},{"id":2,"name":"b","owner":"Anna Svensson"}],"total":2}`)
		}},
		{name: "an object where a text was", want: "fältet name (.name)|objekt", is: sdk.ErrBadInput, answer: func(w nethttp.ResponseWriter, _ *nethttp.Request) {
			header(w, "application/json", `{"items":[{"id":1,"name":{"sv":"a"}}],"total":1}`)
		}},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := serve(t, c.answer)
			settings, dir := own(t, brief(fmt.Sprintf(small, c.settings, c.fields)), s.URL)
			g := collect(t, ask{settings: settings, dir: dir})
			if c.want == "" {
				if g.err != nil || g.Records != 5 || g.end.Seen != 5 {
					t.Errorf("%v, %d records", g.err, g.Records)
				}
				return
			}
			if g.err == nil || !errors.Is(g.err, c.is) {
				t.Fatalf("got %v, want %v", g.err, c.is)
			}
			for _, part := range strings.Split(c.want, "|") {
				if !strings.Contains(g.err.Error(), part) {
					t.Errorf("%v\ndoes not say %q", g.err, part)
				}
			}
			for _, secret := range []string{"Anna Svensson", "hemlig", s.URL} {
				if strings.Contains(g.err.Error(), secret) {
					t.Errorf("the error says %q: %v", secret, g.err)
				}
			}
		})
	}
}

func TestWhatPassesIsWaitedFor(t *testing.T) {
	var asked atomic.Int64
	s := serve(t, func(w nethttp.ResponseWriter, r *nethttp.Request) {
		switch asked.Add(1) {
		case 2:
			w.Header().Set("Retry-After", "0.2")
			w.WriteHeader(nethttp.StatusTooManyRequests)
		case 3:
			w.WriteHeader(nethttp.StatusBadGateway)
		case 5:
			if conn, _, err := w.(nethttp.Hijacker).Hijack(); err == nil {
				conn.Close() // in the middle of an answer
			}
		default:
			pageOf(w, r, 5)
		}
	})
	settings, dir := own(t, fmt.Sprintf(small, "", ""), s.URL)
	if g := collect(t, ask{settings: settings, dir: dir}); g.err != nil || g.Records != 5 || asked.Load() != 6 {
		t.Errorf("%v, %d records in %d requests", g.err, g.Records, asked.Load())
	}
}

func TestNobodyAnswers(t *testing.T) {
	s := httptest.NewServer(nethttp.NotFoundHandler())
	s.Close()
	settings, dir := own(t, fmt.Sprintf(small, "", ""), s.URL)
	start := time.Now()
	g := collect(t, ask{settings: settings, dir: dir})
	if !errors.Is(g.err, sdk.ErrUnreachable) || !strings.Contains(g.err.Error(), "efter 3 försök") || time.Since(start) > time.Minute {
		t.Errorf("%v after %v", g.err, time.Since(start))
	}
}

func TestAServerThatIsSilent(t *testing.T) {
	stop := make(chan struct{})
	s := serve(t, func(_ nethttp.ResponseWriter, r *nethttp.Request) {
		select {
		case <-stop:
		case <-r.Context().Done():
		}
	})
	defer close(stop)
	settings, dir := own(t, fmt.Sprintf(small, "", ""), s.URL)
	settings["timeout"] = "100ms"
	if g := collect(t, ask{settings: settings, dir: dir}); !errors.Is(g.err, sdk.ErrUnreachable) || !strings.Contains(g.err.Error(), "svarade inte i tid") {
		t.Errorf("%v", g.err)
	}
}

func TestCertificatesAreVerified(t *testing.T) {
	s := httptest.NewTLSServer(nethttp.HandlerFunc(func(w nethttp.ResponseWriter, r *nethttp.Request) { pageOf(w, r, 5) }))
	t.Cleanup(s.Close)
	settings, dir := own(t, fmt.Sprintf(small, "", ""), s.URL)
	if g := collect(t, ask{settings: settings, dir: dir}); !errors.Is(g.err, sdk.ErrUnreachable) || !strings.Contains(g.err.Error(), "ca_file") {
		t.Errorf("%v", g.err)
	}
	if err := os.WriteFile(filepath.Join(dir, "ca.pem"), certificate(s), 0o600); err != nil {
		t.Fatal(err)
	}
	settings["ca_file"] = "ca.pem"
	if g := collect(t, ask{settings: settings, dir: dir}); g.err != nil || g.Records != 5 {
		t.Errorf("with its own CA: %v", g.err)
	}
	settings["url"] = strings.Replace(s.URL, "https", "http", 1)
	if g := collect(t, ask{settings: settings, dir: dir}); g.err == nil {
		t.Error("an encrypted server was read without encryption")
	}
	settings["url"] = "http://server.kommun.example"
	if g := collect(t, ask{settings: settings, dir: dir}); !errors.Is(g.err, sdk.ErrBadInput) || !strings.Contains(g.err.Error(), "klartext") {
		t.Errorf("a server elsewhere without encryption: %v", g.err)
	}
}

func TestThreeFormsOfDateInOneField(t *testing.T) {
	s := serve(t, func(w nethttp.ResponseWriter, _ *nethttp.Request) {
		b, _ := json.Marshal(map[string]any{"total": 7, "items": []any{
			map[string]any{"id": 1, "name": "a", "d": "2026-03-01T23:30:00Z"},
			map[string]any{"id": 2, "name": "b", "d": "2026-03-02"},
			map[string]any{"id": 3, "name": "c", "d": "den 2 mars 2026"},
			map[string]any{"id": 4, "name": "d", "d": "02/03/2026"},
			map[string]any{"id": 5, "name": "e", "d": "0001-01-01T00:00:00Z"},
			map[string]any{"id": 6, "name": "f", "d": nil},
			map[string]any{"id": 7, "name": "g", "d": "strax"},
		}})
		header(w, "application/json", string(b))
	})
	text := strings.Replace(fmt.Sprintf(small, `empty_dates: ["0001-01-01"]`+"\ntimezone: Europe/Stockholm", "      classified_at: .d"), "{by: offset, size: 2}", "{by: none}", 1)
	settings, dir := own(t, text, s.URL)
	g := collect(t, ask{settings: settings, dir: dir})
	if g.err != nil {
		t.Fatal(g.err)
	}
	stockholm, err := time.LoadLocation("Europe/Stockholm")
	if err != nil {
		t.Fatal(err)
	}
	want := time.Date(2026, 3, 2, 23, 59, 59, 0, stockholm).Unix()
	for _, id := range []string{"1", "2", "3"} {
		if v := g.record(t, id).Get("classified_at"); v.I != want {
			t.Errorf("%s: %+v, want %d", id, v, want)
		}
	}
	for _, id := range []string{"5", "6"} {
		if v := g.record(t, id).Get("classified_at"); v.I != 0 {
			t.Errorf("%s: %+v, want blank", id, v)
		}
	}
	if g.Refused != 2 || g.Records != 5 || g.end.Seen != 7 {
		t.Errorf("%d records, %d refused of %d: %+v", g.Records, g.Refused, g.end.Seen, g.Warnings)
	}
	if w, ok := g.warned("ambiguous_date"); !ok || w.Place.Row != 4 || w.Column != "classified_at (.d)" {
		t.Errorf("%+v", g.Warnings)
	}
}

func TestFaultsThatTheBodyTells(t *testing.T) {
	rules := `answer:
  errors:
    - {when: .error == "busy", is: wait}
    - {when: .error == "login", is: logged_out}
    - {when: .error == "closed", is: refused, text: {sv: Ge kontot läsrätt., en: Let the account read.}}`
	for _, c := range []struct {
		name, auth, error string
		times             int64 // that it comes
		want              string
		is                error
	}{
		{name: "one that passes", error: "busy", times: 2},
		{name: "one that does not pass", error: "busy", times: 1000, want: "försök: servern svarade med ett fel", is: sdk.ErrUnreachable},
		{name: "a session that is over", auth: sessionAuth, error: "login", times: 1},
		{name: "a login that never helps", auth: sessionAuth, error: "login", times: 1000, want: "godtar inte inloggningen", is: sdk.ErrUnreachable},
		{name: "an account that may not read", error: "closed", times: 1000, want: "med ett fel. Ge kontot läsrätt: källan går inte att nå", is: sdk.ErrUnreachable},
	} {
		t.Run(c.name, func(t *testing.T) {
			var asked atomic.Int64
			s := serve(t, func(w nethttp.ResponseWriter, r *nethttp.Request) {
				switch {
				case r.URL.Path == "/login":
					write(w, map[string]any{"session_token": "a"})
				case r.URL.Path == "/systems" && asked.Add(1) <= c.times:
					write(w, map[string]any{"error": c.error})
				case r.URL.Path == "/systems":
					pageOf(w, r, 5)
				}
			})
			text := fmt.Sprintf(small, rules+"\n"+c.auth, "")
			if c.want != "" {
				text = brief(text)
			}
			settings, dir := own(t, text, s.URL)
			settings["api_key"] = "hemlig"
			g := collect(t, ask{settings: settings, dir: dir})
			if c.want == "" && (g.err != nil || g.Records != 5) || c.want != "" && (!errors.Is(g.err, c.is) || !strings.Contains(g.err.Error(), c.want)) {
				t.Errorf("%v, %d records", g.err, g.Records)
			}
		})
	}
}

func TestFaultsOfJSONRPC(t *testing.T) {
	for answer, want := range map[string]string{
		`{"jsonrpc":"2.0","id":1,"error":{"code":-32602,"message":"Anna Svensson"}}`: "JSON-RPC-fel -32602",
		`{"jsonrpc":"2.0","id":1,"error":{"code":"Anna Svensson nekas"}}`:            "JSON-RPC-fel",
		`{"jsonrpc":"2.0","id":2,"items":[]}`:                                        "hör till en annan fråga",
		`[]`:                                                                         "inget JSON-RPC-svar",
	} {
		s := serve(t, func(w nethttp.ResponseWriter, _ *nethttp.Request) { header(w, "application/json-rpc", answer) })
		text := strings.Replace(fmt.Sprintf(small, "", ""), `{path: /systems, query: {offset: "{{ $offset }}", limit: "{{ $limit }}"}}`, "{path: /rpc, rpc: {method: host.get}}", 1)
		settings, dir := own(t, text, s.URL)
		if g := collect(t, ask{settings: settings, dir: dir}); !errors.Is(g.err, sdk.ErrBadInput) || !strings.Contains(g.err.Error(), want) || strings.Contains(g.err.Error(), "Anna") {
			t.Errorf("%s: %v", answer, g.err)
		}
	}
}

// Whatever way a collection ends, nothing of it goes on.
func TestNothingIsLeftRunning(t *testing.T) {
	ignore := goleak.IgnoreCurrent()
	for _, fail := range []string{"", "2", "4"} {
		s := httptest.NewServer(nethttp.HandlerFunc(func(w nethttp.ResponseWriter, r *nethttp.Request) {
			if offset(r) == fail {
				w.WriteHeader(nethttp.StatusForbidden)
				return
			}
			pageOf(w, r, 5)
		}))
		settings, dir := own(t, fmt.Sprintf(small, "", ""), s.URL)
		if g := collect(t, ask{settings: settings, dir: dir}); (g.err == nil) != (fail == "") {
			t.Errorf("%q: %v", fail, g.err)
		}
		s.Close()
	}
	goleak.VerifyNone(t, ignore)
}
