package privacy_test

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/kommunpuls/kommunpuls/internal/privacy"
)

func TestALogThatWasChangedIsFoundAndNotAddedTo(t *testing.T) {
	path := filepath.Join(t.TempDir(), privacy.LogName)
	now := time.Date(2026, 11, 22, 9, 0, 0, 0, time.UTC)
	for _, kind := range []string{"ticket", "cost", "account"} {
		if err := privacy.AppendLog(path, privacy.Entry{At: now, What: privacy.LogDone, Decision: "KS 2026/12 § 34", By: "arkivansvarig", Kind: kind, Records: 7}); err != nil {
			t.Fatal(err)
		}
	}
	es, err := privacy.ReadLog(path)
	if err != nil || len(es) != 3 || es[2].No != 3 || es[2].Kind != "account" || es[1].Previous == "" {
		t.Fatalf("%+v %v", es, err)
	}
	whole, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	lines := bytes.SplitAfter(whole, []byte("\n"))
	for name, b := range map[string][]byte{
		"a count is changed":    bytes.Replace(whole, []byte(`"poster":7`), []byte(`"poster":8`), 1),
		"the first line is out": bytes.Join(lines[1:], nil),
		"a line is out":         bytes.Join([][]byte{lines[0], lines[2]}, nil),
		"two lines are swapped": bytes.Join([][]byte{lines[1], lines[0], lines[2]}, nil),
		"the last is cut off":   whole[:len(whole)-9],
		"no log at all":         []byte("hej\n"),
	} {
		if err := os.WriteFile(path, b, 0o600); err != nil {
			t.Fatal(err)
		}
		if _, err := privacy.ReadLog(path); !errors.Is(err, privacy.ErrLog) {
			t.Errorf("%s: %v", name, err)
		}
		if err := privacy.AppendLog(path, privacy.Entry{At: now}); !errors.Is(err, privacy.ErrLog) {
			t.Errorf("%s: it is added to: %v", name, err)
		}
		if after, err := os.ReadFile(path); err != nil || !bytes.Equal(after, b) {
			t.Errorf("%s: the file was changed", name)
		}
	}
}

func TestADecisionIsOneThatHasBeenMade(t *testing.T) {
	now := time.Date(2026, 11, 22, 9, 0, 0, 0, time.UTC)
	for _, c := range []struct {
		decision, by string
		good         bool
	}{
		{"KS 2026/12 § 34", "arkivansvarig", true},
		{"Dokumenthanteringsplan 2024, p. 4.2, antagen 2024-05-02", "it-chef", true},
		{"", "arkivansvarig", false},
		{"muntligt", "arkivansvarig", false},
		{"KS 2027/1 § 2", "arkivansvarig", false},
		{"KS § 4, 2026-11-23", "arkivansvarig", false},
		{"KS § 4, 2026-13-41", "arkivansvarig", false},
		{"KS 2026/12 § 34", "", false},
		{"KS 2026/12 § 34", "annsve01", false},
		{"KS 2026/12 § 34", "anna@kommunen.se", false},
	} {
		if err := privacy.CheckDecision(c.decision, c.by, now); (err == nil) != c.good || err != nil && !errors.Is(err, privacy.ErrDecision) {
			t.Errorf("%q by %q: %v", c.decision, c.by, err)
		}
	}
}
