package config

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"net"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"sort"
	"strings"

	"github.com/goccy/go-yaml"

	"github.com/kommunpuls/kommunpuls/internal/yamlfault"
)

// ErrInvalid is wrapped by every error that the person who wrote the file can mend.
var ErrInvalid = errors.New("konfigurationen går inte att använda")

// Fault is one fault and where it is.
type Fault struct {
	File, Field, Message string
}

func (f Fault) Error() string {
	if f.Field == "" {
		return f.File + ": " + f.Message
	}
	return f.File + ": " + f.Field + ": " + f.Message
}

// Load reads, checks and completes a configuration. The error joins every
// fault found, each as "file: field: message", and wraps ErrInvalid.
func Load(path string) (*Config, error) {
	b, err := os.ReadFile(path)
	if err != nil {
		if errors.Is(err, fs.ErrNotExist) {
			err = Fault{File: path, Message: "filen finns inte; gör den med kommunpuls init, eller säg med --config var den är"}
		}
		return nil, fmt.Errorf("%w: %w", ErrInvalid, err)
	}
	c := &Config{Path: path}
	if err := yaml.UnmarshalWithOptions(b, c, yaml.Strict()); err != nil {
		return nil, fmt.Errorf("%w: %w", ErrInvalid, Fault{File: path, Message: yamlfault.Text(err, fields()...)})
	}
	c.setDefaults()
	v := validator{file: path, dir: filepath.Dir(path)}
	v.check(c)
	if len(v.faults) > 0 {
		return nil, errors.Join(append([]error{ErrInvalid}, v.faults...)...)
	}
	return c, nil
}

// Dir is the folder that relative names start from.
func (c *Config) Dir() string { return filepath.Dir(c.Path) }

// Rel resolves a name against the configuration's folder.
func (c *Config) Rel(name string) string {
	if filepath.IsAbs(name) {
		return name
	}
	return filepath.Join(c.Dir(), name)
}

type validator struct {
	file, dir string
	faults    []error
}

func (v *validator) fault(field, format string, args ...any) {
	v.faults = append(v.faults, Fault{File: v.file, Field: field, Message: fmt.Sprintf(format, args...)})
}

var codeRE = regexp.MustCompile(`^[0-9]{4}$`)

var nameRE = regexp.MustCompile(`^[a-z][a-z0-9_-]{0,62}$`)

func (v *validator) check(c *Config) {
	if strings.TrimSpace(c.Municipality) == "" {
		v.fault("municipality", "måste anges: namnet som står på rapporterna")
	}
	v.checkListen(c.Listen)
	v.checkPublicURL(c)
	v.checkAlerts(&c.Alerts)
	v.checkAccess(c)
	v.secret("pseudonym_key", &c.PseudonymKey, true)
	if l := len(c.PseudonymKey.value); l > 0 && l < 32 {
		v.fault("pseudonym_key", "ska ha minst 32 tecken, har %d", l)
	}
	v.secret("previous_pseudonym_key", &c.PreviousPseudonymKey, false)
	switch l := len(c.PreviousPseudonymKey.value); {
	case l > 0 && l < 32:
		v.fault("previous_pseudonym_key", "ska ha minst 32 tecken, har %d", l)
	case l > 0 && c.PreviousPseudonymKey.value == c.PseudonymKey.value:
		v.fault("previous_pseudonym_key", "är samma nyckel som pseudonym_key; ta bort den när bytet är klart")
	}
	v.secret("api_token", &c.APIToken, false)
	if c.APIToken.ref != "" && c.APIToken.value != "" && len(c.APIToken.value) < 16 {
		v.fault("api_token", "ska ha minst 16 tecken, har %d", len(c.APIToken.value))
	}
	v.checkSnapshot(c)
	for name, p := range c.Plugins {
		field := "plugins." + name
		if !nameRE.MatchString(name) {
			v.fault(field, "ett namn får bara ha små bokstäver a–z, siffror, - och _")
		}
		if p.Path == "" {
			v.fault(field+".path", "måste anges")
		}
		if !regexp.MustCompile(`^[0-9a-f]{64}$`).MatchString(p.SHA256) {
			v.fault(field+".sha256", "ska vara 64 hexadecimala siffror: filens sha256sum")
		}
	}
	v.checkMailServer(c.Mail)
	v.checkReports(c)
	v.checkNotify(c.Notify)
	v.checkOTLP(c.OTLP)
	v.checkGrafana(c.Grafana)
	v.checkOpenData(c.OpenData)
	v.checkExchange(c)
	v.checkPrivacy(&c.Privacy)
	seen := map[string]bool{}
	for i := range c.Sources {
		v.checkSource(&c.Sources[i], i, seen)
	}
}

func (v *validator) checkListen(addr string) {
	host, _, err := net.SplitHostPort(addr)
	if err != nil {
		v.fault("listen", "%q är inte värd:port", addr)
		return
	}
	if host == "" {
		v.fault("listen", "%q lyssnar på alla adresser; ange en, 127.0.0.1 om du är osäker", addr)
	}
}

// checkPublicURL wants the root of a site, without a slash at the end. Its
// host is then one that requests may carry.
func (v *validator) checkPublicURL(c *Config) {
	if c.PublicURL == "" {
		return
	}
	u, err := url.Parse(c.PublicURL)
	if err != nil || u.Scheme != "https" && u.Scheme != "http" || u.Hostname() == "" || u.User != nil || strings.Trim(u.Path, "/") != "" || u.RawQuery != "" || u.Fragment != "" {
		v.fault("public_url", "%q är ingen adress till en webbplats; skriv till exempel https://kommunpuls.kommunen.se", c.PublicURL)
		return
	}
	c.PublicURL = u.Scheme + "://" + u.Host
	if !slices.Contains(c.Hosts, u.Hostname()) {
		c.Hosts = append(c.Hosts, u.Hostname())
	}
}

// checkName checks the name of one of a list and returns the field that
// faults of that one are told under.
func (v *validator) checkName(list string, i int, name string, seen map[string]bool) string {
	field := fmt.Sprintf("%s[%d]", list, i)
	if name != "" {
		field = list + "." + name
	}
	switch {
	case !nameRE.MatchString(name):
		v.fault(field+".name", "ett namn får bara ha små bokstäver a–z, siffror, - och _, och börjar med en bokstav; fick %q", name)
	case seen[name]:
		v.fault(field+".name", "används två gånger")
	}
	seen[name] = true
	return field
}

func (v *validator) checkSource(s *Source, i int, seen map[string]bool) {
	field := v.checkName("sources", i, s.Name, seen)
	if s.Type == "" {
		v.fault(field+".type", "måste anges: table, ldap eller ett namn under plugins")
	}
	for j, b := range s.SeriesBreak {
		if b.On.IsZero() || strings.TrimSpace(b.Reason) == "" {
			v.fault(fmt.Sprintf("%s.series_break[%d]", field, j), "både on (dagen) och reason (skälet) måste anges")
		}
	}
	if s.Settings == nil {
		s.Settings = map[string]any{}
	}
	filled := v.fill(field+".settings", s.Settings)
	b, err := json.Marshal(filled)
	if err != nil {
		v.fault(field+".settings", "%v", err)
		return
	}
	s.JSON = b
}

var (
	refRE    = regexp.MustCompile(`^\$\{(env|file):([^}]+)\}$`)
	secretRE = regexp.MustCompile(`(?i)(^|_)(password|passwd|secret|token|api_key|key_password|community)$`)
)

func (v *validator) secret(field string, s *Secret, required bool) {
	if s.ref == "" {
		if required {
			v.fault(field, "måste anges, som ${env:NAMN} eller ${file:sökväg}")
		}
		return
	}
	if !refRE.MatchString(s.ref) {
		v.fault(field, "en hemlighet står aldrig i själva filen; skriv ${env:NAMN} eller ${file:sökväg}")
		return
	}
	s.value = v.resolve(field, s.ref)
}

// fill returns settings with references resolved, and refuses secrets in clear.
func (v *validator) fill(field string, in any) any {
	switch x := in.(type) {
	case map[string]any:
		out := make(map[string]any, len(x))
		keys := make([]string, 0, len(x))
		for k := range x {
			keys = append(keys, k)
		}
		sort.Strings(keys)
		for _, k := range keys {
			s, isText := x[k].(string)
			if isText && s != "" && secretRE.MatchString(k) && !refRE.MatchString(s) {
				v.fault(field+"."+k, "en hemlighet står aldrig i själva filen; skriv ${env:NAMN} eller ${file:sökväg}")
				continue
			}
			out[k] = v.fill(field+"."+k, x[k])
		}
		return out
	case []any:
		out := make([]any, len(x))
		for i := range x {
			out[i] = v.fill(fmt.Sprintf("%s[%d]", field, i), x[i])
		}
		return out
	case string:
		if refRE.MatchString(x) {
			return v.resolve(field, x)
		}
		return x
	default:
		return in
	}
}

func (v *validator) resolve(field, ref string) string {
	m := refRE.FindStringSubmatch(ref)
	if m[1] == "env" {
		val, ok := os.LookupEnv(m[2])
		if !ok || val == "" {
			v.fault(field, "miljövariabeln %s är inte satt", m[2])
		}
		return val
	}
	name := m[2]
	if !filepath.IsAbs(name) {
		name = filepath.Join(v.dir, name)
	}
	b, err := os.ReadFile(name)
	if err != nil {
		v.fault(field, "%s går inte att läsa: %v", m[2], errors.Unwrap(err))
		return ""
	}
	val := strings.TrimRight(string(b), "\r\n")
	if val == "" {
		v.fault(field, "%s är tom", m[2])
	}
	return val
}
