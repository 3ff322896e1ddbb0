package replay

import (
	"encoding/json"
	"fmt"
	"io"
	nethttp "net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"sync"
)

// server answers what a case says, and notes what was asked otherwise.
type server struct {
	*httptest.Server
	c *Case

	mu        sync.Mutex
	exchanges []Exchange
	left      []int // how often each may still be asked for
	faults    []string
}

func (c *Case) serve() *server {
	s := &server{c: c}
	s.Server = httptest.NewServer(nethttp.HandlerFunc(s.answer))
	return s
}

// begin sets the exchanges of one collection.
func (s *server) begin(exchanges []Exchange) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.exchanges, s.left, s.faults = exchanges, make([]int, len(exchanges)), nil
	for i, x := range exchanges {
		s.left[i] = max(x.Times, 1)
	}
}

// end returns what was asked otherwise, and what was never asked.
func (s *server) end() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	for i, n := range s.left {
		if n > 0 {
			s.faults = append(s.faults, fmt.Sprintf("frågan %d (%s %s) ställdes %d gånger för lite", i+1, method(s.exchanges[i].Request), s.exchanges[i].Request.Path, n))
		}
	}
	return s.faults
}

func (s *server) answer(w nethttp.ResponseWriter, r *nethttp.Request) {
	b, err := io.ReadAll(io.LimitReader(r.Body, 1<<20))
	if err != nil {
		return // the client is gone
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	why := []string{}
	for i := range s.exchanges {
		if s.left[i] == 0 {
			continue
		}
		differs := s.exchanges[i].Request.differs(s.URL, r, b)
		if differs == "" {
			s.left[i]--
			s.write(w, s.exchanges[i].Answer)
			return
		}
		why = append(why, fmt.Sprintf("%d: %s", i+1, differs))
		if s.c.Ordered {
			break
		}
	}
	s.faults = append(s.faults, fmt.Sprintf("en fråga som inte väntades: %s %s %s (%s)", r.Method, r.URL.RequestURI(), b, strings.Join(why, "; ")))
	w.WriteHeader(nethttp.StatusTeapot)
}

func (s *server) write(w nethttp.ResponseWriter, a Answer) {
	var content []byte
	switch {
	case a.File != "":
		b, err := os.ReadFile(filepath.Join(s.c.dir, filepath.FromSlash(a.File)))
		if err != nil {
			s.faults = append(s.faults, err.Error())
		}
		content = b
	case a.JSON != nil:
		b, err := json.Marshal(a.JSON)
		if err != nil {
			s.faults = append(s.faults, err.Error())
		}
		content = b
	default:
		content = []byte(a.Text)
	}
	content = []byte(strings.ReplaceAll(string(content), "{{server}}", s.URL))
	if len(content) > 0 && a.Text == "" {
		w.Header().Set("Content-Type", "application/json")
	}
	for k, v := range a.Headers {
		w.Header().Set(k, strings.ReplaceAll(v, "{{server}}", s.URL))
	}
	if a.Status == 0 {
		a.Status = nethttp.StatusOK
	}
	w.WriteHeader(a.Status)
	_, _ = w.Write(content) // a client that is gone has said so itself
}

func method(r Request) string {
	if r.Method == "" {
		return nethttp.MethodGet
	}
	return r.Method
}

// differs says in what a request is not the one expected; "" if it is.
func (e Request) differs(server string, r *nethttp.Request, body []byte) string {
	if m := method(e); r.Method != m {
		return "metoden är " + r.Method + " och inte " + m
	}
	if r.URL.Path != e.Path && r.URL.EscapedPath() != e.Path {
		return "sökvägen"
	}
	if want := query(e.Query, server); !reflect.DeepEqual(r.URL.Query(), want) {
		return fmt.Sprintf("parametrarna är %s och inte %s", r.URL.RawQuery, want.Encode())
	}
	for k, want := range e.Headers {
		if got := r.Header.Get(k); got != want {
			return fmt.Sprintf("huvudet %s är %q", k, got)
		}
	}
	switch {
	case e.JSON != nil:
		return jsonDiffers(e.JSON, body)
	case e.Form != nil:
		form, err := url.ParseQuery(string(body))
		want := make(url.Values)
		for k, v := range e.Form {
			want.Set(k, v)
		}
		if err != nil || !reflect.DeepEqual(form, want) {
			return "formuläret"
		}
	case len(body) > 0:
		return "frågan har ett innehåll"
	}
	return ""
}

func query(q map[string]any, server string) url.Values {
	out := make(url.Values)
	for k, v := range q {
		list, ok := v.([]any)
		if !ok {
			list = []any{v}
		}
		for _, one := range list {
			out.Add(k, strings.ReplaceAll(fmt.Sprint(one), "{{server}}", server))
		}
	}
	return out
}

func jsonDiffers(want any, body []byte) string {
	b, err := json.Marshal(want)
	if err != nil {
		return err.Error()
	}
	var x, y any
	if json.Unmarshal(b, &x) != nil || json.Unmarshal(body, &y) != nil {
		return "innehållet är inte JSON"
	}
	if !reflect.DeepEqual(x, y) {
		return "innehållet"
	}
	return ""
}
