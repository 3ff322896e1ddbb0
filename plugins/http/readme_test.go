package http_test

import (
	"context"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/goccy/go-yaml"

	"github.com/kommunpuls/kommunpuls/plugins/http"
	"github.com/kommunpuls/kommunpuls/plugins/http/profile"
	"github.com/kommunpuls/kommunpuls/plugins/http/profiles"
	"github.com/kommunpuls/kommunpuls/plugins/sdk"
)

// samples lists the parts of a page that begin with a fence and a word.
func samples(t *testing.T, path, word string) []string {
	t.Helper()
	var out []string
	for _, s := range strings.Split(readFile(t, path), "```"+word+"\n")[1:] {
		s, _, _ = strings.Cut(s, "```")
		out = append(out, s)
	}
	return out
}

// sourceSettings reads the settings of the sources in a sample; a sample that
// shows only a part of them has none.
func sourceSettings(t *testing.T, sample string) []json.RawMessage {
	t.Helper()
	var c struct {
		Sources []struct {
			Type     string         `json:"type"`
			Settings map[string]any `json:"settings"`
		} `json:"sources"`
	}
	if err := yaml.Unmarshal([]byte(sample), &c); err != nil {
		t.Fatalf("%v\n%s", err, sample)
	}
	var out []json.RawMessage
	for _, s := range c.Sources {
		if s.Type == http.Name {
			out = append(out, asJSON(t, s.Settings))
		}
	}
	return out
}

func TestEverySampleInThePagesIsValid(t *testing.T) {
	pages := []string{"README.md", filepath.Join("..", "..", "docs", "kallor-http.md")}
	for _, id := range profiles.Names() {
		page := filepath.Join("profiles", id, "README.md")
		if _, err := os.Stat(page); err == nil {
			pages = append(pages, page)
		} else {
			t.Errorf("%s has no page", id)
		}
	}
	for _, path := range pages {
		t.Run(path, func(t *testing.T) {
			n := 0
			for _, s := range samples(t, path, "yaml") {
				for _, raw := range sourceSettings(t, s) {
					n++
					settings := sdk.Settings{Instance: "prov", JSON: raw, PseudonymKey: []byte("0123456789abcdef"), KeyID: "k1"}
					for _, p := range (http.Source{}).Validate(context.Background(), settings) {
						t.Errorf("%s: %s\n%s", p.Field, p.Message, s)
					}
				}
			}
			if n == 0 {
				t.Error("there is no configuration to copy")
			}
		})
	}
}

func TestTheProfileInTheReadmeIsOne(t *testing.T) {
	found := samples(t, "README.md", "yaml profile")
	if len(found) != 1 {
		t.Fatalf("%d profiles", len(found))
	}
	if _, err := profile.Parse("README.md", []byte(found[0])); err != nil {
		t.Error(err)
	}
}

func TestTheReadmeKnowsEverySettingThatProfilesShare(t *testing.T) {
	text := readFile(t, "README.md")
	for _, name := range profile.Reserved() {
		if !strings.Contains(text, "`"+name+"`") {
			t.Errorf("%s is not explained", name)
		}
	}
}
