package expr

import "strings"

// selectSQL prints a checked SELECT.
func (c *checker) selectSQL(s *Select) string {
	var b strings.Builder
	for arm := s; arm != nil; arm = arm.Union {
		c.armSQL(&b, arm)
		if arm.Union != nil {
			b.WriteString(" UNION ")
			if arm.All {
				b.WriteString("ALL ")
			}
		}
	}
	for i, o := range s.OrderBy {
		b.WriteString([...]string{" ORDER BY ", ", "}[min(i, 1)] + c.print(o.X))
		if o.Desc {
			b.WriteString(" DESC")
		}
	}
	if s.Limit != nil {
		b.WriteString(" LIMIT " + s.Limit.Text)
	}
	return b.String()
}

func (c *checker) armSQL(b *strings.Builder, s *Select) {
	b.WriteString("SELECT ")
	if s.Distinct {
		b.WriteString("DISTINCT ")
	}
	for i, it := range s.Items {
		if i > 0 {
			b.WriteString(", ")
		}
		b.WriteString(c.print(it.X))
		if it.As != "" {
			b.WriteString(" AS " + nameSQL(it.As))
		}
	}
	for i, src := range s.From {
		switch {
		case i == 0:
			b.WriteString(" FROM ")
		case src.Left:
			b.WriteString(" LEFT JOIN ")
		default:
			b.WriteString(" JOIN ")
		}
		if src.Sub != nil {
			b.WriteString("(" + c.selectSQL(src.Sub) + ")")
		} else {
			b.WriteString(src.Name)
		}
		if src.Alias != src.Name {
			b.WriteString(" AS " + src.Alias)
		}
		if src.On != nil {
			b.WriteString(" ON " + c.print(src.On))
		}
	}
	if s.Where != nil {
		b.WriteString(" WHERE " + c.print(s.Where))
	}
	if len(s.GroupBy) > 0 {
		b.WriteString(" GROUP BY " + c.list(s.GroupBy))
	}
	if s.Having != nil {
		b.WriteString(" HAVING " + c.print(s.Having))
	}
}
