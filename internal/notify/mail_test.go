package notify

import (
	"mime"
	"net/mail"
	"path/filepath"
	"strings"
	"testing"
	"time"

	sender "github.com/kommunpuls/kommunpuls/internal/mail"
	"github.com/kommunpuls/kommunpuls/internal/mail/mailtest"
	"github.com/kommunpuls/kommunpuls/internal/testneed"
)

func account(s *mailtest.Server) *Mail {
	return &Mail{Settings: s.Settings(), To: []string{"Jouren <jour@kommunen.se>", "drift@kommunen.se"}}
}

func TestALetterIsSentEncryptedByWhoeverLogsIn(t *testing.T) {
	s := mailtest.Start(t, "--starttls", "--auth")
	d := newDesk(t, filepath.Join(t.TempDir(), "notify.json"))
	d.begin(Settings{Channels: []Channel{{Name: "jour", Mail: account(s)}}})
	d.look(schools(6*time.Minute, 1))
	eventually(t, "a letter", func() bool { return len(s.Taken(t)) > 0 || d.Status().Channels[0].Failures > 2 })
	got := s.Taken(t)
	if len(got) != 1 {
		t.Fatalf("%+v", d.Status())
	}
	l := got[0]
	if !l.TLS || l.User != "kommunpuls" || l.From != "kommunpuls@kommunen.se" || len(l.To) != 2 || l.To[0] != "jour@kommunen.se" {
		t.Errorf("%+v", l)
	}
	m, err := mail.ReadMessage(strings.NewReader(l.Content))
	if err != nil {
		t.Fatal(err)
	}
	subject, err := new(mime.WordDecoder).DecodeHeader(m.Header.Get("Subject"))
	if err != nil || subject != "[Exempelkommun] Störning i nätet på Plats skola0" {
		t.Errorf("%q %v", subject, err)
	}
	if m.Header.Get("Auto-Submitted") != "auto-generated" || m.Header.Get("Message-Id") == "" || m.Header.Get("Date") == "" {
		t.Errorf("%v", m.Header)
	}
	for _, want := range []string{"Felsökning pågår", "/storningar", "Exempelkommun, kommunpuls"} {
		if !strings.Contains(quoted(l.Content), want) {
			t.Errorf("%q is not in %s", want, l.Content)
		}
	}
}

// quoted undoes what quoted-printable does to the letters of the text.
func quoted(s string) string {
	return strings.NewReplacer("=\r\n", "", "=\n", "", "=C3=A5", "å", "=C3=A4", "ä", "=C3=B6", "ö").Replace(s)
}

func TestWhyALetterIsNotSent(t *testing.T) {
	for _, c := range []struct {
		name   string
		server []string
		change func(*Mail)
		class  string
	}{
		{"wrong password", []string{"--starttls", "--auth"}, func(m *Mail) { m.Password = "fel" }, "unauthenticated"},
		{"a login that is wanted", []string{"--starttls", "--auth"}, func(m *Mail) { m.Username = "" }, "unauthenticated"},
		{"no encryption to be had", nil, func(m *Mail) { m.Username = "" }, "no_tls"},
		{"a strange certificate", []string{"--starttls", "--auth"}, func(m *Mail) { m.CA = nil }, "tls"},
		{"a refused recipient", []string{"--starttls", "--refuse"}, func(m *Mail) { m.Username = "" }, "rejected"},
		{"nobody there", nil, func(m *Mail) { m.Server = testneed.FreeAddr(t) }, "unreachable"},
		{"in clear when told", nil, func(m *Mail) { m.Username, m.Security = "", sender.Clear }, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := mailtest.Start(t, c.server...)
			m := account(s)
			c.change(m)
			err := (&Channel{Name: "jour", Mail: m}).Try(t.Context(), "Exempelkommun", false, time.Now())
			if c.class == "" {
				if got := s.Taken(t); err != nil || len(got) != 1 || got[0].TLS {
					t.Errorf("%v %+v", err, got)
				}
				return
			}
			f, ok := err.(*failure) //nolint:errorlint // it is that and nothing around it
			if !ok || f.class != c.class {
				t.Errorf("%T %v, want %s", err, err, c.class)
			}
			if err != nil && (strings.Contains(err.Error(), "@") || strings.Contains(err.Error(), "losenord")) {
				t.Errorf("an address in %q", err)
			}
			if got := s.Taken(t); len(got) > 0 {
				t.Errorf("sent all the same: %+v", got)
			}
		})
	}
}
