package http

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	nethttp "net/http"
	"net/url"
	"strings"

	"github.com/kommunpuls/kommunpuls/plugins/http/expr"
)

// draft is a request being put together.
type draft struct {
	method string
	url    *url.URL
	query  url.Values
	header nethttp.Header
	json   any // nil: none
	form   url.Values
}

// draft computes the templates. whole, if not nil, is the address of a page
// that the server itself named; its query stands as it is.
func (p *requestPlan) draft(ctx context.Context, base *url.URL, values []any, whole *url.URL) (*draft, error) {
	d := &draft{method: p.method, url: whole, header: make(nethttp.Header)}
	if whole == nil {
		path, _, err := p.path.Text(ctx, values, url.PathEscape)
		if err != nil {
			return nil, fmt.Errorf("path: %w", err)
		}
		if d.url, err = under(base, path); err != nil {
			return nil, err
		}
	}
	d.query = d.url.Query()
	if whole == nil {
		if err := p.setQuery(ctx, d, values); err != nil {
			return nil, err
		}
	}
	if err := set(ctx, p.headers, values, d.header.Set); err != nil {
		return nil, err
	}
	if p.hasForm {
		d.form = make(url.Values)
		if err := set(ctx, p.form, values, d.form.Set); err != nil {
			return nil, err
		}
	}
	if p.json == nil {
		return d, nil
	}
	var err error
	if d.json, err = p.json.value(ctx, values); err != nil {
		return nil, fmt.Errorf("json: %w", err)
	}
	return d, nil
}

func set(ctx context.Context, templates []named, values []any, put func(name, value string)) error {
	for _, t := range templates {
		s, ok, err := t.value.Text(ctx, values, nil)
		if err != nil {
			return fmt.Errorf("%s: %w", t.name, err)
		}
		if ok {
			put(t.name, s)
		}
	}
	return nil
}

func (p *requestPlan) setQuery(ctx context.Context, d *draft, values []any) error {
	for _, q := range p.query {
		v, err := q.value.value(ctx, values)
		list, isList := v.([]any)
		if !isList && v != nil {
			list = []any{v}
		}
		for _, one := range list {
			s, textErr := expr.Text(one)
			if textErr != nil {
				err = textErr
			}
			d.query.Add(q.name, s)
		}
		if err != nil {
			return fmt.Errorf("query.%s: %w", q.name, err)
		}
	}
	return nil
}

// under adds a path to the base address; a whole address must be on its host.
func under(base *url.URL, path string) (*url.URL, error) {
	if strings.HasPrefix(path, "http://") || strings.HasPrefix(path, "https://") {
		u, err := url.Parse(path)
		if err != nil || !sameServer(u, base) {
			return nil, errOtherServer
		}
		return u, nil
	}
	text := strings.TrimRight(base.String(), "/")
	if path != "" {
		text += "/" + strings.TrimLeft(path, "/")
	}
	return url.Parse(text)
}

// request makes the draft a request.
func (d *draft) request(ctx context.Context) (*nethttp.Request, error) {
	u := *d.url
	if query := d.query.Encode(); query != u.Query().Encode() {
		u.RawQuery = query // a query of the server's own making stands as it was
	}
	var content io.Reader
	kind := ""
	switch {
	case d.json != nil:
		b, err := json.Marshal(d.json)
		if err != nil {
			return nil, err
		}
		content, kind = bytes.NewReader(b), "application/json"
	case d.form != nil:
		content, kind = strings.NewReader(d.form.Encode()), "application/x-www-form-urlencoded"
	}
	req, err := nethttp.NewRequestWithContext(ctx, d.method, u.String(), content)
	if err != nil {
		return nil, err
	}
	for k, v := range d.header {
		req.Header[k] = v
	}
	if kind != "" && req.Header.Get("Content-Type") == "" {
		req.Header.Set("Content-Type", kind)
	}
	if req.Header.Get("Accept") == "" {
		req.Header.Set("Accept", "application/json")
	}
	return req, nil
}
