package privacy_test

import (
	"bytes"
	"encoding/json"
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/kommunpuls/kommunpuls/internal/config"
	"github.com/kommunpuls/kommunpuls/internal/privacy"
	"github.com/kommunpuls/kommunpuls/internal/store"
	"github.com/kommunpuls/kommunpuls/plugins/sdk"
	"github.com/kommunpuls/kommunpuls/plugins/sdk/record"
)

var update = flag.Bool("update", false, "rewrite golden files")

const key = "0123456789abcdef0123456789abcdef"

// facts are those of the configuration in testdata, whose directory and list
// have been read and whose probes have not.
func facts(t *testing.T) privacy.Facts {
	t.Helper()
	t.Setenv("KP_KEY", key)
	t.Setenv("KP_TEAMS", "https://prod.logic.example/vagen-dit?sig=xyzzy")
	cfg, err := config.Load(filepath.Join("testdata", "kommunpuls.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	kinds, fields := record.Everything()
	read := time.Date(2026, 11, 20, 10, 0, 0, 0, time.UTC)
	state := func(name string, mapped map[record.Kind][]string) store.SourceState {
		return store.SourceState{SourceInfo: store.SourceInfo{Name: name}, LastSuccess: read, Mapped: mapped}
	}
	return privacy.Facts{
		Config: cfg, KeyID: "7eb60f3b", Version: "1.0", Now: time.Date(2026, 11, 22, 9, 0, 0, 0, time.UTC),
		Types: map[string]sdk.Description{
			"ldap":  {Name: "ldap", PrivacyNote: "Läser konton. Personnummer läses aldrig.", Kinds: []record.Kind{record.Account}, Allowed: map[record.Kind][]string{record.Account: fields[record.Account]}},
			"table": {Name: "table", PrivacyNote: "Läser utpekade kolumner.", Kinds: kinds, Allowed: fields},
			"probe": {Name: "probe", PrivacyNote: "Mäter.", Kinds: []record.Kind{record.Observation}, Allowed: map[record.Kind][]string{record.Observation: fields[record.Observation]}},
		},
		Store: &privacy.Held{
			Sources: []store.SourceState{
				state("katalog", map[record.Kind][]string{record.Account: {"category", "enabled", "last_login_at", "account.key"}}),
				state("systemlista", map[record.Kind][]string{record.System: {"name", "tier", "role", "role:owner"}}),
			},
			Accounts: []privacy.Count{{Of: "employee", N: 7497}, {Of: "service", N: 140}}, Holders: 70,
		},
	}
}

func TestTheRecordOfProcessingIsWrittenFromTheConfiguration(t *testing.T) {
	var got bytes.Buffer
	if err := privacy.Markdown(&got, privacy.NewRegister(facts(t)).Document()); err != nil {
		t.Fatal(err)
	}
	golden := filepath.Join("testdata", "register.md")
	if *update {
		if err := os.WriteFile(golden, got.Bytes(), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(golden)
	if err != nil {
		t.Fatal(err)
	}
	if got.String() != string(want) {
		t.Errorf("got:\n%s", got.String())
	}
}

func TestNoSecretNorPersonOfTheConfigurationStandsInTheRecord(t *testing.T) {
	reg := privacy.NewRegister(facts(t))
	var text bytes.Buffer
	if err := privacy.Markdown(&text, reg.Document()); err != nil {
		t.Fatal(err)
	}
	raw, err := json.Marshal(reg)
	if err != nil {
		t.Fatal(err)
	}
	for _, secret := range []string{key, "vagen-dit", "xyzzy", "karin.ek", "annsve01"} {
		if strings.Contains(strings.ToLower(text.String()+string(raw)), secret) {
			t.Errorf("%q stands in the record", secret)
		}
	}
}

func TestWhatIsMissingIsSaidAndNotMadeUp(t *testing.T) {
	f := facts(t)
	f.Config.Privacy = config.Privacy{}
	f.Store = nil
	reg := privacy.NewRegister(f)
	said := strings.Join(reg.Unknown, "\n")
	for _, want := range []string{"privacy.controller.name", "privacy.controller.mail", "privacy.dpo.mail", "privacy.legal_basis", "privacy.purposes", "ingenting är läst ännu"} {
		if !strings.Contains(said, want) {
			t.Errorf("%q is not said to be missing:\n%s", want, said)
		}
	}
	if reg.LegalBasis != "" || reg.Controller.Name != "" || len(reg.Controller.Missing) != 3 {
		t.Errorf("made up: %q %+v", reg.LegalBasis, reg.Controller)
	}
	for _, p := range reg.Persons {
		if p.N != nil {
			t.Errorf("%s: %d persons without a store", p.Category, *p.N)
		}
	}
	if len(reg.Sources) != 3 || !reg.Sources[0].Data[0].AtMost {
		t.Errorf("what a source that was never read may read at most is not said: %+v", reg.Sources)
	}
}
