package otlp

import (
	"context"
	"net"
	"net/http"
	"sync"

	"google.golang.org/grpc/credentials"
)

// wire remembers what the last request met on its way: the exporters' errors
// are text.
type wire struct {
	mu        sync.Mutex
	code      int // HTTP status
	err       error
	transport *http.Transport // nil over gRPC
}

func (w *wire) set(code int, err error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.code, w.err = code, err
}

func (w *wire) last() (int, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.code, w.err
}

// around remembers what next was answered.
func (w *wire) around(next *http.Transport) http.RoundTripper {
	w.transport = next
	return roundTripper{next, w}
}

// hangUp closes connections that nothing is sent on.
func (w *wire) hangUp() {
	if w.transport != nil {
		w.transport.CloseIdleConnections()
	}
}

type roundTripper struct {
	*http.Transport
	wire *wire
}

// RoundTrip makes a receiver that is gone for a moment one that the exporter
// tries again.
func (r roundTripper) RoundTrip(req *http.Request) (*http.Response, error) {
	resp, err := r.Transport.RoundTrip(req)
	if err != nil {
		r.wire.set(0, err)
		if isTLS(err) || req.Context().Err() != nil {
			return nil, err
		}
		return nil, passing{err}
	}
	r.wire.set(resp.StatusCode, nil)
	return resp, nil
}

// passing is an error that may be over soon.
type passing struct{ error }

func (p passing) Unwrap() error { return p.error }

// Temporary is what the exporters ask.
func (passing) Temporary() bool { return true }

// handshakes remembers why the last encrypted connection did not come about.
type handshakes struct {
	credentials.TransportCredentials
	wire *wire
}

func (h handshakes) ClientHandshake(ctx context.Context, authority string, conn net.Conn) (net.Conn, credentials.AuthInfo, error) {
	c, info, err := h.TransportCredentials.ClientHandshake(ctx, authority, conn)
	if err != nil {
		h.wire.set(0, err)
		return c, info, err
	}
	return listening{c, h.wire}, info, nil
}

// listening hears that the other side does not take our certificate, which it
// says after the handshake.
type listening struct {
	net.Conn
	wire *wire
}

func (l listening) Read(b []byte) (int, error) {
	n, err := l.Conn.Read(b)
	switch {
	case n > 0:
		l.wire.set(0, nil)
	case err != nil && isTLS(err):
		l.wire.set(0, err)
	}
	return n, err
}

func (h handshakes) Clone() credentials.TransportCredentials {
	return handshakes{h.TransportCredentials.Clone(), h.wire}
}
