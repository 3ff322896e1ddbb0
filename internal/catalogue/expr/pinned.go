package expr

// Pinned lists the texts that a condition lets a column of its main relation
// have, nil where it says nothing of the column or not by plain equality: of
// "kind = 'outage' AND planned = 0" the kind is pinned to "outage".
func (e Expr) Pinned(column string) []string { return pinned(e.node, column) }

func pinned(n Node, column string) []string {
	switch n := n.(type) {
	case *Binary:
		switch n.Op {
		case "AND":
			if l := pinned(n.L, column); l != nil {
				return l
			}
			return pinned(n.R, column)
		case "=":
			if isNamed(n.L, column) {
				return texts(n.R)
			}
			if isNamed(n.R, column) {
				return texts(n.L)
			}
		}
	case *In:
		if !n.Not && n.Sub == nil && isNamed(n.X, column) {
			return texts(n.List...)
		}
	}
	return nil
}

func isNamed(n Node, column string) bool {
	c, ok := n.(*Column)
	return ok && c.Name == column
}

// texts are the values of plain texts, nil where one is something else.
func texts(ns ...Node) []string {
	out := make([]string, 0, len(ns))
	for _, n := range ns {
		l, ok := n.(*Literal)
		if !ok || l.Kind != String {
			return nil
		}
		out = append(out, l.Text)
	}
	return out
}
