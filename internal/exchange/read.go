package exchange

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"
	"regexp"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/santhosh-tekuri/jsonschema/v6"
)

// MaxSize is how large a file may be, in bytes, and maxFigures how many figures
// it may hold.
const (
	MaxSize    = 8 << 20
	maxFigures = 20_000
)

// maxFaults is how many faults of one file are told.
const maxFaults = 20

// ErrUnfit is wrapped by every fault of a file.
var ErrUnfit = errors.New("utbytesfilen går inte att använda")

// Reader says what a file is read for.
type Reader struct {
	Now time.Time
	// Demo takes made-up figures too.
	Demo bool
}

// Read reads a file whole and checks every part of it. The error holds every
// fault found, each as "name: place: message", and wraps ErrUnfit.
func (r Reader) Read(name string, in io.Reader) (Content, error) {
	var c Content
	check := checker{name: name}
	b, err := io.ReadAll(io.LimitReader(in, MaxSize+1))
	if err != nil {
		return c, fmt.Errorf("%s: %w", name, err)
	}
	if len(b) > MaxSize {
		check.fault("", "filen är större än %d MB och läses inte", MaxSize>>20)
		return c, check.err()
	}
	c = check.decode(b)
	if len(check.faults) == 0 {
		check.content(&c, r)
	}
	if len(check.faults) == 0 {
		check.schema(b)
	}
	if len(check.faults) > 0 {
		return Content{}, check.err()
	}
	return c, nil
}

// checker gathers the faults of one file.
type checker struct {
	name   string
	faults []error
	more   int
}

func (c *checker) fault(at, format string, args ...any) {
	if len(c.faults) >= maxFaults {
		c.more++
		return
	}
	said := fmt.Sprintf(format, args...)
	if at != "" {
		said = at + ": " + said
	}
	c.faults = append(c.faults, errors.New(c.name+": "+said))
}

func (c *checker) err() error {
	errs := append([]error{ErrUnfit}, c.faults...)
	if c.more > 0 {
		errs = append(errs, fmt.Errorf("%s: och %d fel till", c.name, c.more))
	}
	return errors.Join(errs...)
}

// decode reads the JSON, strictly, and checks the sum.
func (c *checker) decode(b []byte) (out Content) {
	if !utf8.Valid(b) {
		c.fault("", "är inte skriven i UTF-8")
		return out
	}
	var f File
	if !c.unmarshal("", b, &f) {
		return out
	}
	switch {
	case f.Format != Format:
		c.fault("format", "ska vara %q; det här är ingen utbytesfil från kommunpuls", Format)
		return out
	case f.Version != Version:
		c.fault("version", "är %d, men den här kommunpuls läser version %d", f.Version, Version)
		return out
	case len(f.Content) == 0:
		c.fault("content", "saknas")
		return out
	}
	var plain bytes.Buffer
	if err := json.Compact(&plain, f.Content); err != nil {
		c.fault("content", "går inte att tolka")
		return out
	}
	sum := sha256.Sum256(plain.Bytes())
	if f.SHA256 != hex.EncodeToString(sum[:]) {
		c.fault("sha256", "stämmer inte med innehållet: filen är ändrad eller skadad på vägen")
		return out
	}
	c.unmarshal("content", f.Content, &out)
	return out
}

// unmarshal reads strictly, one value and nothing after it.
func (c *checker) unmarshal(at string, b []byte, into any) bool {
	d := json.NewDecoder(bytes.NewReader(b))
	d.DisallowUnknownFields()
	err := d.Decode(into)
	if err == nil {
		if _, err := d.Token(); !errors.Is(err, io.EOF) {
			c.fault(at, "det står något mer efter slutet")
			return false
		}
		return true
	}
	var syntax *json.SyntaxError
	var kind *json.UnmarshalTypeError
	switch {
	case errors.As(err, &syntax):
		c.fault(at, "rad %d är ingen giltig JSON", line(b, syntax.Offset))
	case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF):
		c.fault(at, "filen är avkortad")
	case errors.As(err, &kind):
		where := kind.Field
		if at != "" {
			where = at + "." + where
		}
		c.fault(where, "har ett värde av fel slag (%s)", kind.Value)
	case strings.Contains(err.Error(), "unknown field"): // which, is a stranger's word
		c.fault(at, "har ett fält som ingen utbytesfil har")
	default:
		c.fault(at, "går inte att tolka")
	}
	return false
}

func line(b []byte, offset int64) int {
	return 1 + bytes.Count(b[:min(int(offset), len(b))], []byte("\n"))
}

var (
	codeRE   = regexp.MustCompile(`^[0-9]{4}$`)
	nameRE   = regexp.MustCompile(`^[\p{Latin}0-9][\p{Latin}0-9 ().,'&/-]{0,79}$`)
	idRE     = regexp.MustCompile(`^[a-z][a-z0-9_]{0,79}$`)
	methodRE = regexp.MustCompile(`^[0-9]{1,4}-[0-9a-f]{16}$`)
)

func units() []string {
	return []string{"share", "count", "seconds", "sek", "ratio", "months", "score", "index", "per_hundred"}
}

// clockSlack is how far another machine's clock may be ahead.
const clockSlack = time.Hour

// content checks what the file says.
func (c *checker) content(x *Content, r Reader) {
	m := x.Municipality
	if !codeRE.MatchString(m.Code) {
		c.fault("content.municipality.code", "ska vara kommunkoden, fyra siffror")
	}
	if !nameRE.MatchString(m.Name) {
		c.fault("content.municipality.name", "ska vara 1–80 latinska bokstäver, siffror och vanliga skiljetecken")
	}
	if m.Inhabitants < 0 || m.Employees < 0 {
		c.fault("content.municipality", "antal kan inte vara negativa")
	}
	switch {
	case x.Made.IsZero():
		c.fault("content.made", "saknas: när filen gjordes")
	case x.Made.After(r.Now.Add(clockSlack)):
		c.fault("content.made", "%s ligger i framtiden", x.Made.Format(time.DateOnly))
	}
	if x.Demo && !r.Demo {
		c.fault("content.demo", "filen har påhittade siffror och läses bara i en demo")
	}
	if len(x.Figures) > maxFigures {
		c.fault("content.figures", "har %d siffror, högst %d läses", len(x.Figures), maxFigures)
		return
	}
	seen := map[string]bool{}
	for i := range x.Figures {
		f := &x.Figures[i]
		at := fmt.Sprintf("content.figures[%d]", i)
		c.figure(at, f)
		if f.AsOf.After(x.Made) {
			c.fault(at+".as_of", "%s ligger efter det att filen gjordes", f.AsOf.Format(time.DateOnly))
		}
		key := f.KPI + "|" + f.AsOf.UTC().Format(time.RFC3339)
		if seen[key] {
			c.fault(at, "%s för %s står två gånger", f.KPI, f.AsOf.Format(time.DateOnly))
		}
		seen[key] = true
	}
}

func (c *checker) figure(at string, f *Figure) {
	if !idRE.MatchString(f.KPI) {
		c.fault(at+".kpi", "är inget id: %s", strange(f.KPI))
	}
	if !methodRE.MatchString(f.Method) {
		c.fault(at+".method", "ska vara metodens version och summa, till exempel 1-0123456789abcdef")
	}
	if !slices.Contains(units(), f.Unit) {
		c.fault(at+".unit", "är okänd")
	}
	if f.AsOf.IsZero() {
		c.fault(at+".as_of", "saknas")
	}
	if f.Value < 0 && slices.Contains([]string{"share", "count", "seconds"}, f.Unit) {
		c.fault(at+".value", "är negativt")
	}
	if f.Numerator != nil && *f.Numerator < 0 {
		c.fault(at+".numerator", "är negativ")
	}
	if f.Denominator != nil && *f.Denominator < 0 {
		c.fault(at+".denominator", "är negativ")
	}
	if f.Unit == "share" && f.Numerator != nil && f.Denominator != nil && !Consistent(f.Value, *f.Numerator, *f.Denominator) {
		c.fault(at+".value", "stämmer inte med täljare och nämnare")
	}
}

// Consistent tells whether a share is its numerator by its denominator.
func Consistent(value, numerator, denominator float64) bool {
	return denominator > 0 && math.Abs(value-numerator/denominator) <= 1e-9*max(1, math.Abs(value))
}

// strange says which character of an id does not belong: letters of other
// alphabets look like ours.
func strange(id string) string {
	if id == "" || len(id) > 80 {
		return "ett id har 1–80 tecken"
	}
	for i, r := range id {
		if r > '~' || r < ' ' {
			return fmt.Sprintf("tecknet på plats %d är U+%04X, som inte är en bokstav a–z", i+1, r)
		}
	}
	return "ett id har små bokstäver a–z, siffror och _"
}

// schema checks the file against its schema: the last net.
func (c *checker) schema(b []byte) {
	doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(schemaJSON))
	if err != nil {
		c.fault("", "schemat går inte att läsa: %v", err)
		return
	}
	compiler := jsonschema.NewCompiler()
	compiler.AssertFormat()
	if err := compiler.AddResource("exchange.json", doc); err != nil {
		c.fault("", "schemat går inte att läsa: %v", err)
		return
	}
	s, err := compiler.Compile("exchange.json")
	if err != nil {
		c.fault("", "schemat går inte att läsa: %v", err)
		return
	}
	v, err := jsonschema.UnmarshalJSON(bytes.NewReader(b))
	if err != nil {
		c.fault("", "går inte att tolka")
		return
	}
	var invalid *jsonschema.ValidationError
	if err := s.Validate(v); errors.As(err, &invalid) {
		for _, leaf := range leaves(invalid) {
			c.fault(pointer(leaf.InstanceLocation), "stämmer inte med utbytesfilens schema")
		}
	}
}

func leaves(e *jsonschema.ValidationError) []*jsonschema.ValidationError {
	if len(e.Causes) == 0 {
		return []*jsonschema.ValidationError{e}
	}
	var out []*jsonschema.ValidationError
	for _, x := range e.Causes {
		out = append(out, leaves(x)...)
	}
	return out
}

func pointer(parts []string) string {
	out := ""
	for i, p := range parts {
		switch _, err := fmt.Sscanf(p, "%d", new(int)); {
		case err == nil:
			out += "[" + p + "]"
		case i == 0:
			out = p
		default:
			out += "." + p
		}
	}
	return out
}
