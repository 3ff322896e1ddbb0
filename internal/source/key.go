package source

import (
	"context"
	"errors"
	"fmt"

	"github.com/kommunpuls/kommunpuls/internal/store"
)

// ErrKey says that a source would come with pseudonyms of another key than it
// was collected with before, so that everyone in it would seem to be new.
var ErrKey = errors.New("pseudonymnyckeln är en annan än den som källan lästes med")

// keyed says with which key a source is to be collected, and whether that
// changes the key.
func (c *Collector) keyed(ctx context.Context, cfg Config, opt CollectOptions) (store.SourceInfo, error) {
	info := cfg.info()
	info.KeyID = c.opt.KeyID
	had, err := c.opt.Store.SourceKey(ctx, cfg.Name)
	switch {
	case errors.Is(err, store.ErrNotFound):
		return info, nil // there is nobody to mistake
	case err != nil:
		return info, fmt.Errorf("key: %w", err)
	case had == c.opt.KeyID, had == "" && c.opt.PreviousKeyID == "", opt.AcceptKey:
		return info, nil
	case c.opt.PreviousKeyID == "", had != "" && had != c.opt.PreviousKeyID:
		return info, fmt.Errorf("%w: ange den förra som previous_pseudonym_key, så följer alla med; är den förlorad läser kommunpuls collect %s --new-key in alla som nya", ErrKey, cfg.Name)
	case !opt.Dated.IsZero():
		return info, fmt.Errorf("%w: läs in källan en gång som den är i dag innan en äldre lista läses", ErrKey)
	}
	info.FormerKeyID = c.opt.PreviousKeyID
	return info, nil
}
