package setup

import (
	"encoding/json"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/kommunpuls/kommunpuls/plugins/sdk/record"
)

const settingsJSON = `{"file":"Systemlista.xlsx","record":"system","sheet":"System","header_row":4,"columns":{"name":"System","role:owner":"Sys.ansv/ägare","tier":{"header":["Klass","Guld / silver"],"values":{"Guld":"gold","":"" ,"ja: nej":"no"}}},"constants":{"kind":"verksamhetssystem"},"fill_down":["Förv."]}`

func config(t *testing.T) configText {
	t.Helper()
	text, err := newConfig("Å kommun: stad")
	require.NoError(t, err)
	c, err := parseConfig(text)
	require.NoError(t, err)
	block, err := sourceBlock(c.freeName("Systemlista.xlsx"), tableHead(record.System), json.RawMessage(settingsJSON))
	require.NoError(t, err)
	c, err = c.addSource(block)
	require.NoError(t, err)
	return c
}

func settings(t *testing.T, c configText, name string) map[string]any {
	t.Helper()
	for _, s := range c.sources {
		if s.Name == name {
			m, err := normal(s.Settings)
			require.NoError(t, err)
			return m
		}
	}
	t.Fatalf("no source %s", name)
	return nil
}

func want(t *testing.T) map[string]any {
	t.Helper()
	var m map[string]any
	require.NoError(t, json.Unmarshal([]byte(settingsJSON), &m))
	return m
}

func TestWrittenConfigSaysWhatWasProposed(t *testing.T) {
	c := config(t)
	require.Equal(t, "Å kommun: stad", c.municipality)
	require.Equal(t, []string{WorkbookName}, c.decisions)
	require.Equal(t, want(t), settings(t, c, "systemlista"))
	require.Contains(t, c.text, "header_row: 4\n")
}

func TestSecondSourceStandsAfterTheFirst(t *testing.T) {
	for name, edit := range map[string]func(string) string{
		"as written":        func(s string) string { return s },
		"dash at the edge":  func(s string) string { return strings.ReplaceAll(s, "\n  ", "\n") },
		"Windows line ends": func(s string) string { return strings.ReplaceAll(s, "\n", "\r\n") },
		"something after":   func(s string) string { return s + "\n# egen\nevaluate: 5m\n" },
	} {
		t.Run(name, func(t *testing.T) {
			c, err := parseConfig(edit(config(t).text))
			require.NoError(t, err)
			block, err := sourceBlock(c.freeName("mapp/Ärenden 2026.csv"), tableHead(record.Ticket), json.RawMessage(`{"file":"Ärenden 2026.csv","record":"ticket","columns":{"opened_at":"Skapad"}}`))
			require.NoError(t, err)
			c, err = c.addSource(block)
			require.NoError(t, err)
			require.Len(t, c.sources, 2)
			require.Equal(t, want(t), settings(t, c, "systemlista"))
			require.Equal(t, map[string]any{"opened_at": "Skapad"}, settings(t, c, "arenden-2026")["columns"])
		})
	}
}

func TestChangesKeepRemarksAndLayout(t *testing.T) {
	c := config(t)
	c, err := parseConfig(strings.Replace(c.text, "      header_row: 4\n", "      # räknat från ett\n      header_row: 4 # så här\n", 1) + "\n# sist\nevaluate: 5m\n")
	require.NoError(t, err)
	next := want(t)
	cols := next["columns"].(map[string]any)
	cols["supplier"] = "Leverantör"
	cols["name"] = []any{"System", "Systemnamn"}
	delete(cols, "role:owner")
	next["struck"] = "retired"
	next["null_markers"] = []any{"ingen"}
	changes := merge(want(t), want(t), next)
	require.Len(t, changes, 5)
	c, err = c.set("systemlista", changes)
	require.NoError(t, err)
	require.Equal(t, next, settings(t, c, "systemlista"))
	for _, kept := range []string{"# räknat från ett", "header_row: 4 # så här", "# sist\nevaluate: 5m"} {
		require.Contains(t, c.text, kept)
	}
}

func TestEditedByHandWins(t *testing.T) {
	base, cur, next := want(t), want(t), want(t)
	cur["columns"].(map[string]any)["name"] = "Mitt val"
	cur["struck"] = "skip"
	next["columns"].(map[string]any)["name"] = "Nytt förslag"
	next["columns"].(map[string]any)["supplier"] = "Leverantör"
	next["struck"] = "retired"
	changes := merge(base, cur, next)
	require.Len(t, changes, 1)
	require.Equal(t, []string{"columns", "supplier"}, changes[0].path)
}

func TestFlowStyleIsSaidAndNotSpoiled(t *testing.T) {
	c, err := parseConfig("municipality: K\nsources:\n  - {name: a, type: table, settings: {file: x.csv, columns: {name: N}}}\n")
	require.NoError(t, err)
	next := map[string]any{"file": "x.csv", "columns": map[string]any{"name": "N", "tier": "T"}}
	_, err = c.set("a", merge(settings(t, c, "a"), settings(t, c, "a"), next))
	require.ErrorIs(t, err, ErrInput)
}

func TestPathsAreRelativeBelowTheConfigAndElseWhole(t *testing.T) {
	dir := t.TempDir()
	got, err := pathFor(dir, filepath.Join(dir, "listor", "System lista.xlsx"))
	require.NoError(t, err)
	require.Equal(t, "listor/System lista.xlsx", got)
	other := filepath.Join(t.TempDir(), "a.csv")
	got, err = pathFor(dir, other)
	require.NoError(t, err)
	require.Equal(t, filepath.ToSlash(other), got)
}

func TestNamesThatMayMeanOneUnit(t *testing.T) {
	for _, p := range [][2]string{{"Socialförvaltningen", "Socialförv."}, {"Soc", "Socialförvaltningen"}, {"Barn- och utbildning", "Barn & utbildningsförvaltningen"}, {"Tekniska kontoret", "Tekniska"}} {
		require.True(t, alike(p[0], p[1]), p)
	}
	for _, p := range [][2]string{{"Socialförvaltningen", "Tekniska kontoret"}, {"Kultur", "Kommunledning"}, {"SN", "SBN"}} {
		require.False(t, alike(p[0], p[1]), p)
	}
}
