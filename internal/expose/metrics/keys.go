package metrics

import (
	"cmp"
	"maps"
	"slices"
	"strings"

	"github.com/kommunpuls/kommunpuls/internal/finding"
)

// keys publishes what people call the keys of breakdowns, one series a key. A
// förvaltning has its name on kommunpuls_org_unit_info, and the parts of a
// figure are named by its definition: the same key means another thing in the next.
func (b *builder) keys(fs []finding.Finding) {
	type key struct{ dimension, key string }
	names := map[key]string{}
	for i := range fs {
		for _, c := range fs[i].Breakdown {
			switch c.Dimension {
			case "org_unit", "split", "age", "field":
				continue
			}
			name := cmp.Or(c.Label, c.Key)
			if c.Key == "_rest" { // "övriga (356)": how many they are differs between figures
				name, _, _ = strings.Cut(name, " (")
			}
			k := key{c.Dimension, c.Key}
			names[k] = cmp.Or(names[k], name)
		}
	}
	for _, k := range slices.SortedFunc(maps.Keys(names), func(x, y key) int {
		return cmp.Or(cmp.Compare(x.dimension, y.dimension), cmp.Compare(x.key, y.key))
	}) {
		b.add(b.d.key, 1, k.dimension, k.key, names[k])
	}
}
