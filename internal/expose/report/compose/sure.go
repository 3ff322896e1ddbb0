package compose

import (
	"fmt"
	"slices"
	"time"

	"github.com/kommunpuls/kommunpuls/internal/expose/report/document"
	"github.com/kommunpuls/kommunpuls/internal/store"
)

// lateToKnow is how long after its time a figure may be computed and still be
// of its time.
const lateToKnow = 48 * time.Hour

// afterwards tells that the figures are of an earlier day than they were made.
func (c composer) afterwards() bool { return c.At.KnownAt.Sub(c.At.AsOf) > lateToKnow }

// sure says in sentences how far the figures can be trusted.
func (c composer) sure() document.List {
	var l document.List
	add := func(format string, args ...any) {
		l.Items = append(l.Items, document.Item{Text: fmt.Sprintf(format, args...)})
	}
	if c.afterwards() {
		add("Siffrorna är räknade i efterhand. Det som gällde då men inte sparades någonstans syns inte.")
		if !c.Began.IsZero() && c.At.AsOf.Before(c.Began) {
			add("Den första källan lästes den %s. Om tiden dessförinnan vet vi bara det som då fanns kvar i källorna.", c.day(c.Began))
		}
	} else if late := c.late(); len(late) > 0 {
		add("Vi har inte läst %s så nyligen som vi ska. Siffror därifrån kan vara inaktuella.", c.w.List(late))
	} else if s, ok := c.oldest(); ok {
		age := int64(c.At.AsOf.Sub(s.ContentAt) / (24 * time.Hour))
		if s.ContentMaxAge > 0 && c.At.AsOf.Sub(s.ContentAt) > s.ContentMaxAge {
			add("Äldst är uppgifterna i ”%s”, som ändrades senast den %s, för %s dagar sedan. Siffror därifrån kan vara inaktuella.", s.Name, c.day(s.ContentAt), c.w.Count(age))
		} else {
			s = c.firstChanged(s)
			add("Alla källor har ändrats så nyligen som de brukar. Äldst är ”%s”, från den %s.", s.Name, c.day(s.ContentAt))
		}
	}
	var seen, refused int64
	for _, s := range c.Sources {
		seen, refused = seen+s.Counts.Seen, refused+s.Counts.Refused
	}
	switch {
	case c.afterwards() || seen == 0:
	case refused == 0:
		add("Alla %s lästa rader gick att använda.", c.w.Count(seen))
	default:
		add("%s av %s lästa rader gick inte att använda och räknas inte.", c.w.Count(refused), c.w.Count(seen))
	}
	var with, without int64
	for _, f := range c.Findings {
		if f.Value != nil || f.Suppressed {
			with++
		} else {
			without++
		}
	}
	if without > 0 && len(c.Findings) == len(c.Catalogue.KPIs) {
		add("Av %s mått har %s en siffra. För de andra vet vi inte, eftersom uppgifterna saknas.", c.w.Count(with+without), c.w.Count(with))
	}
	add("Det som aldrig har skrivits ner räknas inte: ärenden som inte registrerats, eller system som inte står i förteckningen.")
	return l
}

// late names the sources that were not read when they should have been.
func (c composer) late() []string {
	var out []string
	for _, f := range c.Findings {
		for _, s := range f.Sources {
			if name := "”" + s.Name + "”"; s.Late && !slices.Contains(out, name) {
				out = append(out, name)
			}
		}
	}
	slices.Sort(out)
	return out
}

// firstChanged is the source in use whose content is of the earliest day.
func (c composer) firstChanged(first store.SourceState) store.SourceState {
	for _, s := range c.Sources {
		if !s.ContentAt.IsZero() && s.RetiredOn.IsZero() && s.ContentAt.Before(first.ContentAt) {
			first = s
		}
	}
	return first
}

// oldest is the source in use whose content is oldest by what it may be.
func (c composer) oldest() (store.SourceState, bool) {
	var out store.SourceState
	worst := -1.0
	for _, s := range c.Sources {
		if s.ContentAt.IsZero() || !s.RetiredOn.IsZero() || s.ContentAt.After(c.At.AsOf) {
			continue
		}
		age := c.At.AsOf.Sub(s.ContentAt).Hours()
		if s.ContentMaxAge > 0 {
			age /= s.ContentMaxAge.Hours()
		} else {
			age /= 24 * 3650
		}
		if age > worst {
			out, worst = s, age
		}
	}
	return out, worst >= 0
}
