package snapshot

import (
	"errors"

	"github.com/kommunpuls/kommunpuls/internal/finding"
)

// Rows are read and written beside each other in bundles of bundleRows, as many
// at once as bundles.
const (
	bundleRows = 64
	bundles    = 4
)

// bundle is rows on their way from whoever reads to whoever writes.
type bundle struct {
	rows []finding.PopulationRow
	n    int // how many of them are in use
}

// add copies a row.
func (b *bundle) add(r *finding.PopulationRow) {
	if b.n == len(b.rows) {
		b.rows = append(b.rows, finding.PopulationRow{})
	}
	to := &b.rows[b.n]
	to.ID, to.OrgUnit, to.Place, to.Cells = r.ID, r.OrgUnit, r.Place, append(to.Cells[:0], r.Cells...)
	b.n++
}

// beside calls write for every row that read gives, in their order and until one
// fails, while read goes on to the next: one large population keeps two at work.
// read and write each run on one goroutine, and both are done when it returns.
func beside(read func(each func(*finding.PopulationRow) error) error, write func(*finding.PopulationRow) error) error {
	full, empty := make(chan *bundle, bundles), make(chan *bundle, bundles)
	for range bundles {
		empty <- &bundle{}
	}
	done := make(chan struct{}) // closed when nothing more is written
	var failed error            // of writing, once done
	go func() {
		defer close(done)
		for b := range full {
			if failed = all(b.rows[:b.n], write); failed != nil {
				return
			}
			b.n = 0
			empty <- b
		}
	}()
	b := <-empty
	hand := func() error {
		select {
		case full <- b:
		case <-done:
			return failed
		}
		select {
		case b = <-empty:
			return nil
		case <-done:
			return failed
		}
	}
	err := read(func(r *finding.PopulationRow) error {
		b.add(r)
		if b.n < bundleRows {
			return nil
		}
		return hand()
	})
	if err == nil && b.n > 0 {
		err = hand()
	}
	close(full)
	<-done
	if failed != nil && !errors.Is(err, failed) { // else reading ended because of it
		err = errors.Join(err, failed)
	}
	return err
}
