package replay_test

import (
	"context"
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/kommunpuls/kommunpuls/plugins/http"
	"github.com/kommunpuls/kommunpuls/plugins/http/profiles"
	"github.com/kommunpuls/kommunpuls/plugins/http/replay"
)

var update = flag.Bool("update", false, "rewrite want.json of every case")

// Every case of every profile that is shipped.
func TestProfilesDoWhatTheirCasesSay(t *testing.T) {
	ran := 0
	for _, id := range profiles.Names() {
		dirs, err := replay.Cases(filepath.Join("..", "profiles", id))
		if err != nil {
			t.Fatal(err)
		}
		for _, dir := range dirs {
			ran++
			t.Run(id+"/"+filepath.Base(dir), func(t *testing.T) {
				t.Parallel()
				c, err := replay.Load(dir)
				if err != nil {
					t.Fatal(err)
				}
				ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
				defer cancel()
				outcomes, faults, err := c.Run(ctx, http.Source{}, id)
				if err != nil {
					t.Fatal(err)
				}
				for _, f := range faults {
					t.Error(f)
				}
				if *update {
					b, err := replay.Encode(outcomes)
					if err != nil {
						t.Fatal(err)
					}
					if err := os.WriteFile(c.Want(), b, 0o644); err != nil {
						t.Fatal(err)
					}
				}
				differs, err := c.Compare(outcomes)
				if err != nil {
					t.Fatal(err)
				}
				if differs != "" {
					t.Error(differs)
				}
			})
		}
	}
	if ran == 0 {
		t.Error("no profile has a case")
	}
}

// copied makes an own profile of a shipped one, in a folder of its own.
func copied(t *testing.T, id string) string {
	t.Helper()
	dir := t.TempDir()
	if err := os.CopyFS(dir, os.DirFS(filepath.Join("..", "profiles", id))); err != nil {
		t.Fatal(err)
	}
	return filepath.Join(dir, "profile.yaml")
}

func check(t *testing.T, path string) (string, error) {
	t.Helper()
	var out strings.Builder
	err := replay.Check(context.Background(), http.Source{}, path, &out)
	return out.String(), err
}

func TestAnOwnProfileIsTriedOnItsCases(t *testing.T) {
	path := copied(t, "rt")
	said, err := check(t, path)
	if err != nil || !strings.Contains(said, "Testfall andrade: rätt.") {
		t.Fatalf("%v\n%s", err, said)
	}
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct{ old, new, want string }{
		"a field from elsewhere":     {"queue: .Queue.Name", "queue: .Queue.id", `väntat "queue": "IT-Support", här kom "queue": "3"`},
		"a question that is another": {"orderby: id", "orderby: Created", "en fråga som inte väntades: GET /REST/2.0/tickets"},
	} {
		t.Run(name, func(t *testing.T) {
			changed := strings.Replace(string(b), c.old, c.new, 1)
			if err := os.WriteFile(path, []byte(changed), 0o600); err != nil {
				t.Fatal(err)
			}
			if said, err := check(t, path); err == nil || !strings.Contains(said, c.want) {
				t.Errorf("%v\n%s", err, said)
			}
		})
	}
	if said, err := check(t, "rt"); err != nil || !strings.HasPrefix(said, "Request Tracker: formen stämmer") {
		t.Errorf("%v\n%s", err, said)
	}
}
