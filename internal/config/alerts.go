package config

// Alerts says what people are told of, when and by whom. All of it may be left
// out: alert.Defaults then holds.
type Alerts struct {
	Job        string                 `yaml:"prometheus_job" json:"prometheus_job,omitempty" jsonschema:"description=What Prometheus calls the scrape of kommunpuls,default=kommunpuls"`
	Every      *Duration              `yaml:"every" json:"every,omitempty" jsonschema:"description=How often the rules are evaluated,default=15s"`
	Runbooks   string                 `yaml:"runbooks" json:"runbooks,omitempty" jsonschema:"description=Address of the folder with the run books where they have been copied"`
	Disruption DisruptionAlerts       `yaml:"disruption" json:"disruption,omitempty"`
	Queue      QueueAlerts            `yaml:"queue" json:"queue,omitempty" jsonschema:"description=Every queue that has no limits of its own"`
	Queues     map[string]QueueAlerts `yaml:"queues" json:"queues,omitempty" jsonschema:"description=Limits of a queue by its name"`
	Waiting    WaitingAlerts          `yaml:"waiting" json:"waiting,omitempty"`
	Figures    FigureAlerts           `yaml:"figures" json:"figures,omitempty"`
	Sources    SourceAlerts           `yaml:"sources" json:"sources,omitempty"`
	Rules      map[string]AlertRule   `yaml:"rules" json:"rules,omitempty" jsonschema:"description=Changes to one alert by its name"`
	Receivers  map[string]Receiver    `yaml:"receivers" json:"receivers,omitempty" jsonschema:"description=Who is told: jour, drift, servicedesk, it-chef, kommunpuls"`
	MailServer string                 `yaml:"mail_server" json:"mail_server,omitempty" jsonschema:"description=Mail server of Alertmanager as host:port"`
	MailFrom   string                 `yaml:"mail_from" json:"mail_from,omitempty" jsonschema:"description=Sender of Alertmanager's mail"`
}

// DisruptionAlerts are the limits of disruptions in the network.
type DisruptionAlerts struct {
	SiteAlert `yaml:",inline"`

	Hold    *Duration            `yaml:"hold" json:"hold,omitempty" jsonschema:"description=How long a disruption is held on to when a scrape is missed; 0s for Prometheus older than 2.42,default=1m"`
	Classes map[string]SiteAlert `yaml:"classes" json:"classes,omitempty" jsonschema:"description=By class of criticality; the most critical pages after 1m unless it says otherwise"`
	Many    ManyAlert            `yaml:"many" json:"many,omitempty"`
}

// SiteAlert says when a disruption at a site is told of, from its own start.
type SiteAlert struct {
	After    *Duration `yaml:"after" json:"after,omitempty" jsonschema:"default=5m"`
	Severity string    `yaml:"severity" json:"severity,omitempty" jsonschema:"enum=page,enum=notify"`
}

// ManyAlert says when several sites become one alert.
type ManyAlert struct {
	Sites *int      `yaml:"sites" json:"sites,omitempty" jsonschema:"default=5"`
	After *Duration `yaml:"after" json:"after,omitempty" jsonschema:"default=1m"`
}

// QueueAlerts are the limits of a queue of tickets.
type QueueAlerts struct {
	Growth *int      `yaml:"growth" json:"growth,omitempty" jsonschema:"description=So many more tickets come than are solved in an hour,default=10"`
	Factor *float64  `yaml:"factor" json:"factor,omitempty" jsonschema:"description=And so many times the usual inflow of an hour,default=2"`
	Oldest *Duration `yaml:"oldest" json:"oldest,omitempty" jsonschema:"description=A ticket may lie open so long,default=30d"`
}

// WaitingAlerts are the limits of the wait for a first answer, in working time.
type WaitingAlerts struct {
	Within *Duration           `yaml:"within" json:"within,omitempty" jsonschema:"description=Nine in ten have an answer within,default=8h"`
	Groups map[string]Duration `yaml:"groups" json:"groups,omitempty" jsonschema:"description=Limits of a group of users by its name; Lärare has 2h unless another is given"`
}

// FigureAlerts are the limits of figures. They stand in the monthly letter.
type FigureAlerts struct {
	Only          []string  `yaml:"only" json:"only,omitempty" jsonschema:"description=Ids of the figures in the monthly letter; all with a target unless given"`
	LevelStep     *int      `yaml:"level_step" json:"level_step,omitempty" jsonschema:"default=1"`
	DayShareDrop  *float64  `yaml:"day_share_drop" json:"day_share_drop,omitempty" jsonschema:"description=The share solved within a day has fallen so much; 0.1 is ten percentage points,default=0.1"`
	WaiverWarning *Duration `yaml:"waiver_warning" json:"waiver_warning,omitempty" jsonschema:"default=60d"`
}

// SourceAlerts are the limits of sources and of the service itself.
type SourceAlerts struct {
	LateFactor   *float64  `yaml:"late_factor" json:"late_factor,omitempty" jsonschema:"description=A source is late after so many of its intervals,default=2"`
	LateAtLeast  *Duration `yaml:"late_at_least" json:"late_at_least,omitempty" jsonschema:"default=10m"`
	RefusedShare *float64  `yaml:"refused_share" json:"refused_share,omitempty" jsonschema:"description=Share of the rows that may be refused,default=0.05"`
	RefusedRows  *int      `yaml:"refused_rows" json:"refused_rows,omitempty" jsonschema:"description=And so many at the least,default=5"`
	Blind        *Duration `yaml:"blind" json:"blind,omitempty" jsonschema:"description=A measuring point has seen nothing so long,default=2m"`
	Down         *Duration `yaml:"down" json:"down,omitempty" jsonschema:"description=The service has not answered so long,default=2m"`
	Export       *Duration `yaml:"export" json:"export,omitempty" jsonschema:"description=OTLP or the notifier has failed so long,default=15m"`
}

// AlertRule changes one alert.
type AlertRule struct {
	Off      bool   `yaml:"off" json:"off,omitempty"`
	Severity string `yaml:"severity" json:"severity,omitempty" jsonschema:"enum=page,enum=notify,enum=mail"`
	Owner    string `yaml:"owner" json:"owner,omitempty" jsonschema:"enum=drift,enum=servicedesk,enum=it-chef,enum=kommunpuls"`
}

// Receiver is how somebody is reached. A webhook holds no secret; one that does
// is written into Alertmanager's own configuration.
type Receiver struct {
	Mail    []string `yaml:"mail" json:"mail,omitempty"`
	Webhook string   `yaml:"webhook" json:"webhook,omitempty" jsonschema:"description=Address without a secret in it"`
}
