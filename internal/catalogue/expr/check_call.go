package expr

import (
	"fmt"
	"slices"
	"strconv"
)

func (c *checker) call(n *Call) (kind, error) {
	f, ok := c.functions[n.Name]
	if !ok {
		if why, known := instead()[n.Name]; known {
			return 0, fault(n.at(), "function %s is not allowed: %s", n.Name, why)
		}
		var names []string
		for name := range c.functions {
			names = append(names, name)
		}
		slices.Sort(names)
		return 0, fault(n.at(), "unknown function %s%s", n.Name, Closest(n.Name, names))
	}
	if n.Star && n.Name != "count" {
		return 0, fault(n.at(), "%s(*) is not allowed", n.Name)
	}
	if args := len(n.Args); args < f.min || args > f.max || n.Name == "count" && args == 0 && !n.Star {
		want := strconv.Itoa(f.min)
		if f.max != f.min {
			want = fmt.Sprintf("%d to %d", f.min, f.max)
		}
		if n.Name == "count" {
			want = "* or 1"
		}
		return 0, fault(n.at(), "%s wants %s arguments, this has %d", n.Name, want, args)
	}
	if !isAggregate(n.Name) && (n.Distinct || n.Filter != nil) {
		return 0, fault(n.at(), "DISTINCT and FILTER are for aggregates, %s is none", n.Name)
	}
	if isAggregate(n.Name) {
		if !c.aggregates || c.inAggregate > 0 {
			return 0, fault(n.at(), "%s() is not allowed here: this is about one row", n.Name)
		}
		c.inAggregate++
		defer func() { c.inAggregate-- }()
	}
	gives := f.gives
	for i, a := range n.Args {
		k, err := c.argument(n.Name, f.args, a)
		if err != nil {
			return 0, err
		}
		if i == 0 && gives == anything {
			gives = k
		}
		if f.args == anything && n.Name != "substr" && i > 0 && k != anything && gives != anything && k != gives {
			return 0, fault(a.at(), "%s mixes %s and %s", n.Name, gives, k)
		}
		if gives == anything {
			gives = k
		}
	}
	if n.Filter != nil {
		if err := c.want(condition, "FILTER", n.Filter); err != nil {
			return 0, err
		}
	}
	return gives, c.macro(n)
}

func (c *checker) argument(name string, want kind, a Node) (kind, error) {
	if want == anything {
		return c.value(a, name)
	}
	return want, c.want(want, name, a)
}

// macro checks the calls that are expanded when printed.
func (c *checker) macro(n *Call) error {
	switch n.Name {
	case "as_of":
		c.use.params = addAll(c.use.params, "as_of")
	case "months_ago":
		m, ok := n.Args[0].(*Literal)
		if months, err := strconv.Atoi(m0(m)); !ok || err != nil || months < 1 || months > 1200 {
			return fault(n.at(), "months_ago wants a whole number of months, 1 to 1200")
		}
		c.use.params = addAll(c.use.params, monthsAgo+m.Text)
	case "days", "hours":
		if l, ok := n.Args[0].(*Literal); !ok || l.Kind != Integer || len(l.Text) > 6 {
			return fault(n.at(), "%s wants a whole number", n.Name)
		}
	case "percentile_disc":
		l, ok := n.Args[1].(*Literal)
		if p, err := strconv.ParseFloat(m0(l), 64); !ok || err != nil || p < 0 || p > 1 {
			return fault(n.at(), "percentile_disc wants a share 0–1 as its second argument")
		}
	case "elapsed", "working_seconds":
		working := n.Name == "working_seconds" || c.scope.Clock == "working"
		c.elapsed = c.elapsed || n.Name == "elapsed"
		if !working {
			return nil
		}
		for _, a := range n.Args {
			if !isPlain(a) {
				return fault(a.at(), "%s wants columns, as_of() or coalesce of them: the text is repeated", n.Name)
			}
		}
		if _, err := c.relation(n.at(), "calendar"); err != nil {
			return err
		}
	}
	return nil
}

func m0(l *Literal) string {
	if l == nil {
		return ""
	}
	return l.Text
}

// isPlain tells whether a node is cheap to repeat.
func isPlain(n Node) bool {
	switch n := n.(type) {
	case *Column, *Param, *Literal:
		return true
	case *Binary:
		return isPlain(n.L) && isPlain(n.R)
	case *Call:
		return n.Name == "as_of" || n.Name == "months_ago" || n.Name == "days" || n.Name == "hours" ||
			n.Name == "coalesce" && !slices.ContainsFunc(n.Args, func(a Node) bool { return !isPlain(a) })
	}
	return false
}
