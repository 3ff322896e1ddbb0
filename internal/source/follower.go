package source

import (
	"context"
	"time"

	"github.com/kommunpuls/kommunpuls/plugins/sdk"
)

// Follower hears what a watch found before it is committed, and may change the
// batch: add what follows from it, leave out what is no news.
type Follower interface {
	// Follow returns the batch to commit. done is called once, after all that
	// the batch leads to, with whether it was committed; the store then holds
	// the whole of it, or nothing. It is called once a batch, for one source at a time.
	Follow(ctx context.Context, cfg Config, b sdk.WatchBatch, now time.Time) (out sdk.WatchBatch, done func(committed bool), err error)
}

// alone follows nothing.
type alone struct{}

func (alone) Follow(_ context.Context, _ Config, b sdk.WatchBatch, _ time.Time) (sdk.WatchBatch, func(bool), error) {
	return b, func(bool) {}, nil
}
