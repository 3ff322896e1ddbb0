// Package config reads kommunpuls.yaml: strictly, with every fault located,
// and with secrets only by reference.
package config

import (
	"encoding/json"
	"time"
)

// Config is the whole configuration, after defaults, with secrets filled in.
// Field names are those of the YAML.
type Config struct {
	Municipality         string            `yaml:"municipality" json:"municipality" jsonschema:"required,description=The municipality's name as it stands on reports"`
	Code                 string            `yaml:"municipality_code" json:"municipality_code,omitempty" jsonschema:"pattern=^[0-9]{4}$,description=SCB's four digits in quotes,examples=1481"`
	Size                 Size              `yaml:"size" json:"size,omitempty" jsonschema:"description=How large the municipality is"`
	DataDir              string            `yaml:"data_dir" json:"data_dir,omitempty" jsonschema:"description=Folder of the store; relative to this file,default=data"`
	Listen               string            `yaml:"listen" json:"listen,omitempty" jsonschema:"description=Address of metrics and API,default=127.0.0.1:9464"`
	Hosts                []string          `yaml:"hosts" json:"hosts,omitempty" jsonschema:"description=Host names that requests may carry besides the loopback names"`
	PublicURL            string            `yaml:"public_url" json:"public_url,omitempty" jsonschema:"description=Address at which people reach the pages; it stands in links of dashboards and alerts and in login,examples=https://kommunpuls.kommunen.se"`
	WebConfig            string            `yaml:"web_config" json:"web_config,omitempty" jsonschema:"description=File with TLS and client certificates and passwords in the format of Prometheus exporters; relative to this file"`
	Access               Access            `yaml:"access" json:"access,omitempty" jsonschema:"description=Login and roles"`
	PseudonymKey         Secret            `yaml:"pseudonym_key" json:"pseudonym_key" jsonschema:"required"`
	PreviousPseudonymKey Secret            `yaml:"previous_pseudonym_key" json:"previous_pseudonym_key,omitempty" jsonschema:"description=The key before, until every source has been collected once with the new one"`
	APIToken             Secret            `yaml:"api_token" json:"api_token,omitempty"`
	Decisions            []string          `yaml:"decisions" json:"decisions,omitempty" jsonschema:"description=Workbooks or YAML files with targets, waivers and org units"`
	Catalogue            []string          `yaml:"catalogue" json:"catalogue,omitempty" jsonschema:"description=Folders with the municipality's own KPI definitions"`
	Evaluate             Duration          `yaml:"evaluate" json:"evaluate,omitempty" jsonschema:"description=How often figures are computed anew when nothing was collected,default=15m"`
	Calendar             Calendar          `yaml:"calendar" json:"calendar,omitempty"`
	Plugins              map[string]Plugin `yaml:"plugins" json:"plugins,omitempty" jsonschema:"description=External sources, pinned by SHA-256"`
	Alerts               Alerts            `yaml:"alerts" json:"alerts,omitempty" jsonschema:"description=What people are told of, when and by whom"`
	Sources              []Source          `yaml:"sources" json:"sources,omitempty"`
	Mail                 *MailServer       `yaml:"mail" json:"mail,omitempty" jsonschema:"description=The mail server that reports and notices go through"`
	Reports              []Report          `yaml:"reports" json:"reports,omitempty" jsonschema:"description=Reports that are made regularly and kept and mailed"`
	Notify               *Notify           `yaml:"notify" json:"notify,omitempty" jsonschema:"description=Tells of disruptions, queues and sources without Prometheus"`
	OTLP                 *OTLP             `yaml:"otlp" json:"otlp,omitempty" jsonschema:"description=Sends the figures to an OpenTelemetry collector"`
	Grafana              *Grafana          `yaml:"grafana" json:"grafana,omitempty" jsonschema:"description=The server that kommunpuls grafana push writes to"`
	Snapshot             Snapshot          `yaml:"snapshot" json:"snapshot,omitempty"`
	Privacy              Privacy           `yaml:"privacy" json:"privacy,omitempty" jsonschema:"description=Contacts and legal basis of the record of processing and how long records are kept"`
	OpenData             *OpenData         `yaml:"open_data" json:"open_data,omitempty" jsonschema:"description=What is published for anyone to use"`
	Exchange             *Exchange         `yaml:"exchange" json:"exchange,omitempty" jsonschema:"description=What other municipalities get in a file"`
	Peers                *Peers            `yaml:"peers" json:"peers,omitempty" jsonschema:"description=Other municipalities to compare with"`
	Demo                 bool              `yaml:"demo" json:"demo,omitempty" jsonschema:"description=Marks everything shown as DEMODATA"`

	// Path is the file it was read from; relative names start from its folder.
	Path string `yaml:"-" json:"-"`
}

// Source is one configured source.
type Source struct {
	Name          string         `yaml:"name" json:"name" jsonschema:"required"`
	Type          string         `yaml:"type" json:"type" jsonschema:"required,description=A built-in source (table, ldap) or a name under plugins"`
	Every         Duration       `yaml:"every" json:"every,omitempty" jsonschema:"default=1h"`
	Timeout       Duration       `yaml:"timeout" json:"timeout,omitempty" jsonschema:"default=30m"`
	Precedence    int            `yaml:"precedence" json:"precedence,omitempty" jsonschema:"description=Which source wins where two describe one system; lower wins"`
	ContentMaxAge Duration       `yaml:"content_max_age" json:"content_max_age,omitempty" jsonschema:"description=Content older than this makes figures stale"`
	RetiredOn     Day            `yaml:"retired_on" json:"retired_on,omitempty" jsonschema:"description=The source was switched off that day; its data stay"`
	SeriesBreak   []SeriesBreak  `yaml:"series_break" json:"series_break,omitempty" jsonschema:"description=Days from which the source counts otherwise; nothing is called better or worse across them"`
	Settings      map[string]any `yaml:"settings" json:"settings,omitempty"`

	// JSON is Settings with secrets filled in, as the plugin gets it.
	JSON json.RawMessage `yaml:"-" json:"-"`
}

// SeriesBreak is the first day of a new series of a source.
type SeriesBreak struct {
	On     Day    `yaml:"on" json:"on" jsonschema:"required"`
	Reason string `yaml:"reason" json:"reason" jsonschema:"required,description=Why as people read it on the chart"`
}

// Plugin is an external executable.
type Plugin struct {
	Path   string `yaml:"path" json:"path" jsonschema:"required"`
	SHA256 string `yaml:"sha256" json:"sha256" jsonschema:"required,pattern=^[0-9a-f]{64}$"`
}

// Calendar is the working time of the IT unit.
type Calendar struct {
	// Open is opening hours by weekday: "mon-fri 08:00-17:00".
	Open []string `yaml:"open" json:"open,omitempty" jsonschema:"description=Opening hours such as mon-fri 08:00-17:00"`
	// Closed are extra closed days, HalfDays close at the hour given: "2026-12-23 12:00".
	Closed   []string `yaml:"closed" json:"closed,omitempty"`
	HalfDays []string `yaml:"half_days" json:"half_days,omitempty"`
}

// Defaults of the configuration.
const (
	DefaultListen   = "127.0.0.1:9464"
	DefaultEvery    = time.Hour
	DefaultTimeout  = 30 * time.Minute
	DefaultEvaluate = 15 * time.Minute
)

func (c *Config) setDefaults() {
	if c.DataDir == "" {
		c.DataDir = "data"
	}
	if c.Listen == "" {
		c.Listen = DefaultListen
	}
	if c.Evaluate == 0 {
		c.Evaluate = Duration(DefaultEvaluate)
	}
	c.Mail.setDefaults()
	setReportDefaults(c.Reports)
	c.Notify.setDefaults(c.Mail)
	c.OTLP.setDefaults()
	c.Grafana.setDefaults()
	c.Snapshot.setDefaults()
	c.Access.setDefaults()
	c.OpenData.setDefaults(c.Municipality)
	c.Exchange.setDefaults()
	c.Peers.setDefaults(c)
	for i := range c.Sources {
		s := &c.Sources[i]
		if s.Every == 0 {
			s.Every = Duration(DefaultEvery)
		}
		if s.Timeout == 0 {
			s.Timeout = Duration(DefaultTimeout)
		}
	}
}
