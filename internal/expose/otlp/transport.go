package otlp

import (
	"context"
	"net"
	"net/http"
	"sync"

	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/credentials"
	"google.golang.org/grpc/status"
)

// wire remembers what the last request met on its way: the exporters' errors
// are text.
type wire struct {
	mu        sync.Mutex
	code      int // HTTP status
	err       error
	said      error           // what an earlier attempt at the same request ended with, over gRPC
	transport *http.Transport // nil over gRPC
}

// begin forgets what earlier requests met. Over gRPC why there is no connection
// stays: that connects in its own time.
func (w *wire) begin() {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.said = nil
	if w.transport != nil {
		w.code, w.err = 0, nil
	}
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

// fail takes down why an attempt failed over HTTP. That our own time was out
// tells less than what an earlier attempt met.
func (w *wire) fail(err error, late bool) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if !late || w.code == 0 && w.err == nil {
		w.code, w.err = 0, err
	}
}

// hear makes the same of attempts over gRPC.
func (w *wire) hear(ctx context.Context, method string, req, reply any, cc *grpc.ClientConn, invoke grpc.UnaryInvoker, opts ...grpc.CallOption) error {
	err := invoke(ctx, method, req, reply, cc, opts...)
	w.mu.Lock()
	defer w.mu.Unlock()
	if err != nil && w.said != nil && (ctx.Err() != nil || status.Code(err) == codes.DeadlineExceeded) {
		return w.said
	}
	w.said = err
	return err
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
		late := req.Context().Err() != nil
		r.wire.fail(err, late)
		if late || isTLS(err) {
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
