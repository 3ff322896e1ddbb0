//go:build !windows

package ldap

import (
	"encoding/json"
	"os"
	"path/filepath"
	"testing"

	"github.com/kommunpuls/kommunpuls/plugins/ldap/ldaptest"
	"github.com/kommunpuls/kommunpuls/plugins/sdk"
	"github.com/kommunpuls/kommunpuls/plugins/sdk/sdktest"
)

func asJSON(t *testing.T, v any) json.RawMessage {
	t.Helper()
	b, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func newSource() sdk.Source { return New() }

func TestConformanceOfAServer(t *testing.T) {
	s := ldaptest.StartSlapd(t, 1500)
	settings := s.Settings()
	sdktest.Run(t, sdktest.Case{
		New:      newSource,
		Settings: asJSON(t, settings),
		Broken:   asJSON(t, set(settings, map[string]any{"bind": map[string]any{"user": s.BindDN, "password": "fel"}})),
		BrokenIs: sdk.ErrUnreachable,
		// One in eight is a person, a consultant or an administrator at the least.
		MinRecords: 1500 / 8,
		Clear:      append(s.Truth.Protected, "u000013", "Förnamn13", "Efternamn13", "u000013@kommun.test"),
		Connecting: func(addr string) json.RawMessage {
			return asJSON(t, set(settings, map[string]any{"url": "ldaps://" + addr, "timeout": "30s"}))
		},
	})
}

func TestConformanceOfAFile(t *testing.T) {
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "ad.ldf"), []byte(export), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, "kort.ldf"), []byte(export[:len(export)-20]), 0o600); err != nil {
		t.Fatal(err)
	}
	settings := func(file string) json.RawMessage {
		return asJSON(t, map[string]any{"file": file, "protected": map[string]any{"groups": []string{"Skyddade"}}})
	}
	sdktest.Run(t, sdktest.Case{
		New: newSource, BaseDir: dir,
		Settings: settings("ad.ldf"), Broken: settings("kort.ldf"), BrokenIs: sdk.ErrBadInput,
		Clear:   []string{"annek", "Anna Ek", "boskydd", "Bo Skydd"},
		Opening: settings,
	})
}
