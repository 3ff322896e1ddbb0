package access

import (
	"context"
	"log/slog"
)

// nameless is a log handler that leaves out where a failed connection came from.
type nameless struct{ slog.Handler }

// Handle writes the record without addresses.
func (n nameless) Handle(ctx context.Context, r slog.Record) error {
	r.Message = peerRE.ReplaceAllString(r.Message, "")
	return n.Handler.Handle(ctx, r)
}
