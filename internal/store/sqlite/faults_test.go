package sqlite

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/kommunpuls/kommunpuls/internal/store"
	"github.com/kommunpuls/kommunpuls/internal/testneed"
	"github.com/kommunpuls/kommunpuls/plugins/sdk"
	"github.com/kommunpuls/kommunpuls/plugins/sdk/record"
)

// accounts makes n accounts of 1 kB each and applies them.
func applyAccounts(t testing.TB, s *Store, n int, now int64, purge ...string) (store.Counts, error) {
	t.Helper()
	st, err := s.Stage(t.Context(), store.SourceInfo{Name: "ad", Plugin: "ldap"}, time.Unix(now, 0))
	check(t, err)
	check(t, st.Begin(sdk.Header{Full: len(purge) == 0, Mapped: map[record.Kind][]string{record.Account: {"enabled", "category", "key"}}}))
	schema, _ := record.Lookup(record.Account)
	for i := range n {
		r := record.New(record.Account, fmt.Sprintf("p1:%06d", i))
		check(t, r.SetBool("enabled", true))
		check(t, r.SetInt("enabled", int64(i%2)))
		key := record.Row{{State: record.Set, S: fmt.Sprintf("nyckel-%06d-%s", i, strings.Repeat("x", 1000))}, {State: record.Set, S: "login"}}
		r.Children[schema.Child("key")] = []record.Row{key}
		check(t, st.Write([]record.Record{r}))
	}
	if len(purge) > 0 {
		check(t, st.Purge(record.Account, purge))
	}
	return st.Apply(t.Context(), sdk.End{Seen: int64(n), Cursor: []byte(fmt.Sprint(now))}, store.ApplyOptions{})
}

func countOf(t testing.TB, s *Store, table string) int64 {
	t.Helper()
	var n int64
	check(t, s.read.QueryRowContext(t.Context(), "SELECT count(*) FROM "+table).Scan(&n))
	return n
}

func TestAFullStoreSaysSoAndChangesNothing(t *testing.T) {
	s := openStore(t, Options{MaxPages: 400})
	_, err := applyAccounts(t, s, 100, genNow)
	check(t, err)
	_, err = applyAccounts(t, s, 3000, genNow+60)
	expectFull(t, s, err)
}

func TestAFullDiskSaysSoAndChangesNothing(t *testing.T) {
	dir := tmpfs(t, "3m")
	s, err := Open(t.Context(), filepath.Join(dir, "kommunpuls.db"), Options{})
	check(t, err)
	defer func() { check(t, s.Close()) }()
	_, err = applyAccounts(t, s, 100, genNow)
	check(t, err)
	// The staging file itself fits, and the log of the store does not.
	_, err = applyAccounts(t, s, 1000, genNow+60)
	expectFull(t, s, err)
	// With less to write it works again.
	_, err = applyAccounts(t, s, 101, genNow+120)
	check(t, err)
}

func expectFull(t *testing.T, s *Store, err error) {
	t.Helper()
	if !errors.Is(err, store.ErrFull) {
		t.Fatalf("got %v, want ErrFull", err)
	}
	if n, keys := countOf(t, s, "account"), countOf(t, s, "account_key"); n != 100 || keys != 100 {
		t.Errorf("%d accounts and %d keys, want the 100 from before", n, keys)
	}
	if cur, err := s.Cursor(t.Context(), "ad"); err != nil || string(cur) != fmt.Sprint(genNow) {
		t.Errorf("cursor %s, %v", cur, err)
	}
	var word string
	check(t, s.read.QueryRowContext(t.Context(), "PRAGMA integrity_check").Scan(&word))
	if word != "ok" {
		t.Error(word)
	}
}

func TestASecondProcessIsTurnedAwayAndAReaderIsNot(t *testing.T) {
	s := openStore(t, Options{})
	_, err := applyAccounts(t, s, 3, genNow)
	check(t, err)
	if _, err := Open(t.Context(), s.path, Options{}); !errors.Is(err, store.ErrLocked) {
		t.Errorf("got %v, want ErrLocked", err)
	}
	beside, err := Open(t.Context(), s.path, Options{ReadOnly: true})
	check(t, err)
	defer func() { check(t, beside.Close()) }()
	if n := countOf(t, beside, "account"); n != 3 {
		t.Errorf("%d accounts beside the owner", n)
	}
	if _, err := beside.Stage(t.Context(), store.SourceInfo{Name: "x"}, time.Unix(genNow, 0)); !errors.Is(err, store.ErrLocked) {
		t.Errorf("stage: got %v, want ErrLocked", err)
	}
	check(t, s.Close())
	alone, err := Open(t.Context(), beside.path, Options{ReadOnly: true})
	check(t, err)
	if n := countOf(t, alone, "account"); n != 3 {
		t.Errorf("%d accounts after the owner left", n)
	}
	check(t, alone.Close())
	if err := beside.NoteFailure(t.Context(), "x", "y", "z", time.Unix(genNow, 0)); !errors.Is(err, store.ErrLocked) {
		t.Errorf("write: got %v, want ErrLocked", err)
	}
}

func TestAStoreThatIsNotThereIsNotMadeByAReader(t *testing.T) {
	path := filepath.Join(t.TempDir(), "none.db")
	if _, err := Open(t.Context(), path, Options{ReadOnly: true}); !errors.Is(err, store.ErrNotFound) {
		t.Errorf("got %v, want ErrNotFound", err)
	}
	if _, err := os.Stat(path); err == nil {
		t.Error("a file was made")
	}
}

func TestADamagedFileIsRefusedWithAdvice(t *testing.T) {
	dir := t.TempDir()
	text := filepath.Join(dir, "text.db")
	check(t, os.WriteFile(text, bytes.Repeat([]byte("detta är ingen databas\n"), 500), 0o600))
	expectCorrupt(t, text)

	path := filepath.Join(dir, "cut.db")
	s, err := Open(t.Context(), path, Options{})
	check(t, err)
	_, err = applyAccounts(t, s, 500, genNow)
	check(t, err)
	check(t, s.Close())
	info, err := os.Stat(path)
	check(t, err)
	check(t, os.Truncate(path, info.Size()/2))
	expectCorrupt(t, path)
}

func expectCorrupt(t *testing.T, path string) {
	t.Helper()
	before, err := os.ReadFile(path)
	check(t, err)
	s, err := Open(t.Context(), path, Options{})
	if !errors.Is(err, store.ErrCorrupt) || !strings.Contains(err.Error(), "backup") {
		t.Errorf("%s: got %v, want ErrCorrupt with advice", filepath.Base(path), err)
	}
	if s != nil {
		check(t, s.Close())
	}
	after, err := os.ReadFile(path)
	check(t, err)
	if !bytes.Equal(before, after) {
		t.Errorf("%s was changed", filepath.Base(path))
	}
}

func TestAStoreOfANewerProgramIsRefused(t *testing.T) {
	s := openStore(t, Options{})
	_, err := s.write.ExecContext(t.Context(), "INSERT INTO goose_db_version (version_id, is_applied) VALUES (99999, 1)")
	check(t, err)
	path := s.path
	check(t, s.Close())
	for _, opt := range []Options{{}, {ReadOnly: true}} {
		if _, err := Open(t.Context(), path, opt); !errors.Is(err, store.ErrNewer) {
			t.Errorf("%+v: got %v, want ErrNewer", opt, err)
		}
	}
}

func TestAPurgeLeavesNoTraceInAnyFile(t *testing.T) {
	s := openStore(t, Options{})
	_, err := applyAccounts(t, s, 50, genNow)
	check(t, err)
	c, err := applyAccounts(t, s, 0, genNow+60, "p1:000007", "p1:000008")
	check(t, err)
	if c.Purged != 2 {
		t.Errorf("purged %d", c.Purged)
	}
	entries, err := os.ReadDir(filepath.Dir(s.path))
	check(t, err)
	for _, e := range entries {
		b, err := os.ReadFile(filepath.Join(filepath.Dir(s.path), e.Name()))
		check(t, err)
		for trace, want := range map[string]bool{"nyckel-000007": false, "p1:000008": false, "nyckel-000009": true} {
			if has := bytes.Contains(b, []byte(trace)); has && !want {
				t.Errorf("%s holds %q", e.Name(), trace)
			}
		}
	}
	if n := countOf(t, s, "account_key"); n != 48 {
		t.Errorf("%d keys are left", n)
	}
}

// tmpfs mounts a small file system of its own.
func tmpfs(t *testing.T, size string) string {
	t.Helper()
	testneed.Root(t)
	mount, umount := testneed.Program(t, "mount"), testneed.Program(t, "umount")
	dir := t.TempDir()
	if out, err := command(t, mount, "-t", "tmpfs", "-o", "size="+size, "tmpfs", dir); err != nil {
		t.Fatalf("mount: %v\n%s", err, out)
	}
	t.Cleanup(func() {
		if out, err := command(t, umount, dir); err != nil {
			t.Errorf("umount: %v\n%s", err, out)
		}
	})
	return dir
}
