package config

import (
	"bytes"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"maps"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"time"
)

// OTLP sends the figures of /metrics, and traces of collections, to an
// OpenTelemetry collector.
type OTLP struct {
	Endpoint string            `yaml:"endpoint" json:"endpoint" jsonschema:"required,description=Where the collector listens,examples=https://otel.kommunen.se:4317"`
	Protocol string            `yaml:"protocol" json:"protocol,omitempty" jsonschema:"enum=grpc,enum=http,default=grpc,description=With http /v1/metrics and /v1/traces are added to the endpoint"`
	Insecure bool              `yaml:"insecure" json:"insecure,omitempty" jsonschema:"description=Allows http:// that anyone on the way can read"`
	Headers  map[string]Secret `yaml:"headers" json:"headers,omitempty" jsonschema:"description=Headers of every request such as Authorization; each a reference to a secret"`
	TLS      ClientTLS         `yaml:"tls" json:"tls,omitempty"`
	Interval Duration          `yaml:"interval" json:"interval,omitempty" jsonschema:"default=1m,description=How often the figures are sent"`
	Timeout  Duration          `yaml:"timeout" json:"timeout,omitempty" jsonschema:"default=10s,description=How long one request may take with its retries"`
	Traces   bool              `yaml:"traces" json:"traces,omitempty" jsonschema:"description=Sends one trace for each collection too"`
	Probes   bool              `yaml:"probes" json:"probes,omitempty" jsonschema:"description=Sends what /metrics/probes shows too: one target a row"`
	Resource map[string]string `yaml:"resource" json:"resource,omitempty" jsonschema:"description=More attributes of the resource such as deployment.environment.name"`
}

// ClientTLS is how a client checks a server and shows who it is itself.
type ClientTLS struct {
	CA         string `yaml:"ca" json:"ca,omitempty" jsonschema:"description=File with the certificates of who issued the server's; empty is the machine's own"`
	Cert       string `yaml:"cert" json:"cert,omitempty" jsonschema:"description=File with the client certificate"`
	Key        string `yaml:"key" json:"key,omitempty" jsonschema:"description=File with its key"`
	ServerName string `yaml:"server_name" json:"server_name,omitempty" jsonschema:"description=Name that the server's certificate bears when it is not that of the endpoint"`

	// CAPEM, CertPEM and KeyPEM are the files' contents as Load read them.
	CAPEM, CertPEM, KeyPEM []byte `yaml:"-" json:"-"`
}

// Defaults of otlp.
const (
	DefaultOTLPInterval = time.Minute
	DefaultOTLPTimeout  = 10 * time.Second
)

func (o *OTLP) setDefaults() {
	if o == nil {
		return
	}
	if o.Protocol == "" {
		o.Protocol = "grpc"
	}
	if o.Interval == 0 {
		o.Interval = Duration(DefaultOTLPInterval)
	}
	if o.Timeout == 0 {
		o.Timeout = Duration(min(DefaultOTLPTimeout, o.Interval.Std()))
	}
}

func (v *validator) checkOTLP(o *OTLP) {
	if o == nil {
		return
	}
	v.checkOTLPEndpoint(o)
	v.checkOTLPTimes(o)
	v.checkHeaders("otlp.headers", o.Headers)
	v.clientTLS("otlp.tls", &o.TLS)
	for _, k := range slices.Sorted(maps.Keys(o.Resource)) {
		switch {
		case k == "service.name" || k == "service.version":
			v.fault("otlp.resource."+k, "sätts av kommunpuls")
		case !resourceRE.MatchString(k) || o.Resource[k] == "":
			v.fault("otlp.resource."+k, "ett namn har små bokstäver a–z, siffror, punkt och _, och ett värde; till exempel deployment.environment.name: produktion")
		}
	}
}

var resourceRE = regexp.MustCompile(`^[a-z][a-z0-9_]*(\.[a-z0-9_]+)*$`)

func (v *validator) checkOTLPEndpoint(o *OTLP) {
	const field = "otlp.endpoint"
	if o.Protocol != "grpc" && o.Protocol != "http" {
		v.fault("otlp.protocol", "%q finns inte; välj grpc eller http", o.Protocol)
	}
	if o.Endpoint == "" {
		v.fault(field, "måste anges, till exempel https://otel.kommunen.se:4317")
		return
	}
	u, err := url.Parse(o.Endpoint)
	if err != nil || u.Scheme != "https" && u.Scheme != "http" || u.Hostname() == "" || u.RawQuery != "" || u.Fragment != "" {
		v.fault(field, "%q är ingen adress; skriv till exempel https://otel.kommunen.se:4317", o.Endpoint)
		return
	}
	switch {
	case u.User != nil:
		v.fault(field, "lösenord står aldrig i adressen; använd headers: {Authorization: ${env:NAMN}}")
	case u.Scheme == "http" && !o.Insecure:
		v.fault(field, "http:// kan läsas av alla på vägen; skriv https://, eller insecure: true om det är meningen")
	case u.Scheme == "https" && o.Insecure:
		v.fault("otlp.insecure", "säger emot https:// i endpoint; ta bort den")
	case o.Protocol == "grpc" && strings.Trim(u.Path, "/") != "":
		v.fault(field, "grpc har ingen sökväg; ta bort %q, eller välj protocol: http", u.Path)
	case o.Protocol == "grpc" && u.Port() == "":
		v.fault(field, "porten saknas; för grpc är den oftast 4317")
	case strings.HasSuffix(u.Path, "/v1/metrics") || strings.HasSuffix(u.Path, "/v1/traces"):
		v.fault(field, "sluta före /v1/…, som läggs till för varje slag")
	}
	o.Endpoint = strings.TrimRight(o.Endpoint, "/")
}

func (v *validator) checkOTLPTimes(o *OTLP) {
	if d := o.Interval.Std(); d < time.Second || d > time.Hour {
		v.fault("otlp.interval", "%s går inte; välj mellan 1s och 1h", d)
	}
	if d := o.Timeout.Std(); d < 100*time.Millisecond || d > o.Interval.Std() {
		v.fault("otlp.timeout", "%s går inte; välj mellan 100ms och interval (%s)", d, o.Interval.Std())
	}
}

var headerRE = regexp.MustCompile(`^[A-Za-z][A-Za-z0-9-]*$`)

// checkHeaders resolves the headers of a client: their values are secrets.
func (v *validator) checkHeaders(field string, headers map[string]Secret) {
	taken := []string{"content-type", "content-encoding", "content-length", "host", "user-agent", "te"}
	for _, k := range slices.Sorted(maps.Keys(headers)) {
		low := strings.ToLower(k)
		if !headerRE.MatchString(k) || slices.Contains(taken, low) || strings.HasPrefix(low, "grpc-") || strings.HasSuffix(low, "-bin") {
			v.fault(field+"."+k, "går inte att sätta")
			continue
		}
		s := headers[k]
		v.secret(field+"."+k, &s, true)
		if strings.ContainsAny(s.value, "\r\n\x00") {
			v.fault(field+"."+k, "värdet ska stå på en rad")
		}
		headers[k] = s
	}
}

// clientTLS reads the files of a client's certificates.
func (v *validator) clientTLS(field string, t *ClientTLS) {
	t.CAPEM = v.pem(field+".ca", t.CA)
	if t.CAPEM != nil && !x509.NewCertPool().AppendCertsFromPEM(t.CAPEM) {
		v.fault(field+".ca", "%s har inget certifikat i PEM-form", t.CA)
	}
	if (t.Cert == "") != (t.Key == "") {
		v.fault(field, "cert och key hör ihop; ange båda")
		return
	}
	t.CertPEM, t.KeyPEM = v.pem(field+".cert", t.Cert), v.pem(field+".key", t.Key)
	if t.CertPEM == nil || t.KeyPEM == nil {
		return
	}
	if _, err := tls.X509KeyPair(t.CertPEM, t.KeyPEM); err != nil {
		v.fault(field+".cert", "%s och %s går inte att använda ihop: %v", t.Cert, t.Key, err)
	}
}

func (v *validator) pem(field, name string) []byte {
	if name == "" {
		return nil
	}
	path := name
	if !filepath.IsAbs(path) {
		path = filepath.Join(v.dir, path)
	}
	b, err := os.ReadFile(path)
	if err != nil {
		v.fault(field, "%s går inte att läsa: %v", name, errors.Unwrap(err))
		return nil
	}
	if b = bytes.TrimSpace(b); len(b) == 0 {
		v.fault(field, "%s är tom", name)
		return nil
	}
	return b
}
