package page

import (
	"net/url"
	"strings"
	"time"

	"github.com/kommunpuls/kommunpuls/internal/calendar"
)

// Snapshots is the page of the chain of snapshots.
type Snapshots struct {
	Frame
	Kept   []Snapshot
	Broken string
}

func (Snapshots) name() string { return "snapshots" }

// Snapshot is one in the chain.
type Snapshot struct {
	Name           string
	AsOf, Created  time.Time
	Fingerprint    string
	Signed         bool
	Stamped        time.Time
	Encrypted      bool
	Forgotten      bool
	Corrects, Note string
	CorrectedBy    []string
	Files          []string
}

// NewSnapshots makes the page of the chain, the newest first. broken says what
// does not hold in it.
func NewSnapshots(f Frame, kept []Snapshot, broken string) Snapshots {
	f.Here, f.Title = "snapshots", f.say("title-snapshots")
	return Snapshots{Frame: f, Kept: kept, Broken: broken}
}

// Moment writes an instant in local time, to the minute and with its year: it is
// held against what is registered.
func (s Snapshots) Moment(t time.Time) string {
	return t.In(calendar.Location()).Format("2006-01-02 15.04")
}

// States says in a few words each what there is to know of a snapshot.
func (s Snapshots) States(k Snapshot) []string {
	out := []string{s.say("snapshot-unsigned")}
	if k.Signed {
		out[0] = s.say("snapshot-signed")
	}
	if k.Stamped.IsZero() {
		out = append(out, s.say("snapshot-unstamped"))
	} else {
		out = append(out, s.say("snapshot-stamped", s.Moment(k.Stamped)))
	}
	if k.Encrypted {
		out = append(out, s.say("snapshot-encrypted"))
	}
	if k.Forgotten {
		out = append(out, s.say("snapshot-forgotten"))
	}
	if len(k.CorrectedBy) > 0 {
		out = append(out, s.say("snapshot-corrected", strings.Join(k.CorrectedBy, ", ")))
	}
	if k.Corrects != "" {
		out = append(out, s.say("snapshot-corrects", k.Corrects, k.Note))
	}
	return out
}

// Saved is a file of a snapshot to save.
type Saved struct{ Name, Said, Address string }

// Saved are the files of a snapshot, each with what it is.
func (s Snapshots) Saved(k Snapshot) []Saved {
	out := make([]Saved, 0, len(k.Files))
	for _, name := range k.Files {
		said := "snapshot-report"
		if strings.Contains(name, "_underlag") {
			said = "snapshot-evidence"
		}
		text := s.say(said)
		switch {
		case strings.HasSuffix(name, ".minisig"):
			text = s.say("snapshot-signature", text)
		case strings.HasSuffix(name, ".tsr"):
			text = s.say("snapshot-stamp", text)
		}
		out = append(out, Saved{Name: name, Said: text, Address: "/ogonblicksbilder/" + url.PathEscape(name)})
	}
	return out
}
