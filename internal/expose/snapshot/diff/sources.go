package diff

import (
	"time"

	"github.com/kommunpuls/kommunpuls/internal/expose/snapshot"
	"github.com/kommunpuls/kommunpuls/internal/store"
)

// Source is a source that came or went, or that is worse off than it was.
type Source struct {
	Name string `json:"name"`
	What string `json:"what"` // new, removed, changed
	// How old the content was when the snapshot was made, in seconds; null is
	// not known.
	AgeA     *float64 `json:"content_age_a_seconds"`
	AgeB     *float64 `json:"content_age_b_seconds"`
	RefusedA int64    `json:"refused_a"`
	RefusedB int64    `json:"refused_b"`
	Failing  bool     `json:"failing,omitempty"` // the last reading before B failed, and that before A did not
	Older    bool     `json:"older,omitempty"`   // the content is older than it was
}

// olderBy is how much older content must be to be told of.
const olderBy = 24 * time.Hour

// sources compares the sources as they were when each snapshot was made.
func sources(a, b *snapshot.Snapshot) []Source {
	var out []Source
	for _, y := range b.Sources {
		x := sourceOf(a, y.Name)
		s := Source{Name: y.Name, What: Altered, AgeB: age(b, y), RefusedB: y.Counts.Refused}
		if x == nil {
			s.What = Added
			out = append(out, s)
			continue
		}
		s.AgeA, s.RefusedA = age(a, *x), x.Counts.Refused
		s.Failing = failing(y) && !failing(*x)
		s.Older = s.AgeB != nil && (s.AgeA == nil || *s.AgeB-*s.AgeA >= olderBy.Seconds())
		if s.Failing || s.Older || s.RefusedB > s.RefusedA {
			out = append(out, s)
		}
	}
	for _, x := range a.Sources {
		if sourceOf(b, x.Name) == nil {
			out = append(out, Source{Name: x.Name, What: Removed, AgeA: age(a, x), RefusedA: x.Counts.Refused})
		}
	}
	return out
}

func sourceOf(s *snapshot.Snapshot, name string) *store.SourceState {
	for i := range s.Sources {
		if s.Sources[i].Name == name {
			return &s.Sources[i]
		}
	}
	return nil
}

// age is how old a source's content was when a snapshot was made, which is when
// the state of the sources was noted, whatever day the figures are of.
func age(s *snapshot.Snapshot, x store.SourceState) *float64 {
	if x.ContentAt.IsZero() {
		return nil
	}
	v := max(s.About.Created.Sub(x.ContentAt).Seconds(), 0)
	return &v
}

func failing(x store.SourceState) bool { return x.LastFailure.After(x.LastSuccess) }
