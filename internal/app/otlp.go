package app

import (
	"context"
	"net"
	"net/url"
	"os"
	"time"

	"github.com/kommunpuls/kommunpuls/internal/config"
	"github.com/kommunpuls/kommunpuls/internal/expose/otlp"
	"github.com/kommunpuls/kommunpuls/internal/expose/web"
	"github.com/kommunpuls/kommunpuls/internal/source"
)

// lastSending is how long what is left may take when the daemon ends or the
// settings change.
const lastSending = 3 * time.Second

// otlpSettings are what the configuration says of OTLP; nil is nothing.
func (a *App) otlpSettings(c *config.Config) *otlp.Settings {
	o := c.OTLP
	if o == nil {
		return nil
	}
	s := &otlp.Settings{
		Endpoint: o.Endpoint, HTTP: o.Protocol == "http", Headers: map[string]string{},
		CA: o.TLS.CAPEM, Cert: o.TLS.CertPEM, Key: o.TLS.KeyPEM, ServerName: o.TLS.ServerName,
		Interval: o.Interval.Std(), Timeout: o.Timeout.Std(), Traces: o.Traces, Probes: o.Probes,
		Resource: map[string]string{
			"service.name": "kommunpuls", "service.namespace": c.Municipality, "service.version": a.version, "service.instance.id": instance(c),
		},
	}
	for k, v := range o.Headers {
		s.Headers[k] = v.Value()
	}
	for k, v := range o.Resource {
		s.Resource[k] = v
	}
	return s
}

// instance names this daemon among others: where people reach it, else the
// machine and the port.
func instance(c *config.Config) string {
	if u, err := url.Parse(c.PublicURL); err == nil && u.Host != "" {
		return u.Host
	}
	host, port, err := net.SplitHostPort(c.Listen)
	if err != nil {
		return c.Listen
	}
	if name, err := os.Hostname(); err == nil {
		host = name
	}
	return net.JoinHostPort(host, port)
}

// applyOTLP puts changed settings into force.
func (a *App) applyOTLP(ctx context.Context, c *config.Config) error {
	ctx, cancel := context.WithTimeout(ctx, lastSending)
	defer cancel()
	return a.otlp.Apply(ctx, a.otlpSettings(c))
}

func (a *App) closeOTLP(ctx context.Context) {
	ctx, cancel := context.WithTimeout(ctx, lastSending)
	defer cancel()
	a.otlp.Close(ctx)
}

func (a *App) otlpStatus() *web.OTLPStatus {
	st := a.otlp.Status()
	if st == nil {
		return nil
	}
	out := &web.OTLPStatus{Endpoint: st.Endpoint, Protocol: "grpc"}
	if st.HTTP {
		out.Protocol = "http"
	}
	for _, s := range st.Signals {
		out.Signals = append(out.Signals, web.OTLPSignalStatus{
			Signal: s.Signal, Queued: s.Queued, Dropped: s.Dropped,
			SendingStatus: web.SendingStatus{Up: s.Up, LastSuccess: known(s.LastSuccess), ErrorClass: s.Class, Reason: s.Reason, FailingFrom: known(s.FailingFrom), Failures: s.Failures},
		})
	}
	return out
}

// traced tells OTLP of collections: names, counts and classes of errors, never
// what stood in them.
type traced struct{ to *otlp.Exporter }

func (t traced) Collecting(cfg source.Config, opt source.CollectOptions, now time.Time) source.Observed {
	return tracedCollection{t.to.Collecting(cfg.Name, cfg.Plugin, now), opt}
}

type tracedCollection struct {
	*otlp.Collection
	opt source.CollectOptions
}

func (t tracedCollection) Step(s source.Step, now time.Time) func(error, time.Time) {
	ended := t.Collection.Step(string(s), now)
	return func(err error, now time.Time) { ended(source.Class(err), now) }
}

func (t tracedCollection) Done(res source.Result, err error, now time.Time) {
	c := res.Counts
	t.Collection.Done(otlp.Outcome{
		Class: source.Class(err),
		Counts: map[string]int64{
			"seen": c.Seen, "refused": c.Refused, "repeated": c.Repeated, "inserted": c.Inserted, "updated": c.Updated,
			"unchanged": c.Unchanged, "vanished": c.Vanished, "purged": c.Purged, "dropped": res.Dropped,
		},
		Flags: map[string]bool{"unchanged": res.Unchanged, "held": res.Held, "dated": !t.opt.Dated.IsZero()},
	}, now)
}
