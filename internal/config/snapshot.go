package config

import (
	"crypto/x509"
	"net/mail"
	"net/url"
	"slices"
	"strings"
	"time"

	"filippo.io/age"
)

// Snapshot says where snapshots are kept, when they are made, who signs them and
// who may read what is secret in them.
type Snapshot struct {
	Dir        string     `yaml:"dir" json:"dir,omitempty" jsonschema:"description=Folder of the snapshots and their chain; relative to this file. Default is snapshots in data_dir"`
	Key        Secret     `yaml:"key" json:"key,omitempty"`
	Recipients []string   `yaml:"recipients" json:"recipients,omitempty" jsonschema:"description=Open keys of age (age1…) of everybody who may open the evidence; it is then kept encrypted only"`
	Every      string     `yaml:"every" json:"every,omitempty" jsonschema:"enum=month,enum=quarter,enum=year,description=A snapshot of the last day of each period is made by itself when the next one begins"`
	Timestamp  *Timestamp `yaml:"timestamp" json:"timestamp,omitempty" jsonschema:"description=Server that gives each snapshot a time stamp (RFC 3161)"`
	MailHead   *MailHead  `yaml:"mail_head" json:"mail_head,omitempty" jsonschema:"description=Mails the newest names and fingerprints once a month to somebody who keeps them"`
}

// Timestamp is a server of time stamps and whom it is believed by.
type Timestamp struct {
	URL      string   `yaml:"url" json:"url" jsonschema:"required,examples=https://tsa.example.se/tsr"`
	CA       string   `yaml:"ca" json:"ca" jsonschema:"required,description=File with the certificates of who vouches for the server's time stamps"`
	Username string   `yaml:"username" json:"username,omitempty"`
	Password Secret   `yaml:"password" json:"password,omitempty"`
	Timeout  Duration `yaml:"timeout" json:"timeout,omitempty" jsonschema:"default=20s"`

	// CAPEM is the file's content as Load read it.
	CAPEM []byte `yaml:"-" json:"-"`
}

// MailHead says who keeps the fingerprints.
type MailHead struct {
	To  []string `yaml:"to" json:"to" jsonschema:"required"`
	Day int      `yaml:"day" json:"day,omitempty" jsonschema:"minimum=1,maximum=28,default=1,description=Day of the month"`
}

// DefaultTimestampTimeout is how long a time stamp may take.
const DefaultTimestampTimeout = 20 * time.Second

func (s *Snapshot) setDefaults() {
	if s.Timestamp != nil && s.Timestamp.Timeout == 0 {
		s.Timestamp.Timeout = Duration(DefaultTimestampTimeout)
	}
	if s.MailHead != nil && s.MailHead.Day == 0 {
		s.MailHead.Day = 1
	}
}

func (v *validator) checkSnapshot(c *Config) {
	s := &c.Snapshot
	v.secret("snapshot.key", &s.Key, false)
	for _, r := range s.Recipients {
		_, err := age.ParseX25519Recipient(r)
		if err != nil {
			_, err = age.ParseHybridRecipient(r)
		}
		switch {
		case strings.HasPrefix(strings.ToUpper(r), "AGE-SECRET-KEY"):
			v.fault("snapshot.recipients", "en hemlig nyckel står där en öppen ska stå; den öppna börjar med age1")
		case err != nil:
			v.fault("snapshot.recipients", "%q är ingen öppen nyckel för age; den börjar med age1 och skrivs ut av age-keygen -y", r)
		}
	}
	if !slices.Contains([]string{"", "month", "quarter", "year"}, s.Every) {
		v.fault("snapshot.every", "%q finns inte; välj month, quarter eller year", s.Every)
	}
	v.checkTimestamp(s.Timestamp)
	v.checkMailHead(c)
}

func (v *validator) checkTimestamp(t *Timestamp) {
	if t == nil {
		return
	}
	const field = "snapshot.timestamp"
	u, err := url.Parse(t.URL)
	switch {
	case err != nil || u.Scheme != "https" && u.Scheme != "http" || u.Hostname() == "" || u.Fragment != "":
		v.fault(field+".url", "%q är ingen adress; skriv till exempel https://tsa.example.se/tsr", t.URL)
	case u.User != nil:
		v.fault(field+".url", "lösenord står aldrig i adressen; använd username och password: ${env:NAMN}")
	case u.Scheme == "http" && t.Username != "":
		v.fault(field+".url", "med lösenord måste adressen börja med https://")
	}
	switch t.CAPEM = v.pem(field+".ca", t.CA); {
	case t.CA == "":
		v.fault(field+".ca", "måste anges: filen med utfärdarens certifikat, som en tidsstämpel kontrolleras mot")
	case t.CAPEM != nil && !x509.NewCertPool().AppendCertsFromPEM(t.CAPEM):
		v.fault(field+".ca", "%s har inget certifikat i PEM-form", t.CA)
	}
	v.secret(field+".password", &t.Password, t.Username != "")
	if d := t.Timeout.Std(); d < time.Second || d > 5*time.Minute {
		v.fault(field+".timeout", "%s går inte; välj mellan 1s och 5m", d)
	}
}

func (v *validator) checkMailHead(c *Config) {
	m := c.Snapshot.MailHead
	if m == nil {
		return
	}
	const field = "snapshot.mail_head"
	if c.Mail == nil {
		v.fault(field, "behöver en e-postserver; ange mail: med server och from")
	}
	if len(m.To) == 0 {
		v.fault(field+".to", "måste anges: revisorns adress")
	}
	for _, to := range m.To {
		if _, err := mail.ParseAddress(to); err != nil {
			v.fault(field+".to", "%q är ingen e-postadress", to)
		}
	}
	if m.Day < 1 || m.Day > 28 {
		v.fault(field+".day", "%d går inte; välj 1 till 28, som alla månader har", m.Day)
	}
}
