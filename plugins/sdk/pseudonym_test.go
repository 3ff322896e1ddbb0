package sdk_test

import (
	"encoding/hex"
	"encoding/json"
	"errors"
	"flag"
	"os"
	"path/filepath"
	"testing"
	"unicode/utf8"

	"github.com/kommunpuls/kommunpuls/plugins/sdk"
)

var update = flag.Bool("update", false, "rewrite the published vectors")

type vectors struct {
	Rule    string   `json:"rule"`
	KeyHex  string   `json:"key_hex"`
	KeyID   string   `json:"key_id"`
	Vectors []vector `json:"vectors"`
}

type vector struct {
	Text       string `json:"text"`
	Normalised string `json:"normalised"`
	Pseudonym  string `json:"pseudonym"`
}

func TestPublishedVectorsHold(t *testing.T) {
	path := filepath.Join("testdata", "pseudonym-vectors.json")
	raw, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	var v vectors
	if err := json.Unmarshal(raw, &v); err != nil {
		t.Fatal(err)
	}
	key, err := hex.DecodeString(v.KeyHex)
	if err != nil {
		t.Fatal(err)
	}
	p, err := sdk.NewPseudonymiser(key, v.KeyID)
	if err != nil {
		t.Fatal(err)
	}
	if len(v.Vectors) < 20 {
		t.Fatalf("%s: only %d vectors", path, len(v.Vectors))
	}
	for i, c := range v.Vectors {
		if *update {
			// The normalised form is decided by hand; only the HMAC is computed.
			v.Vectors[i].Pseudonym = p.Of(c.Text)
			continue
		}
		t.Run(c.Text, func(t *testing.T) {
			if got := sdk.Normalise(c.Text); got != c.Normalised {
				t.Errorf("normalised: got %q, want %q", got, c.Normalised)
			}
			if got := p.Of(c.Text); got != c.Pseudonym {
				t.Errorf("pseudonym: got %q, want %q", got, c.Pseudonym)
			}
			if c.Normalised != "" && !sdk.IsPseudonym(c.Pseudonym) {
				t.Errorf("%q is not told to be a pseudonym", c.Pseudonym)
			}
		})
	}
	if *update {
		out, err := json.MarshalIndent(v, "", "  ")
		if err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, append(out, '\n'), 0o644); err != nil {
			t.Fatal(err)
		}
	}
}

func TestAPersonMeetsWhateverASourceCallsHer(t *testing.T) {
	p, err := sdk.NewPseudonymiser([]byte("0123456789abcdef"), "k1")
	if err != nil {
		t.Fatal(err)
	}
	keys := p.Keys(sdk.Names{
		Login: "annsve01", UPN: "annsve01@kommun.example", Mails: []string{"SMTP:Anna.Svensson@kommun.example", "anna.svensson@kommun.example"},
		DisplayName: "Svensson, Anna", Given: "Anna", Surname: "Svensson", SID: "S-1-5-21-1-2-3-1104",
	})
	of := make(map[string]string)
	for _, k := range keys {
		of[k.Pseudonym] = k.Of
	}
	if len(keys) != len(of) || len(keys) != 5 {
		t.Errorf("want 5 distinct keys, got %v", keys)
	}
	for cell, want := range map[string]string{
		"Anna Svensson":           "name",
		"SVENSSON,  Anna ":        "name",
		`KOMMUN\AnnSve01`:         "login",
		"annsve01":                "login",
		"Annsve01@kommun.EXAMPLE": "upn",
		"Anna Svensson <anna.svensson@kommun.example>": "mail",
	} {
		if got := of[p.Of(cell)]; got != want {
			t.Errorf("cell %q matches by %q, want %q", cell, got, want)
		}
	}
	if _, ok := of[p.Of("Anders Svensson")]; ok {
		t.Error("another person matches")
	}
}

func TestAKeyOrIDThatCannotBeUsedIsRefused(t *testing.T) {
	good := []byte("0123456789abcdef")
	for name, c := range map[string]struct {
		key []byte
		id  string
	}{
		"short key": {good[:15], "k1"}, "no id": {good, ""}, "id with a dash": {good, "k-1"},
		"id in capitals": {good, "K1"}, "long id": {good, "k1234567890123456"},
	} {
		if _, err := sdk.NewPseudonymiser(c.key, c.id); !errors.Is(err, sdk.ErrPseudonymKey) {
			t.Errorf("%s: got %v", name, err)
		}
	}
}

func TestAnotherKeyGivesAnotherPseudonym(t *testing.T) {
	a, _ := sdk.NewPseudonymiser([]byte("0123456789abcdef"), "k1")
	b, _ := sdk.NewPseudonymiser([]byte("0123456789abcdeF"), "k1")
	if a.Of("Anna Svensson") == b.Of("Anna Svensson") {
		t.Error("two keys give one pseudonym")
	}
}

func FuzzNormaliseIsStable(f *testing.F) {
	for _, s := range []string{"Anna Svensson", "Svensson, Anna", `A\b`, "a<b@c>", "ﬁ ß İ", "smtp:x@y", "\u00ad\u200b,"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		n := sdk.Normalise(s)
		if utf8.ValidString(s) && !utf8.ValidString(n) {
			t.Errorf("%q became invalid: %q", s, n)
		}
		p, _ := sdk.NewPseudonymiser([]byte("0123456789abcdef"), "k1")
		if got := p.Of(s); (n == "") != (got == "") || got != "" && !sdk.IsPseudonym(got) {
			t.Errorf("%q: pseudonym %q", s, got)
		}
	})
}
