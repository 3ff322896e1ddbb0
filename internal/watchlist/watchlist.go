// Package watchlist is what the probe source is told to watch and what it
// answers: the targets with site, criticality, opening hours, parent and
// planned windows, the rules that make a disruption of failures, and the form
// in which one probe's result travels as a record. The source, the daemon's
// disruption state and the commands all read the settings through here, so
// they agree on every target.
//
// It is pure: [Parse] opens nothing, [Load] opens the one file that the
// settings name, and nothing here asks the clock.
package watchlist

import (
	"os"
	"path/filepath"
	"time"

	"github.com/kommunpuls/kommunpuls/plugins/sdk/record"
)

// List is a whole list of targets, checked.
type List struct {
	// Targets in the order of the settings, then of the file; gateways first.
	Targets []Target
	// Modules are those in use, by name.
	Modules map[string]Module
	// Classes of criticality, the most critical first.
	Classes []Class
	// Workers is how many probes may run at the same time.
	Workers int
	// CertificateEvery is how often the expiry of a target's certificate is told.
	CertificateEvery time.Duration

	// File is the list of targets that was read, with the size and time it had;
	// zero when there is none, and without size when only [Parse] has been.
	File File

	byID map[string]int
}

// File is a targets_file as it was when read.
type File struct {
	Path     string // absolute, or relative to the process when base was
	Size     int64
	Modified time.Time
}

// Name is what a person calls the file.
func (f File) Name() string { return filepath.Base(f.Path) }

// Changed tells whether the file is no longer what was read, or is gone.
func (f File) Changed() bool {
	if f.Size == 0 && f.Modified.IsZero() {
		return false
	}
	st, err := os.Stat(f.Path)
	return err != nil || st.Size() != f.Size || !st.ModTime().Equal(f.Modified)
}

// Target is one thing to probe.
type Target struct {
	ID   string // stable; the subject of its records
	Name string // as people say it; the id if none is given
	// Module names an entry of List.Modules; Type is that entry's.
	Module string
	Type   Type
	// Address is a host for icmp, host:port for tcp and tls, a URL for http, a
	// name server (host or host:port) for dns, an agent (host or host:port) for snmp.
	Address string
	// Query is the name that a dns target asks for; Interface the interface
	// (ifName, ifDescr, ifAlias or ifIndex) that an snmp target looks at.
	Query     string
	Interface string

	Site    string // as the source calls it; resolved by the daemon
	OrgUnit string // the same
	// Criticality names an entry of List.Classes.
	Criticality string
	// Users is how many people a disruption concerns; 0 is not known.
	Users int
	// Opening is when a disruption counts as working time; never nil.
	Opening *Opening
	// Parent is the id of the target that this one stands behind, or "".
	Parent string
	// Planned windows, the list's own included.
	Planned []Window

	Interval time.Duration
	Timeout  time.Duration
	Rules    Rules
	// Gateway: the measuring point's own way out. When all gateways fail the
	// point is blind; a gateway is never down, only unknown.
	Gateway bool
	// Place is where the target stands: a row of the file, or zero.
	Place record.Place
}

// Where is where a target's records come from: its row of the file, or its id.
func (t *Target) Where() record.Place {
	if t.Place.Doc != "" {
		return t.Place
	}
	return record.Place{Doc: "mål " + t.ID}
}

// PlannedAt tells whether an instant lies in a planned window.
func (t *Target) PlannedAt(at time.Time) bool {
	for i := range t.Planned {
		if t.Planned[i].Covers(at) {
			return true
		}
	}
	return false
}

// Rules make disruptions of failures.
type Rules struct {
	// A disruption begins when Failures of the last FailuresOf known results
	// failed, at the start of the first of them, and ends when Recoveries of the last
	// RecoveriesOf succeeded.
	Failures, FailuresOf     int
	Recoveries, RecoveriesOf int
	// Flap: a disruption that was shorter is a flap.
	Flap time.Duration
}

// Class is a class of criticality and what its targets get unless they say otherwise.
type Class struct {
	Name     string // raddningstjanst
	Rank     int    // 1 is the most critical
	Interval time.Duration
	Timeout  time.Duration
	Rules    Rules
}

// Find returns the target with an id.
func (l *List) Find(id string) (*Target, bool) {
	i, ok := l.byID[id]
	if !ok {
		return nil, false
	}
	return &l.Targets[i], true
}

// Rank is the rank of a class; an unknown one comes after all.
func (l *List) Rank(class string) int {
	for i := range l.Classes {
		if l.Classes[i].Name == class {
			return l.Classes[i].Rank
		}
	}
	return len(l.Classes) + 1
}

// Gateways returns the measuring point's own gateways.
func (l *List) Gateways() []*Target {
	var out []*Target
	for i := range l.Targets {
		if l.Targets[i].Gateway {
			out = append(out, &l.Targets[i])
		}
	}
	return out
}
