package profile

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/kommunpuls/kommunpuls/plugins/http/expr"
)

var (
	idRE     = regexp.MustCompile(`^[a-z][a-z0-9_-]{0,31}$`)
	snakeRE  = regexp.MustCompile(`^[a-z][a-z0-9_]{0,62}$`)
	secretRE = regexp.MustCompile(`(^|_)(password|secret|token|api_key)$`)
)

// checker gathers what is wrong with a profile that has been read.
type checker struct {
	p      *Profile
	faults []Fault
}

func (c *checker) fault(path, format string, args ...any) {
	c.faults = append(c.faults, Fault{Path: path, Message: fmt.Sprintf(format, args...)})
}

func (c *checker) profile() {
	p := c.p
	if !idRE.MatchString(p.ID) {
		c.fault("profile", "ska vara små bokstäver a–z, siffror, - och _, och börja med en bokstav")
	}
	if p.Version == "" {
		c.fault("version", "saknas")
	}
	for path, t := range map[string]Text{"title": p.Title, "about": p.About, "privacy": p.Privacy, "tried": p.Tried} {
		c.text(path, t)
	}
	c.settings()
	c.connection()
	for i := range p.Auth {
		c.auth(fmt.Sprintf("auth[%d]", i), &p.Auth[i])
	}
	for i, e := range p.Answer.Errors {
		path := fmt.Sprintf("answer.errors[%d]", i)
		c.expr(path+".when", e.When, AnswerVariables(), true)
		c.expr(path+".code", e.Code, AnswerVariables(), false)
		c.choice(path+".is", e.Is, "logged_out", "wait", "refused", "fault")
	}
	if _, err := time.LoadLocation(p.Timezone); err != nil {
		c.fault("timezone", "tidszonen %q är okänd", p.Timezone)
	}
	for i := range p.Lookups {
		c.lookup(i)
	}
	if len(p.Streams) == 0 {
		c.fault("streams", "minst en ström behövs")
	}
	names := make(map[string]bool)
	for i := range p.Streams {
		s := &p.Streams[i]
		path := fmt.Sprintf("streams[%d]", i)
		if !snakeRE.MatchString(s.Name) || names[s.Name] {
			c.fault(path+".name", "ska vara ett eget namn av små bokstäver a–z, siffror och _")
		}
		names[s.Name] = true
		c.stream(path, s)
	}
}

func (c *checker) text(path string, t Text) {
	if strings.TrimSpace(t.SV) == "" || strings.TrimSpace(t.EN) == "" {
		c.fault(path, "texten behövs både på svenska (sv) och på engelska (en)")
	}
}

func (c *checker) choice(path, got string, want ...string) {
	if got != "" && !slices.Contains(want, got) {
		c.fault(path, "%q är inte ett av %s", got, strings.Join(want, ", "))
	}
}

// expr checks one expression.
func (c *checker) expr(path, text string, variables []string, required bool) {
	if text == "" {
		if required {
			c.fault(path, "uttrycket saknas")
		}
		return
	}
	if _, err := expr.Compile(text, variables); err != nil {
		c.fault(path, "%v", err)
	}
}

// template checks one template.
func (c *checker) template(path, text string, variables []string) {
	if _, err := expr.CompileTemplate(text, variables); err != nil {
		c.fault(path, "%v", err)
	}
}

// templates checks every text within a value of any shape.
func (c *checker) templates(path string, v any, variables []string) {
	switch x := v.(type) {
	case string:
		c.template(path, x, variables)
	case map[string]any:
		for _, k := range sortedKeys(x) {
			c.templates(join(path, k), x[k], variables)
		}
	case map[string]string:
		for _, k := range sortedKeys(x) {
			c.template(join(path, k), x[k], variables)
		}
	case []any:
		for i := range x {
			c.templates(fmt.Sprintf("%s[%d]", path, i), x[i], variables)
		}
	}
}

func sortedKeys[V any](m map[string]V) []string {
	keys := make([]string, 0, len(m))
	for k := range m {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	return keys
}

func (c *checker) connection() {
	conn := &c.p.Connection
	vars := RequestVariables(nil)
	if conn.Base == "" {
		c.fault("connection.base", "saknas")
	}
	c.template("connection.base", conn.Base, vars)
	c.templates("connection.headers", conn.Headers, vars)
	r := conn.Rate
	if r.Requests < 0 || r.Burst < 0 || r.Requests == 0 && (r.Per != 0 || r.Burst != 0) {
		c.fault("connection.rate", "requests ska vara ett antal större än noll")
	}
	for i, s := range conn.Retry.Statuses {
		if s < 400 || s > 599 {
			c.fault(fmt.Sprintf("connection.retry.statuses[%d]", i), "%d är ingen felstatus", s)
		}
	}
	if conn.MaxBodyMB < 0 || conn.MaxBodyMB > 512 {
		c.fault("connection.max_body_mb", "ska vara mellan 1 och 512")
	}
	if conn.MaxDepth < 0 || conn.MaxDepth > 1000 {
		c.fault("connection.max_depth", "ska vara mellan 1 och 1000")
	}
}

func (c *checker) auth(path string, a *Auth) {
	vars := RequestVariables(nil)
	c.expr(path+".when", a.When, SettingsVariables(), false)
	c.choice(path+".by", a.By, "none", "basic", "bearer", "header", "query", "body", "session", "oauth2")
	needs := map[string][]string{
		"": {"by"}, "basic": {"user"}, "bearer": {"value"}, "header": {"name", "value"}, "query": {"name", "value"}, "body": {"name", "value"},
	}
	got := map[string]string{"user": a.User, "password": a.Password, "name": a.Name, "value": a.Value}
	for _, k := range needs[a.By] {
		if got[k] == "" {
			c.fault(path+"."+k, "saknas")
		}
	}
	for _, k := range sortedKeys(got) {
		c.template(path+"."+k, got[k], vars)
	}
	switch a.By {
	case "session":
		c.session(path+".session", &a.Session)
	case "oauth2":
		o := a.OAuth2
		for k, v := range map[string]string{"token_url": o.TokenURL, "client_id": o.ClientID} {
			if v == "" {
				c.fault(path+".oauth2."+k, "saknas")
			}
			c.template(path+".oauth2."+k, v, vars)
		}
		c.template(path+".oauth2.client_secret", o.ClientSecret, vars)
		c.templates(path+".oauth2.params", o.Params, vars)
		for i, s := range o.Scopes {
			c.template(fmt.Sprintf("%s.oauth2.scopes[%d]", path, i), s, vars)
		}
		c.choice(path+".oauth2.style", o.Style, "header", "body")
	}
}

func (c *checker) session(path string, s *Session) {
	c.request(path+".login", &s.Login, nil)
	c.expr(path+".token", s.Token, AnswerVariables(), false)
	c.choice(path+".in", s.In, "header", "query", "body", "bearer")
	c.template(path+".value", s.Value, RequestVariables(nil))
	if s.Token != "" && s.In != "bearer" && s.Name == "" {
		c.fault(path+".name", "saknas: vad heter huvudet, parametern eller fältet som bär sessionen?")
	}
	if s.Logout != nil {
		c.request(path+".logout", s.Logout, nil)
	}
}
