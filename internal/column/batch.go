package column

import (
	"github.com/kommunpuls/kommunpuls/plugins/sdk"
	"github.com/kommunpuls/kommunpuls/plugins/sdk/record"
)

// batchSize is how many records are handed over at a time.
const batchSize = 256

// Batch gathers records of one kind until they are handed over, and reuses
// their memory. Its zero value with a kind is ready.
type Batch struct {
	Kind record.Kind
	recs []record.Record
}

// Next returns an empty record at the end of the batch. It is good until the
// batch is flushed.
func (b *Batch) Next() *record.Record {
	if b.recs == nil {
		b.recs = make([]record.Record, 0, batchSize)
	}
	n := len(b.recs)
	b.recs = b.recs[:n+1]
	rec := &b.recs[n]
	if rec.Values == nil {
		*rec = record.New(b.Kind, "")
		return rec
	}
	clear(rec.Values)
	clear(rec.Children)
	rec.EffectiveFrom = 0
	return rec
}

// Drop takes the last record back: its row is not used.
func (b *Batch) Drop() { b.recs = b.recs[:len(b.recs)-1] }

// Full tells that the batch must be flushed before the next record.
func (b *Batch) Full() bool { return len(b.recs) == batchSize }

// Flush hands the batch over.
func (b *Batch) Flush(out sdk.Sink) error {
	if len(b.recs) == 0 {
		return nil
	}
	err := out.Write(b.recs)
	b.recs = b.recs[:0]
	return err
}
