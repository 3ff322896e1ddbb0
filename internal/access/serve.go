package access

import (
	"crypto/tls"
	"log/slog"
	"net"
	"net/http"
	"regexp"
	"time"
)

// maxHeader is the most bytes of a request's headers.
const maxHeader = 32 << 10

// Server returns a server of a handler with the limits of one that strangers reach.
func (a *Access) Server(h http.Handler) *http.Server {
	s := &http.Server{
		Handler:           h,
		ReadHeaderTimeout: 10 * time.Second,
		ReadTimeout:       time.Minute,
		IdleTimeout:       2 * time.Minute,
		MaxHeaderBytes:    maxHeader,
		ErrorLog:          slog.NewLogLogger(nameless{a.log.Handler()}, slog.LevelWarn),
	}
	if !a.file.tls {
		return s
	}
	s.TLSConfig = &tls.Config{
		MinVersion: tls.VersionTLS12,
		GetConfigForClient: func(*tls.ClientHelloInfo) (*tls.Config, error) {
			return a.file.state().tls, nil
		},
	}
	if !a.file.state().config.HTTPConfig.HTTP2 {
		s.TLSNextProto = map[string]func(*http.Server, *tls.Conn, http.Handler){}
	}
	return s
}

// Serve answers on a listener, with TLS where the web configuration has it.
func (a *Access) Serve(s *http.Server, l net.Listener) error {
	if a.file.tls {
		return s.ServeTLS(l, "", "")
	}
	return s.Serve(l)
}

// Scheme is that of the listening address.
func (a *Access) Scheme() string {
	if a.file.tls {
		return "https"
	}
	return "http"
}

// peerRE finds the address of the other side in what the server logs.
var peerRE = regexp.MustCompile(` from \[?[0-9A-Fa-f:.%a-z]+\]?:\d+`)
