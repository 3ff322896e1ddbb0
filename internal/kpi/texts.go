package kpi

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/kommunpuls/kommunpuls/internal/catalogue"
	"github.com/kommunpuls/kommunpuls/internal/catalogue/expr"
	"github.com/kommunpuls/kommunpuls/internal/store"
	"github.com/kommunpuls/kommunpuls/plugins/sdk/record"
)

// texts compiles the expressions of definitions and puts statements together.
type texts struct {
	relations *expr.Relations
	faulty    map[string]error // views that do not parse
	asOf      time.Time
	loc       *time.Location
	own       map[string]string // the daemon's own relations as common table expressions
}

func newTexts(views []catalogue.View, asOf time.Time, loc *time.Location, own map[string]string) *texts {
	var schemas []record.Schema
	for _, k := range catalogue.OwnRelations() {
		if s, ok := catalogue.Relation(k); ok {
			schemas = append(schemas, s)
		}
	}
	list := make([]expr.View, len(views))
	for i, v := range views {
		list[i] = expr.View{Name: v.Name, Columns: v.Columns, SQL: v.SQL}
	}
	t := &texts{asOf: asOf, loc: loc, own: own, faulty: map[string]error{}}
	var faults map[int]error
	t.relations, faults = expr.NewRelations(schemas, list)
	for i, err := range faults {
		t.faulty[views[i].Name] = err
	}
	return t
}

// usage is what the texts of one figure read.
type usage struct {
	relations []string
	views     []string
	columns   []expr.ColumnRef
	divisors  []string // row-wise divisors that may be zero
	timed     bool     // the figure changes when time passes, even if no record does
}

func (u *usage) add(e expr.Expr) {
	u.addReading(e)
	u.divisors = merge(u.divisors, e.Divisors()...)
}

// addReading notes what is read, without the divisors.
func (u *usage) addReading(e expr.Expr) {
	u.relations = merge(u.relations, e.Relations()...)
	u.views = merge(u.views, e.Views()...)
	u.columns = merge(u.columns, e.Columns()...)
	u.timed = u.timed || len(e.Params()) > 0
}

func (u *usage) addAll(v usage) {
	u.relations = merge(u.relations, v.relations...)
	u.views = merge(u.views, v.views...)
	u.columns = merge(u.columns, v.columns...)
	u.divisors = merge(u.divisors, v.divisors...)
	u.timed = u.timed || v.timed
}

func merge[T comparable](to []T, more ...T) []T {
	for _, m := range more {
		if !slices.Contains(to, m) {
			to = append(to, m)
		}
	}
	return to
}

// relation notes that a relation (or view) stands in FROM.
func (t *texts) relation(name string, u *usage) error {
	if err := t.faulty[name]; err != nil {
		return fmt.Errorf("view %s: %w", name, err)
	}
	e, err := expr.Check("1", expr.Scope{Relations: t.relations, Main: name})
	if err != nil {
		return err
	}
	u.addReading(e)
	return nil
}

// value compiles an expression over the rows of a relation.
func (t *texts) value(src, main, clock string, u *usage) (string, error) {
	e, err := t.check(src, expr.Scope{Relations: t.relations, Main: main, Clock: clock})
	if err != nil {
		return "", err
	}
	if e.IsCondition() {
		return "", fmt.Errorf("%q is a condition where a value is wanted", src)
	}
	u.add(e)
	return e.SQL(), nil
}

// condition compiles a condition over the rows of a relation.
func (t *texts) condition(src, main, clock string, u *usage) (string, error) {
	e, err := t.check(src, expr.Scope{Relations: t.relations, Main: main, Clock: clock})
	if err != nil {
		return "", err
	}
	if !e.IsCondition() {
		return "", fmt.Errorf("%q is a value where a condition is wanted", src)
	}
	u.add(e)
	return e.SQL(), nil
}

// check parses an expression, and says so if it names a view that is faulty.
func (t *texts) check(src string, s expr.Scope) (expr.Expr, error) {
	e, err := expr.Check(src, s)
	if err == nil {
		return e, nil
	}
	var faults []error
	for name, why := range t.faulty {
		if strings.Contains(src, name) {
			faults = append(faults, fmt.Errorf("view %s: %w", name, why))
		}
	}
	return e, errors.Join(append([]error{err}, faults...)...)
}

// with returns the common table expressions that a statement over these
// relations and views needs, in an order that works.
func (t *texts) with(r store.Reader, u usage) []string {
	var stored, out []string
	for _, rel := range u.relations {
		if cte, ok := t.own[rel]; ok {
			out = append(out, cte)
		} else {
			stored = append(stored, rel)
		}
	}
	slices.Sort(stored)
	if w := r.With(stored...); w != "" {
		out = append([]string{w}, out...)
	}
	return append(out, t.relations.With(u.views...)...)
}

// statement puts the common table expressions before a body and fills in the
// instants. The result holds no parameter, so it runs as it is in sqlite3.
func (t *texts) statement(r store.Reader, u usage, extra []string, body string) (string, error) {
	parts := append(t.with(r, u), extra...)
	text := body
	if len(parts) > 0 {
		text = "WITH " + strings.Join(parts, ",\n") + "\n" + body
	}
	return t.fill(text)
}

// fill replaces every :parameter outside quotes by its value.
func (t *texts) fill(text string) (string, error) {
	var b strings.Builder
	quoted := false
	for i := 0; i < len(text); i++ {
		c := text[i]
		if c == '\'' {
			quoted = !quoted
		}
		if c != ':' || quoted {
			b.WriteByte(c)
			continue
		}
		end := i + 1
		for end < len(text) && isWord(text[end]) {
			end++
		}
		v, err := expr.Value(text[i+1:end], t.asOf, t.loc)
		if err != nil {
			return "", err
		}
		b.WriteString(strconv.FormatInt(v, 10))
		i = end - 1
	}
	return b.String(), nil
}

func isWord(c byte) bool {
	return c == '_' || '0' <= c && c <= '9' || 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z'
}

// literal quotes a text for SQL.
func literal(s string) string { return "'" + strings.ReplaceAll(s, "'", "''") + "'" }

// number writes a figure for SQL.
func number(v float64) string {
	s := strconv.FormatFloat(v, 'f', -1, 64)
	if !strings.Contains(s, ".") {
		s += ".0"
	}
	return s
}
