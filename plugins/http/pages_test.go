package http_test

import (
	"encoding/json"
	"errors"
	"fmt"
	nethttp "net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"testing"

	"github.com/kommunpuls/kommunpuls/plugins/sdk"
)

// rowsFrom makes two of five systems.
func rowsFrom(from int) []any {
	items := []any{}
	for i := from; i < min(from+2, 5); i++ {
		items = append(items, map[string]any{"id": i, "name": fmt.Sprintf("System %d", i)})
	}
	return items
}

func TestWaysToPage(t *testing.T) {
	whole := func(r *nethttp.Request, format string, args ...any) string {
		return "http://" + r.Host + fmt.Sprintf(format, args...)
	}
	number := func(r *nethttp.Request, k string) int {
		n, err := strconv.Atoi(r.URL.Query().Get(k))
		if err != nil {
			return 0
		}
		return n
	}
	for _, c := range []struct {
		name, request, paging string
		answer                func(w nethttp.ResponseWriter, r *nethttp.Request)
	}{
		{"by number from 0", `{path: /systems, query: {page: "{{ $page }}"}}`, "{by: page, first: 0, size: 2}",
			func(w nethttp.ResponseWriter, r *nethttp.Request) {
				write(w, map[string]any{"items": rowsFrom(number(r, "page") * 2)})
			}},
		{"by number until an empty page", `{path: /systems, query: {page: "{{ $page }}"}}`, "{by: page, size: 50, end: empty}",
			func(w nethttp.ResponseWriter, r *nethttp.Request) {
				write(w, map[string]any{"items": rowsFrom(number(r, "page")*2 - 2)})
			}},
		{"while the server says that there is more", `{path: /systems, query: {page: "{{ $page }}"}}`, "{by: page, size: 50, end: more, more: .more}",
			func(w nethttp.ResponseWriter, r *nethttp.Request) {
				write(w, map[string]any{"items": rowsFrom(number(r, "page")*2 - 2), "more": number(r, "page") < 3})
			}},
		{"by the offset of what came", `{path: /systems, query: {start: "{{ $offset }}"}}`, "{by: offset, size: 50, step: received, end: empty}",
			func(w nethttp.ResponseWriter, r *nethttp.Request) {
				write(w, map[string]any{"items": rowsFrom(number(r, "start"))})
			}},
		{"by an address in the body", `{path: /systems, query: {n: "0", q: "å&b"}}`, "{by: next, next: .next}",
			func(w nethttp.ResponseWriter, r *nethttp.Request) {
				n := number(r, "n")
				var next any
				if n < 4 {
					next = whole(r, "/systems?n=%d&q=%%C3%%A5%%26b", n+2)
				}
				if r.URL.Query().Get("q") != "å&b" {
					w.WriteHeader(nethttp.StatusBadRequest)
				}
				write(w, map[string]any{"items": rowsFrom(n), "next": next})
			}},
		{"by a relative address in the body", `{path: /systems, query: {n: "0"}}`, `{by: next, next: '.next // ""'}`,
			func(w nethttp.ResponseWriter, r *nethttp.Request) {
				n := number(r, "n")
				page := map[string]any{"items": rowsFrom(n)}
				if n < 4 {
					page["next"] = fmt.Sprintf("?n=%d", n+2)
				}
				write(w, page)
			}},
		{"by the header Link", `{path: /systems, query: {n: "0"}}`, "{by: link}",
			func(w nethttp.ResponseWriter, r *nethttp.Request) {
				n := number(r, "n")
				link := fmt.Sprintf(`<%s>; rel="first"`, whole(r, "/systems?n=0"))
				if n < 4 {
					link += fmt.Sprintf(`, <%s>;title="a, b"; rel="next"`, whole(r, "/systems?n=%d", n+2))
				}
				w.Header().Set("Link", link)
				write(w, map[string]any{"items": rowsFrom(n)})
			}},
		{"by a cursor", `{path: /systems, query: {after: "{{ $cursor }}"}}`, "{by: cursor, next: .after}",
			func(w nethttp.ResponseWriter, r *nethttp.Request) {
				if _, has := r.URL.Query()["after"]; has && number(r, "after") == 0 {
					w.WriteHeader(nethttp.StatusBadRequest)
				}
				n := number(r, "after")
				page := map[string]any{"items": rowsFrom(n)}
				if n < 4 {
					page["after"] = n + 2
				}
				write(w, page)
			}},
		{"by the key of the last row", `{path: /systems, query: {from: "{{ $cursor // 0 }}"}}`, "{by: cursor, size: 2, next: 'if (.items | length) < $limit then null else .items[-1].id + 1 end'}",
			func(w nethttp.ResponseWriter, r *nethttp.Request) {
				write(w, map[string]any{"items": rowsFrom(number(r, "from"))})
			}},
		{"by Content-Range", `{path: /systems, query: {range: "{{ $offset }}-{{ $offset + $limit - 1 }}"}}`, "{by: range, size: 2}",
			func(w nethttp.ResponseWriter, r *nethttp.Request) {
				from, _, _ := strings.Cut(r.URL.Query().Get("range"), "-")
				n, _ := strconv.Atoi(from)
				w.Header().Set("Content-Range", fmt.Sprintf("%d-%d/5", n, min(n+1, 4)))
				w.WriteHeader(nethttp.StatusPartialContent)
				write(w, map[string]any{"items": rowsFrom(n)})
			}},
		{"not at all, by JSON-RPC", `{path: /rpc, rpc: {method: host.get, params: {limit: "{{ $limit }}", output: [name], since: "{{ $since }}"}}}`, "{by: none, size: 7}",
			func(w nethttp.ResponseWriter, r *nethttp.Request) {
				var q struct {
					Method string
					ID     int
					Params map[string]any
				}
				if json.NewDecoder(r.Body).Decode(&q) != nil || q.Method != "host.get" || len(q.Params) != 2 || q.Params["limit"] != 7.0 {
					w.WriteHeader(nethttp.StatusBadRequest)
				}
				write(w, map[string]any{"jsonrpc": "2.0", "id": q.ID, "items": append(append(rowsFrom(0), rowsFrom(2)...), rowsFrom(4)...)})
			}},
		{"once for every value", `{path: "/systems/{{ $each }}"}`, "{by: none}\n    each: {in: '[\"0\", \"2\", \"4\", \"a/b c\"]'}\n    optional: [404]",
			func(w nethttp.ResponseWriter, r *nethttp.Request) {
				if strings.HasSuffix(r.URL.EscapedPath(), "/a%2Fb%20c") {
					w.WriteHeader(nethttp.StatusNotFound)
					return
				}
				n, _ := strconv.Atoi(strings.TrimPrefix(r.URL.Path, "/systems/"))
				write(w, map[string]any{"items": rowsFrom(n)})
			}},
		{"once for several values", `{path: /systems, query: {ids: "{{ $each | join(\",\") }}"}}`, "{by: none}\n    each: {in: '[range(5)]', chunk: 2}",
			func(w nethttp.ResponseWriter, r *nethttp.Request) {
				first, _, _ := strings.Cut(r.URL.Query().Get("ids"), ",")
				n, _ := strconv.Atoi(first)
				write(w, map[string]any{"items": rowsFrom(n)})
			}},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := serve(t, c.answer)
			text := strings.Replace(fmt.Sprintf(small, "", ""), `{path: /systems, query: {offset: "{{ $offset }}", limit: "{{ $limit }}"}}`, c.request, 1)
			text = strings.Replace(strings.Replace(text, "{by: offset, size: 2}", c.paging, 1), "    total: .total\n", "", 1)
			settings, dir := own(t, text, s.URL)
			if g := collect(t, ask{settings: settings, dir: dir}); g.err != nil || g.Records != 5 || len(g.IDs["system"]) != 5 {
				t.Errorf("%v, %d records", g.err, g.Records)
			}
		})
	}
}

func TestANextPageElsewhereIsNotFollowed(t *testing.T) {
	other := httptest.NewServer(nethttp.HandlerFunc(func(_ nethttp.ResponseWriter, r *nethttp.Request) { t.Errorf("%v was asked for", r.URL) }))
	t.Cleanup(other.Close)
	next := other.URL + "/systems"
	s := serve(t, func(w nethttp.ResponseWriter, _ *nethttp.Request) {
		write(w, map[string]any{"items": rowsFrom(0), "next": next})
	})
	text := strings.Replace(fmt.Sprintf(small, "", ""), "{by: offset, size: 2}", "{by: next, next: .next}", 1)
	settings, dir := own(t, text, s.URL)
	if g := collect(t, ask{settings: settings, dir: dir}); !errors.Is(g.err, sdk.ErrBadInput) || !strings.Contains(g.err.Error(), "annan server") {
		t.Errorf("%v", g.err)
	}
	next = "?offset=0&limit=2"
	if g := collect(t, ask{settings: settings, dir: dir}); !errors.Is(g.err, sdk.ErrBadInput) || !strings.Contains(g.err.Error(), "samma sida") {
		t.Errorf("the same page: %v", g.err)
	}
}
