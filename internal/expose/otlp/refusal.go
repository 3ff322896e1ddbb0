package otlp

import (
	"context"
	"crypto/tls"
	"io"
	"net"
	"slices"
	"time"
)

// longestAsking bounds how long a receiver is asked why it hung up.
const longestAsking = 5 * time.Second

// refusal asks why an encrypted receiver hung up, and is nil where it was not
// over a certificate. In TLS 1.3 a receiver refuses ours after the handshake;
// when a request is on its way by then, its system resets the connection and
// the reason is lost. A connection on which nothing is said hears it.
func (t target) refusal(ctx context.Context) error {
	conf, err := t.tls()
	if err != nil || conf == nil {
		return nil // it was in order when the exporter was made
	}
	conf.NextProtos = []string{"h2"}
	if t.HTTP {
		conf.NextProtos = append(conf.NextProtos, "http/1.1")
	}
	ctx, cancel := context.WithTimeout(ctx, max(t.Timeout, longestAsking))
	defer cancel()
	conn, err := (&tls.Dialer{NetDialer: &net.Dialer{}, Config: conf}).DialContext(ctx, "tcp", t.address())
	if err == nil {
		err = listen(ctx, conn)
	}
	if isTLS(err) {
		return err
	}
	return nil
}

// listen waits for the first byte, a moment where the other side says nothing.
func listen(ctx context.Context, conn net.Conn) error {
	defer func() { _ = conn.Close() }() // only what it heard matters
	if by, ok := ctx.Deadline(); ok {
		if err := conn.SetReadDeadline(by); err != nil {
			return err
		}
	}
	_, err := conn.Read(make([]byte, 1))
	return err
}

// greets tells whether what answers on an address for plain HTTP speaks first, as
// a receiver over gRPC does. When its greeting comes before our request, all that
// is known of the request is that the connection is gone.
func (t target) greets(ctx context.Context) bool {
	if !t.HTTP || t.url.Scheme != "http" {
		return false
	}
	ctx, cancel := context.WithTimeout(ctx, longestAsking)
	defer cancel()
	conn, err := (&net.Dialer{}).DialContext(ctx, "tcp", t.address())
	if err != nil {
		return false
	}
	defer func() { _ = conn.Close() }() // only what it says matters
	defer context.AfterFunc(ctx, func() { _ = conn.Close() })()
	frame := make([]byte, 9) // length, type, flags, stream: of HTTP/2's settings type 4, stream 0
	_, err = io.ReadFull(conn, frame)
	return err == nil && frame[3] == 4 && [4]byte(frame[5:]) == [4]byte{}
}

// address is host and port, with the port of the scheme where none is given.
func (t target) address() string {
	if t.url.Port() == "" {
		return net.JoinHostPort(t.url.Hostname(), map[string]string{"http": "80", "https": "443"}[t.url.Scheme])
	}
	return t.url.Host
}

// lost tells whether a failure of that class may be a refusal that was not heard.
func lost(class string) bool {
	return slices.Contains([]string{classUnreachable, classTimeout, classProtocol}, class)
}
