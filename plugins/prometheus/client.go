package prometheus

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"os"
	"strconv"
	"strings"
	"time"

	"github.com/kommunpuls/kommunpuls/plugins/sdk"
)

// Bounds of an answer.
const (
	maxBody  = 64 << 20 // bytes
	maxError = 64 << 10
)

// client asks one server.
type client struct {
	*plan
	http *http.Client
}

func (p *plan) client() (*client, error) {
	t := &http.Transport{
		DialContext:         (&net.Dialer{Timeout: 20 * time.Second}).DialContext,
		TLSHandshakeTimeout: 20 * time.Second,
		TLSClientConfig:     &tls.Config{MinVersion: tls.VersionTLS12},
		MaxIdleConns:        2, ForceAttemptHTTP2: true,
	}
	if p.caFile != "" {
		pem, err := os.ReadFile(p.caFile)
		if err != nil {
			return nil, fmt.Errorf("ca_file: %w: %w", sdk.ErrBadInput, err)
		}
		t.TLSClientConfig.RootCAs = x509.NewCertPool()
		if !t.TLSClientConfig.RootCAs.AppendCertsFromPEM(pem) {
			return nil, fmt.Errorf("ca_file: %s innehåller inget certifikat (PEM): %w", p.CAFile, sdk.ErrBadInput)
		}
	}
	// A redirect could carry the login to another server: none is followed.
	return &client{plan: p, http: &http.Client{Transport: t, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}}, nil
}

func (c *client) close() { c.http.CloseIdleConnections() }

// ask asks a question; the caller closes what it returns.
func (c *client) ask(ctx context.Context, call string, form url.Values) (io.ReadCloser, error) {
	form.Set("timeout", strconv.FormatInt(max(1, c.timeout.Milliseconds()), 10)+"ms")
	res, err := c.send(ctx, http.MethodPost, call, form)
	if err == nil && (res.StatusCode == http.StatusMethodNotAllowed || res.StatusCode == http.StatusNotImplemented) {
		_ = res.Body.Close() // a proxy that lets only GET through
		res, err = c.send(ctx, http.MethodGet, call, form)
	}
	if err != nil {
		return nil, c.unreachable(err)
	}
	if res.StatusCode == http.StatusOK {
		return res.Body, nil
	}
	defer func() { _ = res.Body.Close() }()
	return nil, fault(res)
}

func (c *client) send(ctx context.Context, method, call string, form url.Values) (*http.Response, error) {
	u := c.base.JoinPath("api", "v1", call)
	var body io.Reader
	if method == http.MethodGet {
		u.RawQuery = form.Encode()
	} else {
		body = strings.NewReader(form.Encode())
	}
	req, err := http.NewRequestWithContext(ctx, method, u.String(), body)
	if err != nil {
		return nil, err
	}
	if body != nil {
		req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	req.Header.Set("Accept", "application/json")
	req.Header.Set("User-Agent", "kommunpuls")
	switch {
	case c.Token != "":
		req.Header.Set("Authorization", "Bearer "+c.Token)
	case c.User != "":
		req.SetBasicAuth(c.User, c.Password)
	}
	return c.http.Do(req)
}

// unreachable explains why there was no answer, without the question: it is in
// the address of a GET.
func (c *client) unreachable(err error) error {
	var (
		cert *tls.CertificateVerificationError
		rec  tls.RecordHeaderError
		dns  *net.DNSError
		net  net.Error
	)
	text := "förbindelsen med servern bröts"
	switch {
	case errors.Is(err, context.Canceled):
		return err
	case errors.As(err, &cert):
		text = "serverns certifikat godtas inte; ange ca_file om kommunen har en egen certifikatutfärdare"
	case errors.As(err, &rec):
		text = "servern talar inte https"
	case errors.As(err, &dns):
		text = "namnet finns inte i DNS"
	case errors.As(err, &net) && net.Timeout():
		text = fmt.Sprintf("servern svarade inte inom %s", c.timeout)
	case strings.Contains(err.Error(), "dial"):
		text = "ingen svarar"
	}
	return fmt.Errorf("%s: %w", text, sdk.ErrUnreachable)
}

// fault explains an answer other than 200.
func fault(res *http.Response) error {
	var body struct {
		ErrorType string `json:"errorType"`
		Error     string `json:"error"`
	}
	b, err := io.ReadAll(io.LimitReader(res.Body, maxError))
	if err != nil || json.Unmarshal(b, &body) != nil {
		body.Error = ""
	}
	said := told(body.Error)
	switch code := res.StatusCode; {
	case code == http.StatusBadRequest:
		return fmt.Errorf("frågan går inte att tolka%s: %w", said, sdk.ErrBadInput)
	case code == http.StatusUnprocessableEntity:
		return fmt.Errorf("frågan går inte att räkna ut%s: %w", said, sdk.ErrBadInput)
	case code == http.StatusUnauthorized, code == http.StatusForbidden:
		return fmt.Errorf("inloggningen godtas inte (%d): %w", code, sdk.ErrUnreachable)
	case code == http.StatusNotFound:
		return fmt.Errorf("adressen är inte Prometheus; ange den utan /api/v1 (404): %w", sdk.ErrBadInput)
	case code == http.StatusServiceUnavailable && body.ErrorType == "timeout":
		return fmt.Errorf("frågan tog för lång tid i Prometheus%s: %w", said, sdk.ErrUnreachable)
	case code >= 300 && code < 400:
		return fmt.Errorf("servern hänvisar vidare (%d); ange den adress som den hänvisar till: %w", code, sdk.ErrUnreachable)
	}
	return fmt.Errorf("servern svarade %d%s: %w", res.StatusCode, said, sdk.ErrUnreachable)
}
