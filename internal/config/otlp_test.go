package config

import (
	"fmt"
	"strings"
	"testing"
	"time"
)

func TestTheOTLPSectionGetsDefaultsAndKeepsItsSecrets(t *testing.T) {
	t.Setenv("KP_KEY", key)
	t.Setenv("KP_OTLP", "Bearer hemligt-ord")
	c, err := Load(write(t, "k.yaml", `municipality: X
pseudonym_key: ${env:KP_KEY}
otlp:
  endpoint: https://otel.kommunen.se:4317/
  headers: {Authorization: "${env:KP_OTLP}"}
  resource: {deployment.environment.name: produktion}
`))
	if err != nil {
		t.Fatal(err)
	}
	o := c.OTLP
	if o.Endpoint != "https://otel.kommunen.se:4317" || o.Protocol != "grpc" || o.Interval.Std() != time.Minute || o.Timeout.Std() != 10*time.Second || o.Traces {
		t.Errorf("%+v", o)
	}
	if got := o.Headers["Authorization"].Value(); got != "Bearer hemligt-ord" {
		t.Errorf("the secret is not filled in: %q", got)
	}
	if shown := fmt.Sprintf("%+v %#v", *o, *o); strings.Contains(shown, "hemligt-ord") {
		t.Errorf("a secret is printed: %s", shown)
	}
}

func TestWithoutTheSectionNothingIsSent(t *testing.T) {
	t.Setenv("KP_KEY", key)
	c, err := Load(write(t, "k.yaml", "municipality: X\npseudonym_key: ${env:KP_KEY}\n"))
	if err != nil || c.OTLP != nil {
		t.Errorf("%v %+v", err, c.OTLP)
	}
}

func TestAShortIntervalShortensTheTimeout(t *testing.T) {
	t.Setenv("KP_KEY", key)
	c, err := Load(write(t, "k.yaml", "municipality: X\npseudonym_key: ${env:KP_KEY}\notlp: {endpoint: 'http://localhost:4318', protocol: http, insecure: true, interval: 5s}\n"))
	if err != nil {
		t.Fatal(err)
	}
	if got := c.OTLP.Timeout.Std(); got != 5*time.Second {
		t.Errorf("timeout %v", got)
	}
}
