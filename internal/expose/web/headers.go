package web

import "net/http"

// protect sets the headers that every answer carries: nothing is loaded from
// elsewhere, no script runs, no other page frames or is told of this one, and
// nothing is kept in a cache.
func protect(h http.Header, secure bool) {
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("X-Frame-Options", "DENY")
	h.Set("Cache-Control", "no-store")
	h.Set("Content-Security-Policy", "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'")
	h.Set("Referrer-Policy", "no-referrer")
	h.Set("Cross-Origin-Opener-Policy", "same-origin")
	h.Set("Cross-Origin-Resource-Policy", "same-origin")
	h.Set("Permissions-Policy", "camera=(), geolocation=(), microphone=()")
	if secure && h.Get("Strict-Transport-Security") == "" { // the web configuration may say it otherwise
		h.Set("Strict-Transport-Security", "max-age=31536000")
	}
}

// answered notes the status of an answer.
type answered struct {
	http.ResponseWriter
	code int
}

func (a *answered) WriteHeader(code int) {
	if a.code == 0 {
		a.code = code
	}
	a.ResponseWriter.WriteHeader(code)
}

func (a *answered) Write(b []byte) (int, error) {
	if a.code == 0 {
		a.code = http.StatusOK
	}
	return a.ResponseWriter.Write(b)
}

// Unwrap lets http.ResponseController reach what lies beneath.
func (a *answered) Unwrap() http.ResponseWriter { return a.ResponseWriter }
