package otlp

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net"
	"net/http"
	"regexp"
	"slices"
	"strings"

	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
)

// Classes of failure, as they stand in the log and in /status.
const (
	classUnreachable     = "unreachable"
	classTimeout         = "timeout"
	classTLS             = "tls"
	classUnauthenticated = "unauthenticated"
	classForbidden       = "forbidden"
	classNotFound        = "not_found"
	classProtocol        = "wrong_protocol"
	classTooLarge        = "too_large"
	classOverloaded      = "overloaded"
	classRejected        = "rejected"
	classPartial         = "partial"
	classGather          = "gather"
	classEnded           = "ended" // by ourselves; never shown
)

// failure is why a sending did not get through whole.
type failure struct {
	class, reason string
}

func (f *failure) result() string {
	if f.class == classPartial || f.class == classGather {
		return partial
	}
	return failed
}

// again tells whether the same data may be taken later.
func (f *failure) again() bool {
	if f == nil {
		return false
	}
	switch f.class {
	case classRejected, classTooLarge, classPartial:
		return false
	}
	return true
}

// advice tells whether the receiver took everything and had something to say.
func advice(err error) bool {
	m := partialRE.FindStringSubmatch(err.Error())
	return m != nil && m[2] == "0"
}

// judge words why a request failed. What the receiver said itself is told only
// where nothing else tells what is wrong, without our secrets and cut short.
func (s sender) judge(err error) *failure {
	class := s.classify(err)
	if code, _ := s.wire.last(); lost(class) && code == 0 && s.base.Err() == nil {
		if refused := s.target.refusal(s.base); refused != nil {
			s.wire.set(0, refused)
			class = classTLS
		} else if class == classUnreachable && s.target.greets(s.base) {
			class = classProtocol
		}
	}
	return &failure{class: class, reason: s.sentence(class, err)}
}

var partialRE = regexp.MustCompile(`OTLP partial success: (.*) \((\d+) (?:metric data points|spans) rejected\)`)

func (s sender) classify(err error) string {
	if partialRE.MatchString(err.Error()) {
		return classPartial
	}
	code, refused := s.wire.last()
	if code != 0 {
		return ofHTTP(code)
	}
	text := err.Error()
	switch {
	case contains(text, "remote error: tls"), isTLS(refused) && !contains(text, "while dialing", "name resolver"):
		return classTLS
	case contains(text, "server preface", "malformed HTTP", "server gave HTTP response to HTTPS client", "first record does not look like a TLS handshake"):
		return classProtocol
	}
	if st, ok := status.FromError(err); ok {
		return ofGRPC(st)
	}
	var dial *net.OpError
	if errors.Is(refused, context.DeadlineExceeded) && (!errors.As(refused, &dial) || dial.Op != "dial") {
		return classTimeout
	}
	return classUnreachable
}

func ofHTTP(code int) string {
	switch code {
	case http.StatusUnauthorized, http.StatusProxyAuthRequired:
		return classUnauthenticated
	case http.StatusForbidden:
		return classForbidden
	case http.StatusNotFound, http.StatusMethodNotAllowed, http.StatusNotImplemented:
		return classNotFound
	case http.StatusUnsupportedMediaType, http.StatusHTTPVersionNotSupported:
		return classProtocol
	case http.StatusRequestEntityTooLarge:
		return classTooLarge
	case http.StatusTooManyRequests, http.StatusBadGateway, http.StatusServiceUnavailable, http.StatusGatewayTimeout:
		return classOverloaded
	}
	return classRejected
}

func ofGRPC(st *status.Status) string {
	text := st.Message()
	switch st.Code() {
	case codes.Unauthenticated:
		return classUnauthenticated
	case codes.PermissionDenied:
		return classForbidden
	case codes.Unimplemented:
		return classNotFound
	case codes.ResourceExhausted:
		if strings.Contains(text, "larger than max") {
			return classTooLarge
		}
		return classOverloaded
	case codes.DeadlineExceeded:
		return classTimeout
	case codes.Unavailable:
		if contains(text, "connection error", "name resolver error", "error reading from server", "connection is", "transport", " tcp ", "EOF") {
			return classUnreachable
		}
		return classOverloaded
	case codes.Canceled, codes.Aborted, codes.OutOfRange, codes.DataLoss:
		return classOverloaded
	}
	return classRejected
}

// isTLS tells whether one side did not take the other's certificate. What the
// other side says is of a type that crypto/tls keeps to itself.
func isTLS(err error) bool {
	var cert *tls.CertificateVerificationError
	var said *net.OpError
	return errors.As(err, &cert) || errors.As(err, &said) && said.Op == "remote error"
}

func contains(text string, any ...string) bool {
	return slices.ContainsFunc(any, func(s string) bool { return strings.Contains(text, s) })
}

func (s sender) sentence(class string, err error) string {
	to, what := s.target.url.Host, "siffrorna"
	if s.signal.name == "traces" {
		what = "spåren"
	}
	switch class {
	case classUnreachable:
		return fmt.Sprintf("Mottagaren %s går inte att nå.", to)
	case classTimeout:
		return fmt.Sprintf("Mottagaren %s svarade inte inom %s.", to, s.target.Timeout)
	case classTLS:
		_, refused := s.wire.last()
		return s.certificate(to, refused)
	case classUnauthenticated:
		return fmt.Sprintf("Mottagaren %s godtar inte inloggningen; se otlp.headers.", to)
	case classForbidden:
		return fmt.Sprintf("Mottagaren %s låter oss inte lämna %s; se behörigheten bakom otlp.headers.", to, what)
	case classNotFound:
		return fmt.Sprintf("Mottagaren %s tar inte emot %s på den adressen; se otlp.endpoint och otlp.protocol.", to, what)
	case classProtocol:
		return fmt.Sprintf("Det som svarar på %s talar inte OTLP så som otlp.endpoint och otlp.protocol säger; 4317 är oftast grpc och 4318 http.", to)
	case classTooLarge:
		return fmt.Sprintf("Mottagaren %s tar inte emot så mycket på en gång; höj dess gräns till 4 MB.", to)
	case classOverloaded:
		return fmt.Sprintf("Mottagaren %s hinner inte med just nu.", to)
	case classPartial:
		m := partialRE.FindStringSubmatch(err.Error())
		return fmt.Sprintf("Mottagaren %s avvisade %s delar: %s", to, m[2], s.said(m[1]))
	}
	return fmt.Sprintf("Mottagaren %s avvisade %s: %s", to, what, s.said(err.Error()))
}

// certificate words why no encrypted connection came about.
func (s sender) certificate(to string, err error) string {
	var unknown x509.UnknownAuthorityError
	var name x509.HostnameError
	var invalid x509.CertificateInvalidError
	switch {
	case errors.As(err, &unknown):
		return fmt.Sprintf("Certifikatet för %s är utfärdat av någon som vi inte litar på; ange utfärdaren i otlp.tls.ca.", to)
	case errors.As(err, &name):
		return fmt.Sprintf("Certifikatet på %s bär ett annat namn; ange det i otlp.tls.server_name om det är rätt.", to)
	case errors.As(err, &invalid) && invalid.Reason == x509.Expired:
		return fmt.Sprintf("Certifikatet för %s har gått ut eller gäller inte än.", to)
	case errors.As(err, &invalid):
		return fmt.Sprintf("Certifikatet för %s går inte att använda.", to)
	}
	return fmt.Sprintf("Mottagaren %s godtar inte vårt certifikat; se otlp.tls.cert.", to)
}

const longestSaid = 200

// said is what the receiver said, without our secrets and not too long.
func (s sender) said(text string) string {
	for _, secret := range s.target.Headers {
		if secret != "" {
			text = strings.ReplaceAll(text, secret, "(hidden)")
		}
	}
	text = strings.ToValidUTF8(strings.Join(strings.Fields(text), " "), "?")
	if r := []rune(text); len(r) > longestSaid {
		text = string(r[:longestSaid]) + "…"
	}
	return text
}
