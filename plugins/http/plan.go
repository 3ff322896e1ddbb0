package http

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/url"
	"slices"
	"time"

	"github.com/kommunpuls/kommunpuls/plugins/http/expr"
	"github.com/kommunpuls/kommunpuls/plugins/http/profile"
	"github.com/kommunpuls/kommunpuls/plugins/sdk"
)

// plan is a profile and settings made ready, before anything is connected to.
type plan struct {
	given
	instance string
	profile  *profile.Profile
	text     []byte         // of the profile
	settings map[string]any // $settings
	base     *url.URL
	headers  []named
	auth     *authPlan // nil: nothing is sent
	errors   []errorRule
	lookups  []*lookupPlan
	streams  []*streamPlan
	zone     *time.Location
}

// named is a template with a name.
type named struct {
	name  string
	value *expr.Template
}

type errorRule struct {
	profile.ErrorRule
	when, code *expr.Expr
}

// newPlan makes a plan of settings and a profile, and returns every fault found.
func newPlan(s sdk.Settings, g given, p *profile.Profile, text []byte) (*plan, []sdk.Problem) {
	var ps problems
	pl := &plan{given: g, instance: s.Instance, profile: p, text: text}
	pl.settings = g.resolve(p, &ps)
	pl.checkCommon(&ps)
	if len(ps) > 0 {
		return nil, ps
	}
	pl.checkRules(&ps)
	if len(ps) > 0 {
		return nil, ps
	}
	pl.connection(&ps)
	for i := range p.Auth {
		if pl.auth == nil && pl.holds(p.Auth[i].When) {
			pl.auth = newAuthPlan(&p.Auth[i])
		}
	}
	for _, r := range p.Answer.Errors {
		pl.errors = append(pl.errors, errorRule{r, compiled(r.When, profile.AnswerVariables()), compiled(r.Code, profile.AnswerVariables())})
	}
	for i := range p.Lookups {
		pl.lookups = append(pl.lookups, newLookupPlan(p, i, pl.PageSize))
	}
	for i := range p.Streams {
		st := &p.Streams[i]
		if pl.wanted(st) {
			pl.streams = append(pl.streams, newStreamPlan(pl, s, st, &ps))
		}
	}
	if len(ps) == 0 && len(pl.streams) == 0 {
		ps.add("streams", "med de här inställningarna finns inget att läsa")
	}
	return pl, ps
}

// compiled makes an expression that the profile's own check has seen to; nil
// for none.
func compiled(text string, variables []string) *expr.Expr {
	if text == "" {
		return nil
	}
	e, err := expr.Compile(text, variables)
	if err != nil {
		panic(fmt.Sprintf("http: an expression that was checked does not compile: %s: %v", text, err))
	}
	return e
}

func template(text string, lookups []string) *expr.Template {
	t, err := expr.CompileTemplate(text, profile.RequestVariables(lookups))
	if err != nil {
		panic(fmt.Sprintf("http: a template that was checked does not compile: %s: %v", text, err))
	}
	return t
}

// wanted tells whether a stream is to be read.
func (pl *plan) wanted(st *profile.Stream) bool {
	if len(pl.Streams) > 0 && !slices.Contains(pl.Streams, st.Name) {
		return false
	}
	return pl.holds(st.When)
}

// holds computes an expression on the settings; none holds, and one that
// cannot be computed does not.
func (pl *plan) holds(when string) bool {
	if when == "" {
		return true
	}
	v, err := compiled(when, profile.SettingsVariables()).Run(context.Background(), pl.settings, []any{pl.settings, nil})
	return err == nil && v != nil && v != false
}

func (pl *plan) checkRules(ps *problems) {
	for _, r := range pl.profile.Check {
		if !pl.holds(r.Holds) {
			ps.add(r.Field, "%s", r.Text.SV)
		}
	}
}

func (pl *plan) checkCommon(ps *problems) {
	names := make([]string, 0, len(pl.profile.Streams))
	for _, s := range pl.profile.Streams {
		names = append(names, s.Name)
	}
	known := func(field, stream string) {
		if !slices.Contains(names, stream) {
			ps.add(field, "profilen %s har ingen lista som heter %s; det finns %v", pl.profile.ID, stream, names)
		}
	}
	for _, s := range pl.Streams {
		known("streams", s)
	}
	for _, s := range sortedKeys(pl.Fields) {
		known("fields."+s, s)
	}
	for _, s := range sortedKeys(pl.Values) {
		known("values."+s, s)
	}
	for _, s := range sortedKeys(pl.Skip) {
		known("skip."+s, s)
	}
	if pl.PageSize < 0 {
		ps.add("page_size", "antalet rader i en sida är större än noll")
	}
	zone := pl.Timezone
	if zone == "" {
		zone = pl.profile.Timezone
	}
	var err error
	if pl.zone, err = time.LoadLocation(zone); err != nil {
		ps.add("timezone", "tidszonen %q är okänd; skriv till exempel Europe/Stockholm eller UTC", zone)
	}
}

// connection finds the base address and makes sure that nothing secret is sent
// in clear.
func (pl *plan) connection(ps *problems) {
	c := &pl.profile.Connection
	base, _, err := template(c.Base, nil).Text(context.Background(), requestValues(pl.settings, 0, vars{}, nil), nil)
	if err == nil {
		pl.base, err = url.Parse(base)
	}
	if err != nil || pl.base.Host == "" {
		ps.add("url", "adressen till systemet går inte att tolka")
		return
	}
	if err := pl.encrypted(pl.base); err != nil {
		ps.add("url", "%v", err)
	}
	for _, k := range sortedKeys(c.Headers) {
		pl.headers = append(pl.headers, named{k, template(c.Headers[k], nil)})
	}
}

var errPlain = errors.New("http skickar lösenord och nycklar i klartext; skriv https, eller allow_plain_http: true om nätet är skyddat på annat sätt")

// encrypted refuses http:// to anything but this machine.
func (pl *plan) encrypted(u *url.URL) error {
	if u.Scheme == "https" || u.Scheme == "http" && (pl.AllowPlainHTTP || loopback(u.Hostname())) {
		return nil
	}
	return errPlain
}

func loopback(host string) bool {
	ip := net.ParseIP(host)
	return host == "localhost" || ip != nil && ip.IsLoopback()
}
