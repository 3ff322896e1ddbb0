package exchange_test

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"strings"
	"testing"
	"time"

	"github.com/kommunpuls/kommunpuls/internal/exchange"
)

func now() time.Time { return time.Date(2026, 11, 21, 12, 0, 0, 0, time.UTC) }

func p(v float64) *float64 { return &v }

func good() exchange.Content {
	return exchange.Content{
		Municipality: exchange.Municipality{Code: "9991", Name: "Exempelköping (demo)", Inhabitants: 40_000, Employees: 3_000},
		Made:         now().Add(-time.Hour), Program: "1.0",
		Figures: []exchange.Figure{
			{KPI: "system_owner_coverage", Method: "1-0123456789abcdef", Unit: "share", AsOf: now().AddDate(0, -1, 0), Value: 0.5, Numerator: p(50), Denominator: p(100)},
			{KPI: "eservice_count", Method: "1-0123456789abcdef", Unit: "count", AsOf: now().AddDate(0, -1, 0), Value: 61},
		},
	}
}

func write(t testing.TB, c exchange.Content) string {
	t.Helper()
	var b bytes.Buffer
	if err := exchange.Write(&b, c); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func read(s string) (exchange.Content, error) {
	return exchange.Reader{Now: now()}.Read("granne.json", strings.NewReader(s))
}

func TestWhatIsWrittenIsReadAndWrittenTheSame(t *testing.T) {
	text := write(t, good())
	got, err := read(text)
	if err != nil {
		t.Fatal(err)
	}
	if again := write(t, got); again != text {
		t.Errorf("got\n%s\nwant\n%s", again, text)
	}
	if got.Municipality.Name != "Exempelköping (demo)" || *got.Figures[0].Numerator != 50 || !got.Made.Equal(good().Made) {
		t.Errorf("got %+v", got)
	}
}

// The sum can be had with other tools: it is that of the content without white space.
func TestTheSumIsOfTheContentWithoutWhiteSpace(t *testing.T) {
	var f struct {
		SHA256  string          `json:"sha256"`
		Content json.RawMessage `json:"content"`
		Schema  json.RawMessage `json:"schema"`
	}
	if err := json.Unmarshal([]byte(write(t, good())), &f); err != nil {
		t.Fatal(err)
	}
	var b bytes.Buffer
	if err := json.Compact(&b, f.Content); err != nil {
		t.Fatal(err)
	}
	if sum := sha256.Sum256(b.Bytes()); hex.EncodeToString(sum[:]) != f.SHA256 {
		t.Errorf("sum %x, file says %s", sum, f.SHA256)
	}
	var inFile, own any
	if json.Unmarshal(f.Schema, &inFile) != nil || json.Unmarshal(exchange.Schema(), &own) != nil || fmt.Sprint(inFile) != fmt.Sprint(own) {
		t.Error("the schema in the file is another")
	}
}

// sealed writes a content that exchange.Write would not, with its right sum.
func sealed(t *testing.T, content string) string {
	t.Helper()
	var b bytes.Buffer
	if err := json.Compact(&b, []byte(content)); err != nil {
		t.Fatal(err)
	}
	sum := sha256.Sum256(b.Bytes())
	return `{"format":"kommunpuls-utbyte","version":1,"sha256":"` + hex.EncodeToString(sum[:]) + `","content":` + content + `}`
}

func changed(t *testing.T, change func(*exchange.Content)) string {
	c := good()
	change(&c)
	return write(t, c)
}

func TestABadFileIsRefusedWholeAndTheFaultIsLocated(t *testing.T) {
	text := write(t, good())
	figure := func(change func(*exchange.Figure)) string {
		return changed(t, func(c *exchange.Content) { change(&c.Figures[0]) })
	}
	for name, tc := range map[string]struct{ text, want string }{
		"empty":                         {"", "filen är avkortad"},
		"cut":                           {text[:len(text)/2], "filen är avkortad"},
		"not JSON":                      {strings.Replace(text, `"version": 1`, `"version": NaN`, 1), "rad 3 är ingen giltig JSON"},
		"not UTF-8":                     {strings.Replace(text, "köping", "k\xf6ping", 1), "är inte skriven i UTF-8"},
		"more after it":                 {text + "{}", "det står något mer efter slutet"},
		"another format":                {strings.Replace(text, "kommunpuls-utbyte", "annat", 1), `format: ska vara "kommunpuls-utbyte"`},
		"a newer version":               {strings.Replace(text, `"version": 1`, `"version": 2`, 1), "version: är 2, men den här kommunpuls läser version 1"},
		"changed on its way":            {strings.Replace(text, `"value": 0.5`, `"value": 0.6`, 1), "sha256: stämmer inte med innehållet: filen är ändrad eller skadad på vägen"},
		"an unknown field":              {strings.Replace(text, `"version"`, `"extra": 1, "version"`, 1), "ett fält som ingen utbytesfil har"},
		"too large":                     {strings.Repeat(" ", exchange.MaxSize) + text, "filen är större än 8 MB"},
		"a wrong code":                  {changed(t, func(c *exchange.Content) { c.Municipality.Code = "99" }), "content.municipality.code: ska vara kommunkoden, fyra siffror"},
		"a name that turns around":      {changed(t, func(c *exchange.Content) { c.Municipality.Name = "Ex\u202eempel" }), "content.municipality.name: ska vara 1–80 latinska bokstäver"},
		"a name in other letters":       {changed(t, func(c *exchange.Content) { c.Municipality.Name = "Еxempel" }), "content.municipality.name: ska vara 1–80 latinska bokstäver"},
		"made in the future":            {changed(t, func(c *exchange.Content) { c.Made = now().AddDate(0, 0, 2) }), "content.made: 2026-11-23 ligger i framtiden"},
		"of a demo":                     {changed(t, func(c *exchange.Content) { c.Demo = true }), "content.demo: filen har påhittade siffror och läses bara i en demo"},
		"a figure after the file":       {figure(func(f *exchange.Figure) { f.AsOf = now() }), "content.figures[0].as_of: 2026-11-21 ligger efter det att filen gjordes"},
		"a figure twice":                {changed(t, func(c *exchange.Content) { c.Figures = append(c.Figures, c.Figures[0]) }), "content.figures[2]: system_owner_coverage för 2026-10-21 står två gånger"},
		"a letter that looks the same":  {figure(func(f *exchange.Figure) { f.KPI = "system_\u043ewner_coverage" }), "content.figures[0].kpi: är inget id: tecknet på plats 8 är U+043E, som inte är en bokstav a–z"},
		"an id with spaces":             {figure(func(f *exchange.Figure) { f.KPI = "system owner" }), "content.figures[0].kpi: är inget id: ett id har små bokstäver a–z, siffror och _"},
		"a wrong method":                {figure(func(f *exchange.Figure) { f.Method = "1" }), "content.figures[0].method: ska vara metodens version och summa"},
		"an unknown unit":               {figure(func(f *exchange.Figure) { f.Unit = "furlongs" }), "content.figures[0].unit: är okänd"},
		"a negative share":              {figure(func(f *exchange.Figure) { f.Value, f.Numerator = -0.1, nil }), "content.figures[0].value: är negativt"},
		"a negative count":              {figure(func(f *exchange.Figure) { f.Denominator = p(-100) }), "content.figures[0].denominator: är negativ"},
		"a share that is not its parts": {figure(func(f *exchange.Figure) { f.Value = 0.9 }), "content.figures[0].value: stämmer inte med täljare och nämnare"},
		"of nothing":                    {figure(func(f *exchange.Figure) { f.Denominator = p(0) }), "content.figures[0].value: stämmer inte med täljare och nämnare"},
		"not a number": {sealed(t, `{"municipality":{"code":"9991","name":"A"},"made":"2026-11-21T10:00:00Z","program":"x","figures":[{"kpi":"a","method":"1-0123456789abcdef","unit":"count","as_of":"2026-11-01T10:00:00Z","value":"NaN"}]}`),
			"content.figures.value: har ett värde av fel slag (string)"},
		"a number without end": {sealed(t, `{"municipality":{"code":"9991","name":"A"},"made":"2026-11-21T10:00:00Z","program":"x","figures":[{"kpi":"a","method":"1-0123456789abcdef","unit":"count","as_of":"2026-11-01T10:00:00Z","value":1e999}]}`),
			"content.figures.value: har ett värde av fel slag (number 1e999)"},
		"without a value": {sealed(t, `{"municipality":{"code":"9991","name":"A"},"made":"2026-11-21T10:00:00Z","program":"x","figures":[{"kpi":"a","method":"1-0123456789abcdef","unit":"count","as_of":"2026-11-01T10:00:00Z"}]}`),
			"content.figures[0]: stämmer inte med utbytesfilens schema"},
		"too many": {changed(t, func(c *exchange.Content) { c.Figures = make([]exchange.Figure, 20_001) }), "content.figures: har 20001 siffror, högst 20000 läses"},
	} {
		t.Run(name, func(t *testing.T) {
			got, err := read(tc.text)
			if !errors.Is(err, exchange.ErrUnfit) || !strings.Contains(err.Error(), "granne.json: "+tc.want) && !strings.Contains(err.Error(), tc.want) {
				t.Errorf("got %v\nwant %s", err, tc.want)
			}
			if err != nil && !strings.Contains(err.Error(), "granne.json: ") {
				t.Errorf("%v does not name the file", err)
			}
			if got.Figures != nil || got.Municipality.Code != "" {
				t.Errorf("something of it came through: %+v", got)
			}
		})
	}
}

func TestEveryFaultIsToldButNotThousands(t *testing.T) {
	_, err := read(changed(t, func(c *exchange.Content) {
		for i := range 100 {
			c.Figures = append(c.Figures, exchange.Figure{KPI: fmt.Sprintf("Mått %d", i)})
		}
	}))
	if err == nil || strings.Count(err.Error(), "\n") > 22 || !strings.Contains(err.Error(), "fel till") || !strings.Contains(err.Error(), "content.figures[2].method") {
		t.Errorf("got %v", err)
	}
}

func TestADemoReadsMadeUpFiguresAndOthersDoNot(t *testing.T) {
	text := changed(t, func(c *exchange.Content) { c.Demo = true })
	if _, err := (exchange.Reader{Now: now(), Demo: true}).Read("x", strings.NewReader(text)); err != nil {
		t.Error(err)
	}
}

// Whatever the bytes are, nothing panics, and what is read is fit to compare.
func FuzzRead(f *testing.F) {
	f.Add(write(f, good()))
	f.Add(`{"format":"kommunpuls-utbyte","version":1,"sha256":"","content":{}}`)
	f.Fuzz(func(t *testing.T, s string) {
		c, err := read(s)
		if err != nil {
			if c.Figures != nil {
				t.Error("a refused file came through")
			}
			return
		}
		for _, x := range c.Figures {
			if math.IsNaN(x.Value) || math.IsInf(x.Value, 0) || x.AsOf.After(now().Add(time.Hour)) {
				t.Errorf("unfit: %+v", x)
			}
		}
	})
}

// A file is a stranger's: what stands in it is not repeated in what is logged.
func TestAFaultDoesNotQuoteTheFile(t *testing.T) {
	for _, text := range []string{
		strings.Replace(write(t, good()), `"version"`, `"Anna Svensson": 1, "version"`, 1),
		sealed(t, `{"Anna Svensson":1}`), sealed(t, `{"made":"Anna Svensson"}`), sealed(t, `{"municipality":{"code":"Anna Svensson","name":"<Anna Svensson>"}}`),
	} {
		if _, err := read(text); !errors.Is(err, exchange.ErrUnfit) || strings.Contains(err.Error(), "Svensson") {
			t.Errorf("got %v", err)
		}
	}
}
