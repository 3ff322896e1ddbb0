package access

import (
	"crypto/tls"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"time"

	"github.com/goccy/go-yaml"
	promconfig "github.com/prometheus/common/config"
	toolkit "github.com/prometheus/exporter-toolkit/web"
	"golang.org/x/time/rate"

	"github.com/kommunpuls/kommunpuls/internal/config"
)

// webFile is the web configuration: the file format of Prometheus exporters,
// read by exporter-toolkit. What changes in it holds from the next connection.
// A change that cannot be used is logged and the former stays in force.
type webFile struct {
	path string // "" is none
	tls  bool   // as it was at the start; turning it on or off needs a new start
	read func(path string) (webState, error)
	log  *slog.Logger

	mu   sync.Mutex
	seen [2]stamp // of the file itself and of the client CAs
	now  webState
}

// webState is what the file says.
type webState struct {
	config toolkit.Config
	tls    *tls.Config // nil without TLS
	limit  *rate.Limiter
}

// stamp tells one state of a file from another.
type stamp struct {
	at   time.Time
	size int64
}

func openWebFile(c *config.Config, log *slog.Logger) (*webFile, error) {
	f := &webFile{read: readWebFile, log: log}
	if c.WebConfig == "" {
		return f, nil
	}
	f.path = c.Rel(c.WebConfig)
	seen := stamps(f.path)
	st, err := f.read(f.path)
	if err != nil {
		return nil, fmt.Errorf("%w: web_config: %s: %w", config.ErrInvalid, c.WebConfig, err)
	}
	f.use(st, seen)
	f.tls = st.tls != nil
	return f, nil
}

// CheckWebConfig tells whether the file of web_config can be used.
func CheckWebConfig(c *config.Config) error {
	_, err := openWebFile(c, slog.New(slog.DiscardHandler))
	return err
}

// ServesTLS tells whether people reach the pages over TLS, by the file of
// web_config or by a proxy that public_url names.
func ServesTLS(c *config.Config) (bool, error) {
	f, err := openWebFile(c, slog.New(slog.DiscardHandler))
	return err == nil && f.tls || strings.HasPrefix(c.PublicURL, "https://"), err
}

// readWebFile reads and checks the file as an exporter would.
func readWebFile(path string) (webState, error) {
	var st webState
	if err := toolkit.Validate(path); err != nil {
		return st, err
	}
	b, err := os.ReadFile(path)
	if err != nil {
		return st, err
	}
	st.config = toolkit.Config{
		TLSConfig:  toolkit.TLSConfig{MinVersion: tls.VersionTLS12, MaxVersion: tls.VersionTLS13},
		HTTPConfig: toolkit.HTTPConfig{HTTP2: true},
	}
	if err := yaml.Unmarshal(b, &st.config); err != nil {
		return st, err
	}
	st.config.TLSConfig.SetDirectory(filepath.Dir(path))
	if l := st.config.RateLimiterConfig; l.Interval > 0 {
		st.limit = rate.NewLimiter(rate.Every(l.Interval), l.Burst)
	}
	if !st.config.TLSConfig.IsEnabled() {
		return st, nil
	}
	if st.tls, err = toolkit.ConfigToTLSConfig(&st.config.TLSConfig); err != nil {
		return st, err
	}
	st.tls.NextProtos = []string{"http/1.1"}
	if st.config.HTTPConfig.HTTP2 {
		st.tls.NextProtos = []string{"h2", "http/1.1"}
	}
	return st, nil
}

// errTLSChanged is why a file is not used although it can be read.
var errTLSChanged = errors.New("kryptering slås på och av först vid omstart")

// state returns what the file says now.
func (f *webFile) state() webState {
	if f.path == "" {
		return webState{}
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	seen := stamps(f.path, f.now.config.TLSConfig.ClientCAs)
	if seen == f.seen {
		return f.now
	}
	f.seen = seen
	st, err := f.read(f.path)
	if err == nil && (st.tls != nil) != f.tls {
		err = errTLSChanged
	}
	if err != nil {
		f.log.Error("the new web configuration is not used", "err", err)
		return f.now
	}
	f.use(st, seen)
	f.log.Info("web configuration read anew", "users", len(st.config.Users), "tls", f.tls)
	return f.now
}

// use puts in force what was read after the file bore a stamp. One that it bears
// by now may be of other content, which is then read the next time.
func (f *webFile) use(st webState, seen [2]stamp) {
	if ca := st.config.TLSConfig.ClientCAs; ca != f.now.config.TLSConfig.ClientCAs {
		seen[1] = stamps("", ca)[1]
	}
	f.now, f.seen = st, seen
}

// users are the names and hashes of basic_auth_users.
func (f *webFile) users() map[string]promconfig.Secret { return f.state().config.Users }

func stamps(paths ...string) (out [2]stamp) {
	for i, p := range paths {
		if fi, err := os.Stat(p); p != "" && err == nil {
			out[i] = stamp{fi.ModTime(), fi.Size()}
		}
	}
	return out
}
