package config

import (
	"bytes"
	"errors"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/goccy/go-yaml"
	"github.com/santhosh-tekuri/jsonschema/v6"
)

var update = flag.Bool("update", false, "rewrite golden files")

const key = "0123456789abcdef0123456789abcdef"

func write(t *testing.T, name, content string) string {
	t.Helper()
	p := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(p, []byte(content), 0o600); err != nil {
		t.Fatal(err)
	}
	return p
}

func TestAGoodFileGetsDefaultsAndItsSecrets(t *testing.T) {
	t.Setenv("KP_KEY", key)
	t.Setenv("KP_PW", "hemligt-losen")
	c, err := Load("testdata/good.yaml")
	if err != nil {
		t.Fatal(err)
	}
	if c.Listen != DefaultListen || c.Evaluate.Std() != DefaultEvaluate || c.Sources[0].Every.Std() != time.Hour {
		t.Errorf("defaults are missing: %+v", c)
	}
	if got := c.Sources[1].ContentMaxAge.Std(); got != 90*24*time.Hour {
		t.Errorf("content_max_age = %v", got)
	}
	if !bytes.Contains(c.Sources[1].JSON, []byte(`"bind_password":"hemligt-losen"`)) {
		t.Errorf("the secret is not filled in: %s", c.Sources[1].JSON)
	}
	if c.PseudonymKey.Value() != key {
		t.Error("the key is not filled in")
	}
	for _, shown := range []string{fmt.Sprintf("%v %+v %#v", c.PseudonymKey, c.PseudonymKey, c.PseudonymKey), fmt.Sprintf("%+v", c)} {
		if strings.Contains(shown, key) {
			t.Errorf("a secret is printed: %s", shown)
		}
	}
}

func TestAFileThatIsNotThereIsToldWithWhatToDo(t *testing.T) {
	_, err := Load("testdata/nowhere.yaml")
	if want := "konfigurationen går inte att använda: testdata/nowhere.yaml: filen finns inte; gör den med kommunpuls init, eller säg med --config var den är"; !errors.Is(err, ErrInvalid) || err.Error() != want {
		t.Errorf("got %v, want %s", err, want)
	}
}

// Every bad-*.yaml has its exact message beside it in bad-*.txt.
func TestABadFileIsToldEveryFaultWithItsPlace(t *testing.T) {
	t.Setenv("KP_KEY", key)
	files, err := filepath.Glob("testdata/bad-*.yaml")
	if err != nil || len(files) == 0 {
		t.Fatal("no bad files", err)
	}
	for _, f := range files {
		t.Run(filepath.Base(f), func(t *testing.T) {
			_, err := Load(filepath.ToSlash(f))
			if !errors.Is(err, ErrInvalid) {
				t.Fatalf("want ErrInvalid, got %v", err)
			}
			golden := strings.TrimSuffix(f, ".yaml") + ".txt"
			if *update {
				if err := os.WriteFile(golden, []byte(err.Error()+"\n"), 0o600); err != nil {
					t.Fatal(err)
				}
			}
			want, rerr := os.ReadFile(golden)
			if rerr != nil {
				t.Fatal(rerr)
			}
			if err.Error()+"\n" != string(want) {
				t.Errorf("got:\n%v\nwant:\n%s", err, want)
			}
		})
	}
}

func TestTheSchemaInDocsIsThatOfTheCodeAndAcceptsTheGoodFile(t *testing.T) {
	got, err := Schema()
	if err != nil {
		t.Fatal(err)
	}
	const path = "../../docs/schema/config.schema.json"
	if *update {
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, got, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(got, want) {
		t.Fatal("docs/schema/config.schema.json has drifted; run: go test ./internal/config -update")
	}
	doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(want))
	if err != nil {
		t.Fatal(err)
	}
	c := jsonschema.NewCompiler()
	if err := c.AddResource("config.json", doc); err != nil {
		t.Fatal(err)
	}
	s, err := c.Compile("config.json")
	if err != nil {
		t.Fatal(err)
	}
	b, err := os.ReadFile("testdata/good.yaml")
	if err != nil {
		t.Fatal(err)
	}
	j, err := yaml.YAMLToJSON(b)
	if err != nil {
		t.Fatal(err)
	}
	v, err := jsonschema.UnmarshalJSON(bytes.NewReader(j))
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Validate(v); err != nil {
		t.Error(err)
	}
}

func TestASecretInAFileIsReadWithoutItsLineEnd(t *testing.T) {
	p := write(t, "k.yaml", "municipality: X\npseudonym_key: ${file:key}\n")
	if err := os.WriteFile(filepath.Join(filepath.Dir(p), "key"), []byte(key+"\r\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	c, err := Load(p)
	if err != nil {
		t.Fatal(err)
	}
	if c.PseudonymKey.Value() != key {
		t.Errorf("got %q", c.PseudonymKey.Value())
	}
}

func FuzzDurationNeverGoesBelowZero(f *testing.F) {
	for _, s := range []string{"15m", "90d", "-1d", "9999999999999w", "1.5h"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		if d, err := ParseDuration(s); err == nil && d < 0 {
			t.Errorf("%q gives %v", s, d.Std())
		}
	})
}

func TestAChannelLeavesTheServerToTheCommonOneButNoLoginLeavesIt(t *testing.T) {
	t.Setenv("KP_KEY", key)
	c, err := Load(write(t, "k.yaml", `municipality: Exempelkommun
pseudonym_key: ${env:KP_KEY}
mail: {server: "smtp.kommunen.se:587", username: kommunpuls, password: "${env:KP_KEY}", from: kommunpuls@kommunen.se}
notify:
  channels:
    common: {mail: {to: [jour@kommunen.se]}}
    sender: {mail: {from: jour@kommunen.se, to: [jour@kommunen.se]}}
    other: {mail: {server: "smtp.annan.se:25", security: none, to: [jour@kommunen.se]}}
`))
	if err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]Mail{
		"common": {Server: "smtp.kommunen.se:587", Security: "starttls", Username: "kommunpuls", From: "kommunpuls@kommunen.se"},
		"sender": {Server: "smtp.kommunen.se:587", Security: "starttls", Username: "kommunpuls", From: "jour@kommunen.se"},
		"other":  {Server: "smtp.annan.se:25", Security: "none", From: "kommunpuls@kommunen.se"},
	} {
		got := c.Notify.Channels[name].Mail
		if got.Server != want.Server || got.Security != want.Security || got.Username != want.Username || got.From != want.From {
			t.Errorf("%s: %+v", name, got)
		}
		if pw := got.Password.Value(); (pw == key) != (want.Username != "") {
			t.Errorf("%s: the password is that of %q", name, want.Username)
		}
	}
	if c.Mail.Timeout.Std() != DefaultMailTimeout {
		t.Error(c.Mail.Timeout)
	}
}

func TestAReportIsMadeOnMondayOrTheFirstUnlessToldOtherwise(t *testing.T) {
	t.Setenv("KP_KEY", key)
	c, err := Load(write(t, "k.yaml", `municipality: Exempelkommun
pseudonym_key: ${env:KP_KEY}
reports:
  - {name: vecka, kind: ledning, every: week}
  - {name: fredag, kind: ledning, every: week, weekday: Fre, time: "16:30", formats: [pdf]}
  - {name: ar, kind: revision, every: year, day: 15, keep: 5}
  - {name: alla, kind: forvaltning, forvaltning: alla, every: quarter}
`))
	if err != nil {
		t.Fatal(err)
	}
	for i, want := range []string{"Monday 0 420 html,pdf 0", "Friday 0 990 pdf 0", "Sunday 15 420 html,pdf 5", "Sunday 1 420 html,pdf 0"} {
		r := c.Reports[i]
		if got := fmt.Sprintf("%s %d %d %s %d", r.On, r.Day, r.Minutes, strings.Join(r.Formats, ","), r.Keep); got != want {
			t.Errorf("%s: %s, want %s", r.Name, got, want)
		}
	}
}
