package probe

import (
	"context"
	"log/slog"
	"path/filepath"
	"strconv"
	"time"

	"github.com/alecthomas/units"
	"github.com/prometheus/blackbox_exporter/config"
	"github.com/prometheus/blackbox_exporter/prober"
	"github.com/prometheus/client_golang/prometheus"
	pconfig "github.com/prometheus/common/config"

	"github.com/kommunpuls/kommunpuls/internal/watchlist"
)

// userAgent is what a web server's log shows.
const userAgent = "kommunpuls"

// expiryMetric is where the prober puts when a certificate expires.
const expiryMetric = "probe_ssl_earliest_cert_expiry"

// blackbox probes one module's targets with blackbox_exporter's prober.
type blackbox struct {
	module *watchlist.Module
	run    prober.ProbeFn
	conf   config.Module
}

// newBlackbox prepares a module. base is where a relative ca_file starts from.
func newBlackbox(m *watchlist.Module, base string) *blackbox {
	b := &blackbox{module: m}
	prefer, fallback := "ip4", true
	if m.IP != 0 {
		prefer, fallback = "ip"+strconv.Itoa(m.IP), false
	}
	trust := pconfig.TLSConfig{ServerName: m.ServerName, InsecureSkipVerify: m.Insecure, CAFile: m.CAFile}
	if m.CAFile != "" && !filepath.IsAbs(m.CAFile) {
		trust.CAFile = filepath.Join(base, m.CAFile)
	}
	switch m.Type {
	case watchlist.ICMP:
		b.run = prober.ProbeICMP
		b.conf.ICMP = config.ICMPProbe{IPProtocol: prefer, IPProtocolFallback: fallback, TTL: config.DefaultICMPTTL}
	case watchlist.TCP, watchlist.TLS:
		b.run = prober.ProbeTCP
		b.conf.TCP = config.TCPProbe{IPProtocol: prefer, IPProtocolFallback: fallback, TLS: m.Type == watchlist.TLS, TLSConfig: trust}
		if m.Greeting != nil {
			b.conf.TCP.QueryResponse = []config.QueryResponse{{Expect: config.Regexp{Regexp: m.Greeting}}}
		}
	case watchlist.DNS:
		b.run = prober.ProbeDNS
		b.conf.DNS = config.DNSProbe{IPProtocol: prefer, IPProtocolFallback: fallback, QueryType: m.QueryType, TransportProtocol: m.Transport, Recursion: true}
		if m.Answer != nil {
			b.conf.DNS.ValidateAnswer.FailIfNotMatchesRegexp = []string{m.Answer.String()}
		}
	case watchlist.HTTP:
		b.run = prober.ProbeHTTP
		client := pconfig.DefaultHTTPClientConfig
		client.TLSConfig, client.FollowRedirects = trust, m.FollowRedirects
		b.conf.HTTP = config.HTTPProbe{
			IPProtocol: prefer, IPProtocolFallback: fallback, Method: m.Method, ValidStatusCodes: m.Status,
			HTTPClientConfig: client, BodySizeLimit: units.Base2Bytes(m.MaxBody), Headers: map[string]string{"User-Agent": userAgent},
		}
		if m.Contains != nil {
			b.conf.HTTP.FailIfBodyNotMatchesRegexp = []config.Regexp{{Regexp: m.Contains}}
		}
		if m.Lacks != nil {
			b.conf.HTTP.FailIfBodyMatchesRegexp = []config.Regexp{{Regexp: m.Lacks}}
		}
	}
	return b
}

// probe probes once. certificate asks for when the certificate expires, which
// costs a walk through what the prober measured.
func (b *blackbox) probe(ctx context.Context, t *watchlist.Target, certificate bool) finding {
	conf := b.conf
	if t.Type == watchlist.DNS {
		conf.DNS.QueryName = t.Query
	}
	// The prober registers its gauges anew each time, so a registry serves once.
	reg := prometheus.NewRegistry()
	log := &capture{}
	if !b.run(ctx, t.Address, conf, reg, slog.New(log)) {
		return log.finding(b.module)
	}
	f := up()
	if certificate {
		f.expires = expiry(reg)
	}
	return f
}

func expiry(reg *prometheus.Registry) time.Time {
	families, err := reg.Gather()
	if err != nil {
		return time.Time{} // the probe itself succeeded; the next one will tell
	}
	for _, f := range families {
		if f.GetName() == expiryMetric && len(f.GetMetric()) > 0 {
			return time.Unix(int64(f.GetMetric()[0].GetGauge().GetValue()), 0).UTC()
		}
	}
	return time.Time{}
}
