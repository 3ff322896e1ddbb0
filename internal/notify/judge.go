package notify

import (
	"slices"
	"time"

	"github.com/kommunpuls/kommunpuls/internal/alert"
)

// judged is what a round of looking leads to.
type judged struct {
	news, again, over []Told
}

// judge holds what is published against what is told of already. Sites that
// are part of a disruption of many are told of as that one, and a source that
// waits for a decision is known to be late.
func (n *Notifier) judge(p published, now time.Time) judged {
	var j judged
	holding := n.conditions.holding(p, now)
	firing := map[string]bool{}
	many := false
	waiting := map[string]time.Time{}
	for i := range holding {
		in := &holding[i]
		key := in.key()
		first, ok := n.pending[key]
		if !ok {
			first = now
		}
		waiting[key] = first
		if _, isOpen := n.state.Open[key]; now.Sub(first) < in.rule.For && !isOpen {
			continue
		}
		firing[key] = true
		many = many || in.rule.Name == alert.ManySitesDisrupted
		o := n.state.Open[key]
		if o == nil {
			o = &open{Since: now}
			n.state.Open[key] = o
		}
		o.Seen, o.Keep, o.Latest = now, in.rule.Keep, in.told(o.Since, now)
		switch {
		case many && in.rule.Name == alert.SiteDisruption, in.rule.Name == alert.SourceLate && held(p, in.labels["source"]):
		case o.Sent.IsZero():
			o.Sent = now
			j.news = append(j.news, o.Latest)
		case now.Sub(o.Sent) >= n.settings.Repeat:
			o.Sent = now
			j.again = append(j.again, o.Latest)
		}
	}
	n.pending = waiting
	for _, key := range sortedKeys(n.state.Open) {
		o := n.state.Open[key]
		if firing[key] || now.Sub(o.Seen) <= o.Keep {
			continue
		}
		delete(n.state.Open, key)
		if !o.Sent.IsZero() && (!many || o.Latest.Name != alert.SiteDisruption) {
			j.over = append(j.over, o.Latest.over())
		}
	}
	return j
}

func held(p published, source string) bool {
	v, _ := p.find("kommunpuls_source_held", map[string]string{"source": source})
	return v == 1
}

func sortedKeys[V any](m map[string]V) []string {
	out := make([]string, 0, len(m))
	for k := range m {
		out = append(out, k)
	}
	slices.Sort(out)
	return out
}

// mine are the alerts of the owners that a channel wants; none are all.
func mine(all []Told, owners []string) []Told {
	if len(owners) == 0 {
		return all
	}
	var out []Told
	for _, t := range all {
		if slices.Contains(owners, t.Owner) {
			out = append(out, t)
		}
	}
	return out
}
