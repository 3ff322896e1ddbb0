package http

import (
	"context"
	nethttp "net/http"

	"github.com/kommunpuls/kommunpuls/plugins/http/expr"
	"github.com/kommunpuls/kommunpuls/plugins/http/profile"
)

// requestPlan is a request whose templates are ready.
type requestPlan struct {
	method  string
	text    string // the path as written, for errors
	path    *expr.Template
	query   []param
	headers []named
	json    node
	form    []named
	hasForm bool
	rpc     bool
}

// param is a query parameter; a list repeats it.
type param struct {
	name  string
	value node
}

// node is a JSON value whose texts are templates.
type node interface {
	value(ctx context.Context, values []any) (any, error)
}

type (
	literal  struct{ v any }
	textNode struct{ t *expr.Template }
	listNode []node
	mapNode  map[string]node
)

func newRequestPlan(r *profile.Request, lookups []string) *requestPlan {
	p := &requestPlan{method: r.Method, text: r.Path, path: template(r.Path, lookups)}
	if p.method == "" {
		p.method = nethttp.MethodGet
	}
	for _, k := range sortedKeys(r.Query) {
		p.query = append(p.query, param{k, newNode(r.Query[k], lookups)})
	}
	for _, k := range sortedKeys(r.Headers) {
		p.headers = append(p.headers, named{k, template(r.Headers[k], lookups)})
	}
	for _, k := range sortedKeys(r.Form) {
		p.form = append(p.form, named{k, template(r.Form[k], lookups)})
	}
	p.hasForm = r.Form != nil
	switch {
	case r.RPC != nil:
		p.rpc, p.method = true, nethttp.MethodPost
		call := mapNode{"jsonrpc": literal{"2.0"}, "method": literal{r.RPC.Method}, "id": literal{1}}
		if r.RPC.Params != nil {
			call["params"] = newNode(r.RPC.Params, lookups)
		}
		p.json = call
	case r.JSON != nil:
		p.json = newNode(r.JSON, lookups)
	}
	return p
}

func newNode(v any, lookups []string) node {
	switch x := v.(type) {
	case string:
		return textNode{template(x, lookups)}
	case []any:
		out := make(listNode, 0, len(x))
		for _, one := range x {
			out = append(out, newNode(one, lookups))
		}
		return out
	case map[string]any:
		out := make(mapNode, len(x))
		for k, one := range x {
			out[k] = newNode(one, lookups)
		}
		return out
	}
	return literal{v}
}

func (n literal) value(context.Context, []any) (any, error) { return n.v, nil }

func (n textNode) value(ctx context.Context, values []any) (any, error) {
	return n.t.Value(ctx, values, nil)
}

func (n listNode) value(ctx context.Context, values []any) (any, error) {
	out := make([]any, 0, len(n))
	for _, one := range n {
		v, err := one.value(ctx, values)
		if err != nil {
			return nil, err
		}
		if _, isLiteral := one.(literal); v != nil || isLiteral {
			out = append(out, v)
		}
	}
	return out, nil
}

func (n mapNode) value(ctx context.Context, values []any) (any, error) {
	out := make(map[string]any, len(n))
	for k, one := range n {
		v, err := one.value(ctx, values)
		if err != nil {
			return nil, err
		}
		if _, isLiteral := one.(literal); v != nil || isLiteral {
			out[k] = v
		}
	}
	return out, nil
}
