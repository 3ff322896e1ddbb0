package alerts

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/kommunpuls/kommunpuls/internal/alert"
)

const runbooks = "../../../docs/runbooks"

func TestEveryAlertHasItsRunBookAndEveryRunBookItsAlert(t *testing.T) {
	index, err := os.ReadFile(filepath.Join(runbooks, "README.md"))
	if err != nil {
		t.Fatal(err)
	}
	rules := alert.Rules(alert.Defaults())
	jargon := regexp.MustCompile(`(?i)\b(kpi|coverage|sso|p90|metakatalog|quantile|dashboard)\b`)
	code := regexp.MustCompile("(?m)^    .*$|`[^`]*`")
	for _, name := range alert.Names() {
		t.Run(name, func(t *testing.T) {
			b, err := os.ReadFile(filepath.Join(runbooks, name+".md"))
			if err != nil {
				t.Fatal(err)
			}
			text := string(b)
			at := 0
			for _, part := range []string{"# " + name + "\n", "\n## Vad det betyder\n", "\n## Titta först på\n\n1. ", "\n## Säg till\n", "\n## Färdig text\n", "\n## Tysta larmet\n", "amtool silence add", "alertname=" + name} {
				i := strings.Index(text[at:], part)
				if i < 0 {
					t.Fatalf("%q is missing, or not in its place", part)
				}
				at += i
			}
			if m := jargon.FindString(code.ReplaceAllString(text, "")); m != "" {
				t.Errorf("the page says %q", m)
			}
			if !strings.Contains(string(index), "["+name+"]("+name+".md)") {
				t.Error("the index does not lead here")
			}
			// The ready text is the one that the alert carries.
			flat := strings.Join(strings.Fields(strings.ReplaceAll(text, "> ", " ")), " ")
			for _, r := range alert.Find(rules, name) {
				for _, p := range alert.Pieces(r.Notice.SV) {
					if s := strings.TrimSpace(p.Literal); p.Place == "" && !strings.Contains(flat, s) {
						t.Errorf("%s says %q, the page does not", r.ID(), s)
					}
				}
			}
		})
	}
	files, err := filepath.Glob(filepath.Join(runbooks, "*.md"))
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range files {
		if name := strings.TrimSuffix(filepath.Base(f), ".md"); name != "README" && !slices.Contains(alert.Names(), name) {
			t.Errorf("%s is about no alert", f)
		}
	}
}

func TestThePageOfAlertsNamesEachWithItsDefaults(t *testing.T) {
	b, err := os.ReadFile("../../../docs/larm.md")
	if err != nil {
		t.Fatal(err)
	}
	text := string(b)
	words := map[alert.Severity]string{alert.Page: "väcker jouren", alert.Notify: "säger till", alert.Mail: "månadsbrevet"}
	for _, name := range alert.Names() {
		_, row, ok := strings.Cut(text, "| ["+name+"](runbooks/"+name+".md) |")
		if !ok {
			t.Errorf("%s is not named", name)
			continue
		}
		row, _, _ = strings.Cut(row, "\n")
		for _, r := range alert.Find(alert.Rules(alert.Defaults()), name) {
			if !strings.Contains(row, words[r.Severity]) || !strings.Contains(row, r.Owner) {
				t.Errorf("%s: the page says %q, not %s to %s", r.ID(), row, words[r.Severity], r.Owner)
			}
		}
	}
}
