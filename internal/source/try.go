package source

import (
	"context"
	"fmt"
	"io"

	"github.com/kommunpuls/kommunpuls/plugins/sdk/conform"
)

// Try collects once from a configured source into nothing and writes in
// Swedish what was found: what "plugin test" does. It returns
// conform.ErrBreach when the source breaks the contract.
func (c *Collector) Try(ctx context.Context, cfg Config, w io.Writer) error {
	ctx, cancel := context.WithTimeoutCause(ctx, cfg.timeout(), errTimeout)
	defer cancel()
	child, err := c.opt.Host.Start(ctx, cfg.Plugin)
	if err != nil {
		return fmt.Errorf("source %s: %w", cfg.Name, timedOut(ctx, cfg, err))
	}
	defer child.Close()
	err = conform.Report(ctx, conform.Subject{Source: child, Settings: c.Settings(cfg), Now: c.opt.Now()}, w)
	if err != nil {
		return fmt.Errorf("source %s: %w", cfg.Name, timedOut(ctx, cfg, child.Explain(err)))
	}
	return nil
}
