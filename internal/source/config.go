// Package source runs sources: it starts each as a child process, collects on
// a schedule, and puts a collection into the store whole or not at all.
package source

import (
	"bytes"
	"encoding/json"
	"time"

	"github.com/kommunpuls/kommunpuls/internal/store"
)

// Config is one configured source.
type Config struct {
	Name   string // instance, "systemlista"
	Plugin string // a built-in source ("table") or an external one by its configured name
	// Every is how often it is collected; 0 is only when asked.
	Every time.Duration
	// Timeout bounds one collection; 0 is DefaultTimeout.
	Timeout time.Duration
	// Settings are the source's own, with secrets filled in.
	Settings json.RawMessage
	// BaseDir is where relative file names in the settings start.
	BaseDir       string
	Precedence    int
	ContentMaxAge time.Duration
	// RetiredOn, if not zero: it is collected no more and its data stay.
	RetiredOn time.Time
}

// DefaultTimeout bounds a collection whose source has none of its own.
const DefaultTimeout = 30 * time.Minute

func (c Config) info() store.SourceInfo {
	return store.SourceInfo{
		Name: c.Name, Plugin: c.Plugin, Precedence: c.Precedence,
		Interval: c.Every, ContentMaxAge: c.ContentMaxAge, RetiredOn: c.RetiredOn,
	}
}

func (c Config) timeout() time.Duration {
	if c.Timeout > 0 {
		return c.Timeout
	}
	return DefaultTimeout
}

// equal tells that a source need not be started anew.
func (c Config) equal(o Config) bool {
	return bytes.Equal(c.Settings, o.Settings) && c.RetiredOn.Equal(o.RetiredOn) &&
		c.Name == o.Name && c.Plugin == o.Plugin && c.Every == o.Every && c.Timeout == o.Timeout &&
		c.BaseDir == o.BaseDir && c.Precedence == o.Precedence && c.ContentMaxAge == o.ContentMaxAge
}
