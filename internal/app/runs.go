package app

import (
	"cmp"
	"maps"
	"slices"
	"sync"
	"time"

	"github.com/kommunpuls/kommunpuls/internal/config"
	"github.com/kommunpuls/kommunpuls/internal/expose/metrics"
	"github.com/kommunpuls/kommunpuls/internal/source"
)

// runs remembers, since the daemon started, how long each source's last
// collection took and how often the child of a watch was started again. It is
// safe for concurrent use.
type runs struct {
	mu       sync.Mutex
	took     map[string]time.Duration
	restarts map[string]int64
}

func (r *runs) collected(res source.Result) {
	if res.Source == "" { // stopped before it began
		return
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.took == nil {
		r.took = map[string]time.Duration{}
	}
	r.took[res.Source] = res.Took
}

// watching counts the starts of a watch's child after the first. A source that
// was taken up again after a reload goes on with its count.
func (r *runs) watching(name string, again bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.restarts == nil {
		r.restarts = map[string]int64{}
	}
	n := r.restarts[name]
	if again {
		n++
	}
	r.restarts[name] = n
}

func (r *runs) times() map[string]time.Duration {
	r.mu.Lock()
	defer r.mu.Unlock()
	return maps.Clone(r.took)
}

// again lists the restarts of the sources that are still configured, by name.
func (r *runs) again(configured []config.Source) []metrics.Restart {
	r.mu.Lock()
	defer r.mu.Unlock()
	var out []metrics.Restart
	for _, c := range configured {
		if n, ok := r.restarts[c.Name]; ok && c.RetiredOn.IsZero() {
			out = append(out, metrics.Restart{Source: c.Name, Type: c.Type, Times: n})
		}
	}
	slices.SortFunc(out, func(a, b metrics.Restart) int { return cmp.Compare(a.Source, b.Source) })
	return out
}

// PublicURL is the address at which people reach the pages: the configured one,
// else that at which the daemon listens.
func (a *App) PublicURL() string {
	cfg := a.Parts().Config
	if cfg.PublicURL != "" {
		return cfg.PublicURL
	}
	return a.Root()
}

// Root is the address at which the daemon itself listens.
func (a *App) Root() string {
	if root := a.root.Load(); root != nil {
		return *root
	}
	return "http://" + a.Parts().Config.Listen
}
