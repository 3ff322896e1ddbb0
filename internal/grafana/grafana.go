// Package grafana puts kommunpuls' folder, data source, dashboards, alert
// rules, contact points and notification policy into a Grafana server, again
// and again with the same result, and never over what a person has changed
// unless told to.
//
// [Push] decides; it knows Grafana only through [API]. [Dial] gives the API of
// a real server.
package grafana

import (
	"context"
	"encoding/json"
)

// API is what of Grafana's HTTP API a push needs. What is not there is
// [ErrNotFound]; other refusals are a [*StatusError] or one of this package's
// sentinels. Implementations need not be safe for concurrent use.
type API interface {
	// Server tells the version of Grafana and the organisation of the token.
	Server(ctx context.Context) (Server, error)

	Folder(ctx context.Context, uid string) (Folder, error)
	Folders(ctx context.Context) ([]Folder, error)
	CreateFolder(ctx context.Context, f Folder) error

	// DataSource finds by name.
	DataSource(ctx context.Context, name string) (DataSource, error)
	// PutDataSource creates, or changes the one with the ID.
	PutDataSource(ctx context.Context, d DataSource) error

	Dashboard(ctx context.Context, uid string) (StoredDashboard, error)
	// SaveDashboard is refused with status 412 unless the version is the one
	// that Grafana has; 0 is a new dashboard.
	SaveDashboard(ctx context.Context, d SaveDashboard) error

	RuleGroup(ctx context.Context, folderUID, name string) (RuleGroup, error)
	// Provenance says how a rule came to Grafana: "api", "file" or, by a
	// person, "".
	Provenance(ctx context.Context, ruleUID string) (string, error)
	CreateRule(ctx context.Context, r Rule) error
	// PutRuleGroup makes a group what is given: rules that exist are changed,
	// those that are not named are removed.
	PutRuleGroup(ctx context.Context, g RuleGroup) error

	ContactPoints(ctx context.Context) ([]ContactPoint, error)
	// PutContactPoint creates, or with exists changes the one with the UID.
	PutContactPoint(ctx context.Context, p ContactPoint, exists bool) error

	// MuteTimings are the names of times at which nothing is told.
	MuteTimings(ctx context.Context) ([]MuteTiming, error)
	// PutMuteTiming creates, or with exists changes the one of the name.
	PutMuteTiming(ctx context.Context, m MuteTiming, exists bool) error

	Policy(ctx context.Context) (Policy, error)
	PutPolicy(ctx context.Context, p Policy) error
}

// Server is what answered.
type Server struct {
	Version string
	OrgID   int64
}

// Folder is a folder of dashboards and alert rules.
type Folder struct{ UID, Title string }

// DataSource is the Prometheus that panels and rules ask.
type DataSource struct {
	ID                   int64
	UID, Name, Type, URL string
	Access               string
	Default              bool
	// ReadOnly is one that came from a file beside Grafana.
	ReadOnly bool
	JSON     map[string]any
}

// Dashboard is what shall be in Grafana.
type Dashboard struct {
	UID, Title string
	JSON       []byte
}

// StoredDashboard is what is there.
type StoredDashboard struct {
	Model     map[string]any
	FolderUID string
	Version   int64
	// Message is what was said when this version was saved.
	Message string
	// FromFile is one that came from a file beside Grafana and cannot be saved.
	FromFile bool
}

// SaveDashboard is a dashboard to save.
type SaveDashboard struct {
	Model     map[string]any
	FolderUID string
	Version   int64
	Message   string
}

// RuleGroup is alert rules that are evaluated together every Interval seconds.
type RuleGroup struct {
	FolderUID, Name string
	Interval        int64
	Rules           []Rule
}

// Rule is one alert rule as Grafana has it.
type Rule struct {
	UID, Title, Condition     string
	FolderUID, Group          string
	For                       string
	NoDataState, ExecErrState string
	Labels, Annotations       map[string]string
	Data                      []Query
}

// Query is one step of a rule: a question to the data source, or an expression
// on the answers before it. From and To are seconds before now.
type Query struct {
	RefID, DatasourceUID string
	From, To             int64
	Model                map[string]any
}

// ContactPoint is one way to one receiver.
type ContactPoint struct {
	UID, Name, Type, Provenance string
	DisableResolveMessage       bool
	Settings                    map[string]any
}

// MuteTiming is times at which nothing is told, as Grafana writes them.
type MuteTiming struct {
	Name, Provenance string
	Intervals        json.RawMessage
}

// Policy is the whole tree of who is told of what, as Grafana writes it.
type Policy struct {
	Provenance string
	Tree       json.RawMessage
}

// Wanted is everything that shall be there.
type Wanted struct {
	Folder        string // its title
	DataSource    DataSource
	Dashboards    []Dashboard
	Groups        []RuleGroup
	ContactPoints []ContactPoint
	MuteTimings   []MuteTiming
	Policy        json.RawMessage // nil leaves Grafana's own alone
}
