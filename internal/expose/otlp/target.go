package otlp

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"time"

	"go.opentelemetry.io/otel/exporters/otlp/otlpmetric/otlpmetricgrpc"
	"go.opentelemetry.io/otel/exporters/otlp/otlpmetric/otlpmetrichttp"
	"go.opentelemetry.io/otel/exporters/otlp/otlptrace/otlptracegrpc"
	"go.opentelemetry.io/otel/exporters/otlp/otlptrace/otlptracehttp"
	sdkmetric "go.opentelemetry.io/otel/sdk/metric"
	sdktrace "go.opentelemetry.io/otel/sdk/trace"
	"google.golang.org/grpc"
	"google.golang.org/grpc/backoff"
	"google.golang.org/grpc/credentials"
	"google.golang.org/grpc/credentials/insecure"
)

// target makes exporters to one receiver. Every option that has a variable
// OTEL_… is given, so that the environment decides nothing.
type target struct {
	Settings
	url *url.URL
}

func (t target) metricExporter(ctx context.Context, w *wire) (sdkmetric.Exporter, error) {
	if t.HTTP {
		client, err := t.client(w)
		if err != nil {
			return nil, err
		}
		return otlpmetrichttp.New(ctx,
			otlpmetrichttp.WithEndpointURL(t.Endpoint+"/v1/metrics"), otlpmetrichttp.WithHeaders(t.Headers), otlpmetrichttp.WithHTTPClient(client),
			otlpmetrichttp.WithTLSClientConfig(nil), otlpmetrichttp.WithCompression(otlpmetrichttp.GzipCompression),
			otlpmetrichttp.WithTimeout(t.Timeout), otlpmetrichttp.WithRetry(otlpmetrichttp.RetryConfig(t.retry())),
			otlpmetrichttp.WithTemporalitySelector(sdkmetric.CumulativeTemporalitySelector), otlpmetrichttp.WithAggregationSelector(sdkmetric.DefaultAggregationSelector))
	}
	creds, err := t.credentials(w)
	if err != nil {
		return nil, err
	}
	return otlpmetricgrpc.New(ctx,
		otlpmetricgrpc.WithEndpoint(t.url.Host), otlpmetricgrpc.WithHeaders(t.Headers), otlpmetricgrpc.WithTLSCredentials(creds),
		otlpmetricgrpc.WithCompressor("gzip"), otlpmetricgrpc.WithDialOption(t.connect(), grpc.WithChainUnaryInterceptor(w.hear)),
		otlpmetricgrpc.WithTimeout(t.Timeout), otlpmetricgrpc.WithRetry(otlpmetricgrpc.RetryConfig(t.retry())),
		otlpmetricgrpc.WithTemporalitySelector(sdkmetric.CumulativeTemporalitySelector), otlpmetricgrpc.WithAggregationSelector(sdkmetric.DefaultAggregationSelector))
}

func (t target) spanExporter(ctx context.Context, w *wire) (sdktrace.SpanExporter, error) {
	if t.HTTP {
		client, err := t.client(w)
		if err != nil {
			return nil, err
		}
		return otlptracehttp.New(ctx,
			otlptracehttp.WithEndpointURL(t.Endpoint+"/v1/traces"), otlptracehttp.WithHeaders(t.Headers), otlptracehttp.WithHTTPClient(client),
			otlptracehttp.WithTLSClientConfig(nil), otlptracehttp.WithCompression(otlptracehttp.GzipCompression), otlptracehttp.WithEncoding(otlptracehttp.EncodingProtobuf),
			otlptracehttp.WithTimeout(t.Timeout), otlptracehttp.WithRetry(otlptracehttp.RetryConfig(t.retry())))
	}
	creds, err := t.credentials(w)
	if err != nil {
		return nil, err
	}
	return otlptracegrpc.New(ctx,
		otlptracegrpc.WithEndpoint(t.url.Host), otlptracegrpc.WithHeaders(t.Headers), otlptracegrpc.WithTLSCredentials(creds),
		otlptracegrpc.WithCompressor("gzip"), otlptracegrpc.WithDialOption(t.connect(), grpc.WithChainUnaryInterceptor(w.hear)),
		otlptracegrpc.WithTimeout(t.Timeout), otlptracegrpc.WithRetry(otlptracegrpc.RetryConfig(t.retry())))
}

// retries has the fields of the exporters' RetryConfig.
type retries struct {
	Enabled                                      bool
	InitialInterval, MaxInterval, MaxElapsedTime time.Duration
}

// retry is done by the exporters, within the time of one request.
func (t target) retry() retries {
	return retries{Enabled: true, InitialInterval: min(time.Second, t.Timeout/10), MaxInterval: t.Timeout / 2, MaxElapsedTime: t.Timeout}
}

// connect keeps gRPC from waiting two minutes before it tries a receiver again
// that was gone for long.
func (t target) connect() grpc.DialOption {
	wait := backoff.DefaultConfig
	wait.BaseDelay, wait.MaxDelay = min(time.Second, t.Interval), min(15*time.Second, t.Interval)
	return grpc.WithConnectParams(grpc.ConnectParams{Backoff: wait, MinConnectTimeout: t.Timeout})
}

// tls is nil for http://.
func (t target) tls() (*tls.Config, error) {
	if t.url.Scheme == "http" {
		return nil, nil
	}
	c := &tls.Config{MinVersion: tls.VersionTLS12, ServerName: t.ServerName}
	if len(t.CA) > 0 {
		c.RootCAs = x509.NewCertPool()
		if !c.RootCAs.AppendCertsFromPEM(t.CA) {
			return nil, errors.New("otlp.tls.ca: no certificate")
		}
	}
	if len(t.Cert) > 0 {
		pair, err := tls.X509KeyPair(t.Cert, t.Key)
		if err != nil {
			return nil, fmt.Errorf("otlp.tls.cert: %w", err)
		}
		c.Certificates = []tls.Certificate{pair}
	}
	return c, nil
}

// client waits as long as each request's context allows, follows no redirects, which would take
// the headers elsewhere, and remembers what it was answered.
func (t target) client(w *wire) (*http.Client, error) {
	conf, err := t.tls()
	if err != nil {
		return nil, err
	}
	transport := &http.Transport{
		Proxy: http.ProxyFromEnvironment, DialContext: (&net.Dialer{Timeout: t.Timeout}).DialContext, TLSClientConfig: conf,
		ForceAttemptHTTP2: true, MaxIdleConns: 2, IdleConnTimeout: 2 * time.Minute, TLSHandshakeTimeout: t.Timeout,
	}
	return &http.Client{
		Transport:     w.around(transport),
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}, nil
}

func (t target) credentials(w *wire) (credentials.TransportCredentials, error) {
	conf, err := t.tls()
	if err != nil || conf == nil {
		return insecure.NewCredentials(), err
	}
	return handshakes{credentials.NewTLS(conf), w}, nil
}
