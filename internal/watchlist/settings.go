package watchlist

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strings"
	"time"
)

// Settings are the probe source's settings as they are written.
type Settings struct {
	// Targets here, in a CSV or XLSX file beside the configuration, or both.
	Targets     []RawTarget `json:"targets,omitempty"`
	TargetsFile string      `json:"targets_file,omitempty"`
	// Sheet of a workbook; empty is the first that has the columns.
	Sheet string `json:"sheet,omitempty"`
	// Gateways are the measuring point's own ways out.
	Gateways []RawTarget `json:"gateways,omitempty"`

	// Interval between two probes of a target (15s) and how long one may take
	// (4s, or half the interval if that is less).
	Interval Duration `json:"interval,omitempty"`
	Timeout  Duration `json:"timeout,omitempty"`
	// Failures, Recovery and Flap are the rules.
	Failures Share    `json:"failures,omitempty"`
	Recovery Share    `json:"recovery,omitempty"`
	Flap     Duration `json:"flap,omitempty"`
	// Criticality lists the classes, the most critical first.
	Criticality []RawClass `json:"criticality,omitempty"`
	// ClosedPeriods names days, such as lov: ["2026-06-15..2026-08-14"].
	ClosedPeriods map[string][]string `json:"closed_periods,omitempty"`
	// Planned windows of all targets.
	Planned []string `json:"planned,omitempty"`
	// Modules by name.
	Modules map[string]RawModule `json:"modules,omitempty"`
	// Workers is how many probes may run at the same time (1500).
	Workers int `json:"workers,omitempty"`
	// CertificateEvery is how often a certificate's expiry is told (1h).
	CertificateEvery Duration `json:"certificate_every,omitempty"`
}

// RawTarget is a target as it is written, in the settings or in a row.
type RawTarget struct {
	ID          string   `json:"id"`
	Name        string   `json:"name,omitempty"`
	Module      string   `json:"module,omitempty"`
	Address     string   `json:"address"`
	Query       string   `json:"query,omitempty"`
	Interface   string   `json:"interface,omitempty"`
	Site        string   `json:"site,omitempty"`
	OrgUnit     string   `json:"org_unit,omitempty"`
	Criticality string   `json:"criticality,omitempty"`
	Users       int      `json:"users,omitempty"`
	Hours       string   `json:"hours,omitempty"`
	Closed      string   `json:"closed,omitempty"`
	Parent      string   `json:"parent,omitempty"`
	Planned     Windows  `json:"planned,omitempty"`
	Interval    Duration `json:"interval,omitempty"`
	Timeout     Duration `json:"timeout,omitempty"`
	Failures    Share    `json:"failures,omitempty"`
	Recovery    Share    `json:"recovery,omitempty"`
}

// RawClass is a class of criticality as it is written.
type RawClass struct {
	Name     string   `json:"name"`
	Interval Duration `json:"interval,omitempty"`
	Timeout  Duration `json:"timeout,omitempty"`
	Failures Share    `json:"failures,omitempty"`
	Recovery Share    `json:"recovery,omitempty"`
}

// RawModule is a module as it is written.
type RawModule struct {
	Type            string `json:"type,omitempty"`
	IP              int    `json:"ip,omitempty"`
	Method          string `json:"method,omitempty"`
	Status          []int  `json:"status,omitempty"`
	Contains        string `json:"contains,omitempty"`
	Lacks           string `json:"lacks,omitempty"`
	FollowRedirects *bool  `json:"follow_redirects,omitempty"`
	MaxBody         int64  `json:"max_body,omitempty"`
	Greeting        string `json:"greeting,omitempty"`
	CAFile          string `json:"ca_file,omitempty"`
	ServerName      string `json:"server_name,omitempty"`
	Insecure        bool   `json:"insecure,omitempty"`
	QueryType       string `json:"query_type,omitempty"`
	Answer          string `json:"answer,omitempty"`
	Transport       string `json:"transport,omitempty"`
	Version         string `json:"version,omitempty"`
	Community       string `json:"community,omitempty"`
	User            string `json:"user,omitempty"`
	Auth            string `json:"auth,omitempty"`
	AuthPassword    string `json:"auth_password,omitempty"`
	Privacy         string `json:"privacy,omitempty"`
	PrivacyPassword string `json:"privacy_password,omitempty"`
}

// Duration is written "15s", "2m" or "1h".
type Duration string

// Share is n of m, written "3 of 5" or "3 av 5".
type Share string

// Windows are one or several planned windows: a list, or one text cut at ";".
type Windows []string

// UnmarshalJSON takes a text or a list.
func (w *Windows) UnmarshalJSON(b []byte) error {
	var one string
	if err := json.Unmarshal(b, &one); err == nil {
		*w = split(one)
		return nil
	}
	var many []string
	if err := json.Unmarshal(b, &many); err != nil {
		return fmt.Errorf("planned: want a text or a list of texts: %w", err)
	}
	*w = many
	return nil
}

func (d Duration) parse() (time.Duration, error) {
	v, err := time.ParseDuration(strings.ReplaceAll(strings.TrimSpace(string(d)), " ", ""))
	if err != nil || v <= 0 {
		return 0, fmt.Errorf("%q är ingen tidslängd; skriv till exempel 15s eller 2m", string(d))
	}
	return v, nil
}

func (s Share) parse() (n, of int, err error) {
	text := strings.Replace(strings.ToLower(string(s)), " av ", " of ", 1)
	if k, err := fmt.Sscanf(text, "%d of %d", &n, &of); k != 2 || err != nil || fmt.Sprintf("%d of %d", n, of) != strings.TrimSpace(text) {
		return 0, 0, fmt.Errorf("%q är ingen regel; skriv till exempel 3 of 5", string(s))
	}
	if n < 1 || of < n || of > maxOf {
		return 0, 0, fmt.Errorf("%q går inte; det andra talet är minst det första och högst %d", string(s), maxOf)
	}
	return n, of, nil
}

// decode reads settings strictly.
func decode(raw json.RawMessage) (Settings, error) {
	var s Settings
	dec := json.NewDecoder(bytes.NewReader(raw))
	dec.DisallowUnknownFields()
	if err := dec.Decode(&s); err != nil {
		return s, err
	}
	return s, nil
}
