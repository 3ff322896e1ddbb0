package expr

// children lists the nodes directly below one, sub-selects not included.
func children(n Node) []Node {
	var out []Node
	switch n := n.(type) {
	case *Unary:
		out = []Node{n.X}
	case *Binary:
		out = []Node{n.L, n.R}
	case *IsNull:
		out = []Node{n.X}
	case *In:
		out = append([]Node{n.X}, n.List...)
	case *Between:
		out = []Node{n.X, n.Low, n.High}
	case *Case:
		out = append(out, n.Operand, n.Else)
		for _, w := range n.Whens {
			out = append(out, w.If, w.Then)
		}
	case *Call:
		out = append(append(out, n.Args...), n.Filter)
	case *Cast:
		out = []Node{n.X}
	}
	kept := out[:0]
	for _, x := range out {
		if x != nil {
			kept = append(kept, x)
		}
	}
	return kept
}

// subOf returns the sub-select directly below a node, if there is one.
func subOf(n Node) *Select {
	switch n := n.(type) {
	case *In:
		return n.Sub
	case *Exists:
		return n.Sub
	case *Scalar:
		return n.Sub
	}
	return nil
}

// walk visits a node and all below it, sub-selects included.
func walk(n Node, onSelect func(*Select), onNode func(Node)) {
	if n == nil {
		return
	}
	if onNode != nil {
		onNode(n)
	}
	for _, c := range children(n) {
		walk(c, onSelect, onNode)
	}
	walkSelect(subOf(n), onSelect, onNode)
}

func walkSelect(s *Select, onSelect func(*Select), onNode func(Node)) {
	for ; s != nil; s = s.Union {
		if onSelect != nil {
			onSelect(s)
		}
		for _, it := range s.Items {
			walk(it.X, onSelect, onNode)
		}
		for _, src := range s.From {
			walkSelect(src.Sub, onSelect, onNode)
			walk(src.On, onSelect, onNode)
		}
		walk(s.Where, onSelect, onNode)
		walk(s.Having, onSelect, onNode)
		for _, g := range s.GroupBy {
			walk(g, onSelect, onNode)
		}
		for _, o := range s.OrderBy {
			walk(o.X, onSelect, onNode)
		}
	}
}

// baseOf lists the stored fields that a checked node reads.
func baseOf(n Node) []ColumnRef {
	var out []ColumnRef
	walk(n, nil, func(n Node) {
		if c, ok := n.(*Column); ok && c.info != nil {
			out = addAll(out, c.info.base...)
		}
	})
	return out
}

// hasAggregate tells whether an aggregate stands in a node outside sub-selects.
func hasAggregate(n Node) bool {
	if call, ok := n.(*Call); ok && isAggregate(call.Name) {
		return true
	}
	for _, c := range children(n) {
		if hasAggregate(c) {
			return true
		}
	}
	return false
}
