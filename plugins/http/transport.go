package http

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"io"
	nethttp "net/http"
	"net/http/cookiejar"
	"net/url"
	"os"
	"strconv"
	"strings"
	"time"

	"golang.org/x/time/rate"

	"github.com/kommunpuls/kommunpuls/plugins/http/profile"
)

func newClient(pl *plan, now time.Time, baseDir string) (*client, error) {
	roots, err := pl.roots(baseDir)
	if err != nil {
		return nil, err
	}
	jar, err := cookiejar.New(nil)
	if err != nil {
		return nil, err
	}
	c := &client{plan: pl, now: now.Unix(), limiter: rate.NewLimiter(rate.Inf, 1)}
	c.http = &nethttp.Client{
		Jar: jar, CheckRedirect: c.redirect,
		Transport: &nethttp.Transport{
			Proxy: nethttp.ProxyFromEnvironment, ForceAttemptHTTP2: true, MaxIdleConnsPerHost: 16, IdleConnTimeout: time.Minute,
			TLSHandshakeTimeout: 20 * time.Second, TLSClientConfig: &tls.Config{RootCAs: roots, MinVersion: tls.VersionTLS12},
			MaxResponseHeaderBytes: 1 << 20,
		},
	}
	conn := &pl.profile.Connection
	c.timeout = pl.Timeout.Std(conn.Timeout.Std(defaultTimeout))
	if r := conn.Rate; r.Requests > 0 {
		c.limiter = rate.NewLimiter(rate.Every(r.Per.Std(time.Second)/time.Duration(r.Requests)), max(r.Burst, 1))
	}
	if c.auth, err = pl.auth.authoriser(c); err != nil {
		return nil, err
	}
	return c, nil
}

// roots are the certificates to trust: the machine's, and those of ca_file.
func (pl *plan) roots(baseDir string) (*x509.CertPool, error) {
	if pl.CAFile == "" {
		return nil, nil //nolint:nilnil // nil is the machine's own store
	}
	name := inDir(baseDir, pl.CAFile)
	pem, err := os.ReadFile(name)
	if err != nil {
		return nil, unusable("ca_file: %w", err)
	}
	pool, err := x509.SystemCertPool()
	if err != nil {
		pool = x509.NewCertPool()
	}
	if !pool.AppendCertsFromPEM(pem) {
		return nil, unusable("ca_file: %s innehåller inga certifikat i PEM-form", pl.CAFile)
	}
	return pool, nil
}

// close logs out and lets connections go.
func (c *client) close(ctx context.Context) {
	patience := 10 * time.Second
	if ctx.Err() != nil {
		patience = 500 * time.Millisecond
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), patience)
	defer cancel()
	c.auth.close(ctx)
	c.http.CloseIdleConnections()
}

// redirect follows only what stays on the server: headers with keys would go
// along elsewhere.
func (c *client) redirect(req *nethttp.Request, via []*nethttp.Request) error {
	switch {
	case !sameServer(req.URL, via[0].URL):
		return errOtherServer
	case len(via) >= maxRedirects:
		return errLoop
	case via[0].Method != nethttp.MethodGet || via[0].Body != nil:
		return errMoved
	}
	return nil
}

// sameServer tells whether what may be sent to b may be sent to a.
func sameServer(a, b *url.URL) bool {
	return strings.EqualFold(a.Hostname(), b.Hostname()) && a.User == nil &&
		(a.Scheme == b.Scheme && port(a) == port(b) || a.Scheme == "https" && b.Scheme == "http" && b.Port() == "" && a.Port() == "")
}

func port(u *url.URL) string {
	if p := u.Port(); p != "" {
		return p
	}
	return map[string]string{"http": "80", "https": "443"}[u.Scheme]
}

// read takes the body up to the limit.
func (c *client) read(res *nethttp.Response) (string, error) {
	mb := c.plan.profile.Connection.MaxBodyMB
	if mb == 0 {
		mb = defaultBodyMB
	}
	limit := int64(mb) << 20
	if res.ContentLength > limit {
		return "", unusable("svaret är större än %d MB", mb)
	}
	var b strings.Builder
	if res.ContentLength > 0 {
		b.Grow(int(res.ContentLength))
	}
	n, err := io.Copy(&b, io.LimitReader(res.Body, limit+1))
	if err == nil && n > limit {
		err = unusable("svaret är större än %d MB", mb)
	}
	return b.String(), err
}

// retryAfter reads the header of that name: seconds, or a date.
func retryAfter(h nethttp.Header, now time.Time) time.Duration {
	text := strings.TrimSpace(h.Get("Retry-After"))
	if n, err := strconv.ParseFloat(text, 64); err == nil && n > 0 && n < 1e6 {
		return time.Duration(n * float64(time.Second))
	}
	if at, err := nethttp.ParseTime(text); err == nil {
		return max(0, at.Sub(now))
	}
	return 0
}

// retried are the statuses that are tried again.
func retried(r profile.Retry) []int {
	if len(r.Statuses) > 0 {
		return r.Statuses
	}
	return []int{429, 500, 502, 503, 504}
}
