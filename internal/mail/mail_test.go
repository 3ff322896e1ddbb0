package mail_test

import (
	"bytes"
	"encoding/base64"
	"errors"
	"io"
	"mime"
	"mime/multipart"
	"mime/quotedprintable"
	netmail "net/mail"
	"strings"
	"testing"
	"time"

	"github.com/kommunpuls/kommunpuls/internal/mail"
	"github.com/kommunpuls/kommunpuls/internal/mail/mailtest"
	"github.com/kommunpuls/kommunpuls/internal/testneed"
)

func letter() mail.Message {
	return mail.Message{
		To: []string{"IT-chefen <chef@kommunen.se>", "okand@kommunen.se"}, Subject: "Läget i oktober", Text: "Här är läget.\nNå målet på fredag.\n",
		At: time.Date(2026, 11, 1, 7, 0, 0, 0, time.UTC), ID: "lage-1",
		Attachments: []mail.Attachment{
			{Name: "läget i oktober.pdf", Type: "application/pdf", Data: bytes.Repeat([]byte{0, 255, '\r', '\n', '.', '\n'}, 50_000)},
			{Name: "lage.html", Type: "text/html; charset=utf-8", Data: []byte("<p>Å, ä, ö.</p>\n.\n")},
		},
	}
}

func TestALetterArrivesWithItsTextAndFilesAsTheyWere(t *testing.T) {
	s := mailtest.Start(t, mailtest.WantsTLS, mailtest.WantsLogin)
	settings := s.Settings()
	if err := settings.Send(t.Context(), letter()); err != nil {
		t.Fatal(err)
	}
	got := s.Taken(t)
	if len(got) != 1 || !got[0].TLS || got[0].User != "kommunpuls" || strings.Join(got[0].To, " ") != "chef@kommunen.se okand@kommunen.se" {
		t.Fatalf("%d letters: %+v", len(got), got)
	}
	m, err := netmail.ReadMessage(strings.NewReader(got[0].Content))
	if err != nil {
		t.Fatal(err)
	}
	subject, err := new(mime.WordDecoder).DecodeHeader(m.Header.Get("Subject"))
	if err != nil || subject != "Läget i oktober" {
		t.Errorf("%q %v", subject, err)
	}
	if m.Header.Get("Message-Id") != "<lage-1@kommunpuls>" || m.Header.Get("Auto-Submitted") != "auto-generated" {
		t.Errorf("%v", m.Header)
	}
	if at, err := m.Header.Date(); err != nil || !at.Equal(letter().At) {
		t.Errorf("%v %v", at, err)
	}
	text, files := parts(t, m)
	if strings.ReplaceAll(text, "\r\n", "\n") != letter().Text {
		t.Errorf("%q", text)
	}
	for _, a := range letter().Attachments {
		if !bytes.Equal(files[a.Name], a.Data) {
			t.Errorf("%s came as %d bytes of %d; %d files", a.Name, len(files[a.Name]), len(a.Data), len(files))
		}
	}
}

// parts undoes what a letter's parts are wrapped in.
func parts(t *testing.T, m *netmail.Message) (text string, files map[string][]byte) {
	t.Helper()
	_, params, err := mime.ParseMediaType(m.Header.Get("Content-Type"))
	if err != nil {
		t.Fatal(err)
	}
	files = map[string][]byte{}
	r := multipart.NewReader(m.Body, params["boundary"])
	for {
		p, err := r.NextRawPart()
		if errors.Is(err, io.EOF) {
			return text, files
		}
		if err != nil {
			t.Fatal(err)
		}
		var body io.Reader = p
		switch strings.ToLower(p.Header.Get("Content-Transfer-Encoding")) {
		case "base64":
			body = base64.NewDecoder(base64.StdEncoding, p)
		case "quoted-printable":
			body = quotedprintable.NewReader(p)
		}
		b, err := io.ReadAll(body)
		if err != nil {
			t.Fatal(err)
		}
		if _, params, _ := mime.ParseMediaType(p.Header.Get("Content-Disposition")); params["filename"] != "" {
			name, err := new(mime.WordDecoder).DecodeHeader(params["filename"])
			if err != nil {
				t.Fatal(err)
			}
			files[name] = b
			continue
		}
		text += string(b)
	}
}

func TestWhyALetterIsNotSent(t *testing.T) {
	strict := []string{mailtest.WantsTLS, mailtest.WantsLogin}
	for _, c := range []struct {
		name   string
		server []string
		change func(*mail.Settings)
		class  string
	}{
		{"a wrong password", strict, func(s *mail.Settings) { s.Password = "fel" }, "unauthenticated"},
		{"a login that is wanted", strict, func(s *mail.Settings) { s.Username = "" }, "unauthenticated"},
		{"no encryption to be had", nil, func(s *mail.Settings) { s.Username = "" }, "no_tls"},
		{"no encryption to be had where nothing is said of it", nil, func(s *mail.Settings) { s.Username, s.Security = "", "" }, "no_tls"},
		{"a certificate of someone unknown", strict, func(s *mail.Settings) { s.CA = nil }, "tls"},
		{"a certificate of another name", strict, func(s *mail.Settings) { s.ServerName = "smtp.kommunen.se" }, "tls"},
		{"a server that begins in clear where TLS from the start is wanted", nil, func(s *mail.Settings) { s.Security = mail.FullTLS }, "unreachable"},
		{"every recipient refused", []string{mailtest.WantsTLS, mailtest.Refuses}, func(s *mail.Settings) { s.Username = "" }, "rejected"},
		{"one recipient refused", []string{mailtest.WantsTLS, mailtest.RefusesOne}, func(s *mail.Settings) { s.Username = "" }, "rejected"},
		{"nobody there", nil, func(s *mail.Settings) { s.Server = testneed.FreeAddr(t) }, "unreachable"},
		{"a sender that is no address", strict, func(s *mail.Settings) { s.From = "ingen" }, "settings"},
		{"a server without a port", strict, func(s *mail.Settings) { s.Server = "smtp.kommunen.se" }, "settings"},
		{"in clear when told", nil, func(s *mail.Settings) { s.Username, s.Security = "", mail.Clear }, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := mailtest.Start(t, c.server...)
			settings := s.Settings()
			c.change(&settings)
			m := letter()
			m.Attachments = nil
			err := settings.Send(t.Context(), m)
			got := s.Taken(t)
			if c.class == "" {
				if err != nil || len(got) != 1 || got[0].TLS {
					t.Errorf("%v %+v", err, got)
				}
				return
			}
			var f *mail.Failure
			if !errors.As(err, &f) || f.Class != c.class {
				t.Errorf("%T %v, want %s", err, err, c.class)
			}
			if err != nil && (strings.Contains(err.Error(), "@") || strings.Contains(err.Error(), "losenord")) {
				t.Errorf("an address in %q", err)
			}
			if len(got) > 0 {
				t.Errorf("sent all the same: %+v", got)
			}
		})
	}
}

func TestAServerThatTakesNoLetterOfThatSizeSaysSo(t *testing.T) {
	s := mailtest.Start(t, mailtest.WantsTLS)
	settings := s.Settings()
	settings.Username, settings.Timeout = "", time.Minute
	m := letter()
	m.Attachments[0].Data = make([]byte, 2_200_000)
	err := settings.Send(t.Context(), m)
	var f *mail.Failure
	if !errors.As(err, &f) || f.Class != "rejected" || !strings.Contains(f.Reason, "för stort") {
		t.Errorf("%v", err)
	}
}
