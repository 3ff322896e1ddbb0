package ldap

import (
	"bytes"
	"context"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/text/encoding/unicode"

	"github.com/kommunpuls/kommunpuls/plugins/sdk"
	"github.com/kommunpuls/kommunpuls/plugins/sdk/record"
)

func readLDIF(text string) ([]entry, error) {
	l := newLDIF(strings.NewReader(text))
	var out []entry
	for {
		var e entry
		switch err := l.read(&e); {
		case errors.Is(err, io.EOF):
			return out, nil
		case err != nil:
			return out, err
		}
		out = append(out, e)
	}
}

func TestLDIF(t *testing.T) {
	for name, c := range map[string]struct {
		text, dn, cn, fault string
		entries             int
	}{
		"an entry":                    {text: "dn: CN=a\ncn: a\n", dn: "CN=a", cn: "a", entries: 1},
		"with version and comments":   {text: "version: 1\n\n# hej\ndn: CN=a\n# mitt i\ncn: a\n\n", dn: "CN=a", cn: "a", entries: 1},
		"base64":                      {text: "dn:: Q049w6U=\ncn:: w6U=\n", dn: "CN=å", cn: "å", entries: 1},
		"folded lines":                {text: "dn: CN=\n a\ncn: lå\n ng\n", dn: "CN=a", cn: "lång", entries: 1},
		"a folded comment":            {text: "# en\n  lång kommentar\ndn: CN=a\ncn: a\n", dn: "CN=a", cn: "a", entries: 1},
		"Windows line ends":           {text: "dn: CN=a\r\nchangetype: add\r\ncn: a\r\n\r\ndn: CN=b\r\n", dn: "CN=a", cn: "a", entries: 2},
		"an option is dropped":        {text: "dn: CN=a\ncn;lang-sv: a\n", dn: "CN=a", cn: "a", entries: 1},
		"what ldapsearch adds":        {text: "dn: CN=a\ncn: a\n\nsearch: 2\nresult: 0 Success\n", dn: "CN=a", cn: "a", entries: 1},
		"nothing at all":              {text: ""},
		"a search that was cut":       {text: "dn: CN=a\n\nresult: 4 Size limit exceeded\n", fault: "rad 3: exporten är avbruten", dn: "CN=a", entries: 1},
		"no colon":                    {text: "dn: CN=a\ncn a\n", fault: "rad 2: raden saknar"},
		"no dn first":                 {text: "cn: a\n", fault: "rad 1: en post ska börja med sitt dn"},
		"two entries without a gap":   {text: "dn: CN=a\ndn: CN=b\n", fault: "rad 2: dn: mitt i en post"},
		"bad base64":                  {text: "dn: CN=a\ncn:: %%%\n", fault: "rad 2: värdet är inte giltig base64"},
		"a change file":               {text: "dn: CN=a\nchangetype: delete\n", fault: "rad 2: changetype"},
		"a value in another file":     {text: "dn: CN=a\ncn:< file:///etc/passwd\n", fault: "rad 2: värden i andra filer"},
		"cut in the middle of a line": {text: "dn: CN=a\ncn: a", fault: "rad 2: filen slutar mitt i en rad"},
		"a continuation first":        {text: " a\n", fault: "rad 1: fortsättningsrad"},
		"part of a member list":       {text: "dn: CN=a\nmember;range=0-1499: CN=b\n", fault: "rad 2: member är bara en del"},
	} {
		t.Run(name, func(t *testing.T) {
			got, err := readLDIF(c.text)
			if c.fault == "" && err != nil || c.fault != "" && (err == nil || !strings.Contains(err.Error(), c.fault)) {
				t.Fatalf("got %v, want %q", err, c.fault)
			}
			if len(got) != c.entries {
				t.Fatalf("got %d entries, want %d", len(got), c.entries)
			}
			if c.entries > 0 && c.fault == "" && (got[0].dn != c.dn || got[0].first(cn) != c.cn) {
				t.Errorf("got dn %q, cn %q", got[0].dn, got[0].first(cn))
			}
		})
	}
}

func FuzzLDIF(f *testing.F) {
	f.Add([]byte("version: 1\n\ndn: CN=a\ncn:: w6U=\nmember: CN=b\n c\n\ndn: CN=b\n"))
	f.Add([]byte("dn: x\r\nobjectClass: user\r\n"))
	f.Add([]byte("\xff\xfed\x00n\x00:\x00"))
	f.Fuzz(func(t *testing.T, b []byte) {
		l := newLDIF(bytes.NewReader(b))
		var e entry
		for n := 0; ; n++ {
			if err := l.read(&e); err != nil {
				return
			}
			if n > len(b) {
				t.Fatal("more entries than bytes")
			}
			if e.line < 1 || e.line > int64(bytes.Count(b, []byte("\n")))+1 {
				t.Fatalf("line %d", e.line)
			}
		}
	})
}

// export is what a small municipality's ldifde writes.
const export = `dn: OU=Personal,DC=kommun,DC=test
changetype: add
objectClass: organizationalUnit

dn: CN=Anna Ek,OU=Vård,OU=Personal,DC=kommun,DC=test
changetype: add
objectClass: user
sAMAccountName: annek
userAccountControl: 512
whenCreated: 20200315101112.0Z
whenChanged: 20261101101112.0Z
memberOf: CN=Chefer,OU=Grupper,DC=kommun,DC=test

dn: CN=Bo Skydd,OU=Vård,OU=Personal,DC=kommun,DC=test
changetype: add
objectClass: user
sAMAccountName: boskydd
userAccountControl: 512
memberOf: CN=Skyddade,OU=Grupper,DC=kommun,DC=test

dn: CN=Skyddade,OU=Grupper,DC=kommun,DC=test
changetype: add
objectClass: group
cn: Skyddade

`

func fileRequest(t *testing.T, text string, more map[string]any) sdk.CollectRequest {
	t.Helper()
	req := request(t, set(map[string]any{
		"file": "ad.ldf", "default_category": "employee",
		"protected": map[string]any{"groups": []string{"CN=Skyddade,OU=Grupper,DC=kommun,DC=test"}},
	}, more))
	if err := os.WriteFile(filepath.Join(req.Settings.BaseDir, "ad.ldf"), []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return req
}

func TestAnLDIFExportIsADirectory(t *testing.T) {
	utf16, err := unicode.UTF16(unicode.LittleEndian, unicode.UseBOM).NewEncoder().String(export)
	if err != nil {
		t.Fatal(err)
	}
	for name, text := range map[string]string{"UTF-8": export, "UTF-16 as ldifde -u writes it": utf16} {
		t.Run(name, func(t *testing.T) {
			req := fileRequest(t, text, nil)
			r, end := collect(t, req)
			if len(r.records[record.Account]) != 1 || len(r.purged) != 1 {
				t.Fatalf("got %d accounts and %d purges, want 1 and 1", len(r.records[record.Account]), len(r.purged))
			}
			for _, a := range r.records[record.Account] {
				if a.Get("org_unit").S != "Vård" && a.Get("org_unit").S != "Personal" {
					t.Errorf("org unit %q", a.Get("org_unit").S)
				}
				if a.Place.Doc != "ad.ldf" || a.Place.Row != 5 {
					t.Errorf("place %+v", a.Place)
				}
				if a.Get("last_login_at").State != record.Unset {
					t.Error("what the export does not hold is said to be blank")
				}
			}
			if got := r.header.ContentAt.UTC().Format("2006-01-02"); got != "2026-11-01" {
				t.Errorf("content of %s", got)
			}
			req.Cursor = end.Cursor
			if r, _ := collect(t, req); !r.header.Unchanged || len(r.records) != 0 {
				t.Errorf("an untouched file: %+v", r.header)
			}
		})
	}
}

func TestBadLDIFIsRefusedAndNothingIsSaid(t *testing.T) {
	for name, c := range map[string]struct {
		text string
		more map[string]any
		want string
	}{
		"truncated":                {text: export[:len(export)-20], want: "rad 23: filen slutar mitt i en rad"},
		"an empty file":            {text: "", want: "filen har inga poster"},
		"no protected group":       {text: strings.ReplaceAll(export, "Skyddade", "Andra"), want: "grupper i inställningarna finns inte"},
		"no protecting attribute":  {text: export, more: map[string]any{"protected": map[string]any{"attributes": []map[string]any{{"name": "employeeType", "values": []string{"S"}}}}}, want: "employeeType finns inte"},
		"a base that is not there": {text: export, more: map[string]any{"bases": []string{"OU=Skola,DC=kommun,DC=test"}}, want: "inga konton alls"},
	} {
		t.Run(name, func(t *testing.T) {
			r := newRecorder()
			_, err := New().Collect(context.Background(), fileRequest(t, c.text, c.more), r)
			if err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("got %v, want %q", err, c.want)
			}
			if len(r.records) != 0 {
				t.Error("records were sent all the same")
			}
		})
	}
	t.Run("no file", func(t *testing.T) {
		req := fileRequest(t, export, map[string]any{"file": "saknas.ldf"})
		if _, err := New().Collect(context.Background(), req, newRecorder()); !errors.Is(err, sdk.ErrUnreachable) {
			t.Errorf("got %v", err)
		}
	})
}

func TestSeveralDirectoriesAreOneCollection(t *testing.T) {
	req := request(t, map[string]any{
		"domains":   []map[string]any{{"file": "ad.ldf"}, {"file": "skola.ldf", "bases": []string{"DC=skola"}}},
		"protected": map[string]any{"groups": []string{"CN=Skyddade,OU=Grupper,DC=kommun,DC=test"}},
	})
	school := "dn: CN=x,OU=Kansli,DC=skola\nobjectClass: user\nsAMAccountName: x\naccountExpires: 0\n\n"
	write := func(name, text string) {
		if err := os.WriteFile(filepath.Join(req.Settings.BaseDir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	write("ad.ldf", export)
	write("skola.ldf", school)
	r, end := collect(t, req)
	if n := len(r.records[record.Account]); n != 2 || end.Seen != 2 {
		t.Errorf("got %d accounts, %d seen, want 2", n, end.Seen)
	}
	req.Cursor = end.Cursor
	write("skola.ldf", strings.ReplaceAll(school+school, "CN=x,OU=Kansli,DC=skola\nobjectClass: user\nsAMAccountName: x\naccountExpires: 0\n\ndn: CN=x", "CN=x,OU=Kansli,DC=skola\nobjectClass: user\n\ndn: CN=y"))
	if r, _ := collect(t, req); !r.header.Full || len(r.records[record.Account]) != 3 {
		t.Errorf("one file changed: full %v, %d accounts of both", r.header.Full, len(r.records[record.Account]))
	}
}
