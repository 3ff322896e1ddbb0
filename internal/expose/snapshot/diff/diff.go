// Package diff tells what changed between two snapshots of a municipality:
// figures, targets, definitions, the rows behind the figures and the sources.
// Where a figure is counted in a new way, the old one is computed anew if the
// data allow, so that the two can be compared. Comparing is pure; what it says
// is a document, written as text or HTML.
package diff

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/kommunpuls/kommunpuls/internal/catalogue"
	"github.com/kommunpuls/kommunpuls/internal/expose/snapshot"
	"github.com/kommunpuls/kommunpuls/internal/finding"
)

// ErrOther is returned for snapshots that are not of the same municipality.
var ErrOther = errors.New("går inte att jämföra")

// Engine evaluates definitions over the records of an earlier time, for figures
// that are counted in a new way.
type Engine interface {
	// Name says where the records are from, as the end of a sentence: "ur …".
	Name() string
	// Evaluate returns the findings of some measures at the point of a snapshot.
	// What stands in the way of one measure is its outcome and reason; an error
	// holds for all of them and is said to the reader.
	Evaluate(ctx context.Context, s *snapshot.Snapshot, c catalogue.Catalogue, ids []string) ([]finding.Finding, error)
	// Holds tells whether the records can give a figure by the new definition when
	// they give the old figure by the old one; "" is yes, else the reason.
	Holds(old, now catalogue.Definition) string
}

// Diff is what changed from one snapshot to a later one.
type Diff struct {
	A           Side         `json:"a"`
	B           Side         `json:"b"`
	Notes       []string     `json:"notes"` // what a reader must know to read the rest rightly
	Same        bool         `json:"same"`  // nothing changed
	Figures     []Figure     `json:"figures"`
	Targets     []Decided    `json:"targets"`
	Waivers     []Decided    `json:"waivers"`
	Definitions []Definition `json:"definitions"`
	Restated    []Restated   `json:"restated"`
	Populations []Population `json:"populations"`
	Sources     []Source     `json:"sources"`
}

// Side is one of the snapshots.
type Side struct {
	Name         string    `json:"name"`
	Municipality string    `json:"municipality"`
	Demo         bool      `json:"demo"`
	AsOf         time.Time `json:"as_of"`
	KnownAt      time.Time `json:"known_at"`
	Created      time.Time `json:"created"`
	Version      string    `json:"kommunpuls_version"`
	Evidence     bool      `json:"underlag"` // the evidence could be read
}

// Compare says what changed between two snapshots, the earlier first. engines
// are tried in order for what is counted in a new way; there may be none.
func Compare(ctx context.Context, a, b *snapshot.Snapshot, engines ...Engine) (*Diff, error) {
	if a.About.Municipality != b.About.Municipality {
		return nil, fmt.Errorf("%w: %s är %s och %s är %s", ErrOther, a.About.Name, a.About.Municipality, b.About.Name, b.About.Municipality)
	}
	if a.About.Demo != b.About.Demo {
		return nil, fmt.Errorf("%w: den ena av %s och %s är DEMODATA", ErrOther, a.About.Name, b.About.Name)
	}
	d := &Diff{}
	if later(a.About, b.About) {
		a, b = b, a
		d.Notes = append(d.Notes, "Bilderna gavs i omvänd ordning. Här står den tidigare först.")
	}
	d.A, d.B = side(a), side(b)
	d.Notes = append(d.Notes, notes(a, b)...)
	defs := definitions(a, b)
	d.Definitions = defs.changes
	var err error
	if d.Restated, err = restate(ctx, a, b, defs, engines); err != nil {
		return nil, err
	}
	d.Figures = figures(a, b, defs, d.Restated)
	d.Targets, d.Waivers = targets(a, b), waivers(a, b)
	if d.Populations, err = populations(ctx, a, b, defs); err != nil {
		return nil, err
	}
	d.Sources = sources(a, b)
	d.Same = d.same()
	return d, nil
}

// later tells whether a is of a later day than b; of one day, made later.
func later(a, b snapshot.About) bool {
	if a.AsOf.Equal(b.AsOf) {
		return a.Created.After(b.Created)
	}
	return a.AsOf.After(b.AsOf)
}

func side(s *snapshot.Snapshot) Side {
	x := s.About
	return Side{
		Name: x.Name, Municipality: x.Municipality, Demo: x.Demo, AsOf: x.AsOf, KnownAt: x.KnownAt, Created: x.Created, Version: x.Version,
		Evidence: s.NoEvidence == "",
	}
}

// notes are what must be known of the two snapshots themselves.
func notes(a, b *snapshot.Snapshot) []string {
	var out []string
	switch {
	case a.About.Name == b.About.Name && a.About.Created.Equal(b.About.Created):
		out = append(out, "Det är samma ögonblicksbild.")
	case a.About.AsOf.Equal(b.About.AsOf):
		out = append(out, "Båda gäller samma tidpunkt. Det som skiljer är sådant som har rättats eller blivit känt senare.")
	case a.About.KnownAt.After(b.About.KnownAt):
		out = append(out, "A gäller en tidigare dag men gjordes senare än B, med det som hade blivit känt till dess.")
	}
	if c := b.About.Corrects; c != nil {
		if c.Name == a.About.Name {
			out = append(out, "B rättar A: "+c.Note)
		} else {
			out = append(out, "B rättar "+c.Name+": "+c.Note)
		}
	}
	if c := a.About.Corrects; c != nil {
		out = append(out, "A rättar "+c.Name+": "+c.Note)
	}
	for _, x := range []struct {
		letter string
		of     *snapshot.Snapshot
	}{{"A", a}, {"B", b}} {
		if x.of.About.Began != nil {
			out = append(out, fmt.Sprintf("%s gäller en dag före den första läsningen (%s). Det som saknar värde där var inte känt.", x.letter, day(*x.of.About.Began)))
		}
		if x.of.NoEvidence != "" {
			out = append(out, fmt.Sprintf("%s: %s. Raderna bakom siffrorna jämförs därför inte.", x.letter, x.of.NoEvidence))
		}
	}
	return out
}

// same tells whether nothing at all changed.
func (d *Diff) same() bool {
	for _, f := range d.Figures {
		if !f.same() || slices.ContainsFunc(f.Units, func(u Figure) bool { return !u.same() }) {
			return false
		}
	}
	for _, p := range d.Populations {
		if p.changed() {
			return false
		}
	}
	return len(d.Targets)+len(d.Waivers)+len(d.Definitions)+len(d.Sources) == 0
}
