package snapshot

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/kommunpuls/kommunpuls/internal/expose/snapshot/bag"
	"github.com/kommunpuls/kommunpuls/internal/expose/snapshot/seal"
	"github.com/kommunpuls/kommunpuls/internal/finding"
	"github.com/kommunpuls/kommunpuls/internal/store"
)

// Files of the payload. Those of the report:
const (
	aboutFile       = "om.json"
	figuresFile     = "siffror.json"
	figuresTable    = "siffror.csv"
	definitionsFile = "definitioner.json"
	methodFolder    = "definitioner/" // each definition whole, as definitions are written
	viewsFile       = methodFolder + "vyer.yaml"
	sourcesFile     = "kallor.json"
	sourcesCSV      = "kallor.csv"
	decisionsFile   = "beslut.json"
	readMe          = "LASMIG.txt"
	sqlFolder       = "sql/"
	reportFolder    = "rapporter/"
)

// Files of the evidence:
const (
	populationsFile  = "populationer.json"
	populationFolder = "population/"
	evidenceFolder   = "underlag/"
	configFile       = "konfiguration.json"
)

// Format is the version of a snapshot's files. A file that gains a field keeps
// it; one that is not read as before gives another, as does a table that gains a
// column: Verify writes the tables again.
const Format = 1

// About says what a snapshot is of.
type About struct {
	Format       int       `json:"format"` // 0 in those from before there were several
	Name         string    `json:"name"`
	Municipality string    `json:"municipality"`
	Version      string    `json:"kommunpuls_version"`
	Demo         bool      `json:"demo"`
	AsOf         time.Time `json:"as_of"`
	KnownAt      time.Time `json:"known_at"`
	Created      time.Time `json:"created"`
	// Began is when anything was first collected, where as_of is before that:
	// what is told of that time was read later.
	Began    *time.Time       `json:"first_collected,omitempty"`
	Evidence Link             `json:"underlag"`
	Previous *Link            `json:"previous" jsonschema:"nullable"`
	Corrects *seal.Correction `json:"rattar,omitempty"`
	// PseudonymKey is the id that the pseudonyms of this snapshot begin with.
	PseudonymKey string `json:"pseudonym_key_id,omitempty"`
}

// Link names another file by its content.
type Link struct {
	Name   string `json:"name"`
	SHA256 string `json:"sha256"`
}

// Decisions are what had been decided.
type Decisions struct {
	InForce []store.Decided        `json:"in_force"`
	Log     []store.DecisionChange `json:"log"`
}

// decisions has lists where there are none, so that readers need not tell.
func (c Content) decisions() Decisions {
	d := Decisions{InForce: []store.Decided{}, Log: []store.DecisionChange{}}
	d.InForce, d.Log = append(d.InForce, c.Decided...), append(d.Log, c.Log...)
	for i := range d.InForce {
		if d.InForce[i].Fields == nil {
			d.InForce[i].Fields = map[string]string{}
		}
	}
	return d
}

// report writes the bag that stands alone.
func (c Content) report(b *bag.Writer, a About) error {
	defs, methods, err := c.definitions()
	if err != nil {
		return err
	}
	if err := c.text(b, readMe, readMeText(a)); err != nil {
		return err
	}
	for _, f := range []struct {
		name string
		v    any
	}{
		{aboutFile, a},
		{figuresFile, withoutSQL(c.Findings)},
		{definitionsFile, defs},
		{sourcesFile, c.sources()},
		{decisionsFile, c.decisions()},
	} {
		if err := writeJSON(b, f.name, f.v); err != nil {
			return err
		}
	}
	if err := c.tables(b); err != nil {
		return err
	}
	if err := c.methods(b, defs, methods); err != nil {
		return err
	}
	if err := c.queries(b); err != nil {
		return err
	}
	out, err := b.File(workbookFile)
	if err != nil {
		return err
	}
	if err := c.writeBook(out, c.spool, nil); err != nil {
		return err
	}
	if err := writeSchemas(b, aboutFile, figuresFile, definitionsFile, sourcesFile, decisionsFile); err != nil {
		return err
	}
	return c.attachments(b)
}

// attachments writes the reports. A name with a folder in it is refused like one
// that leads out of the bag: each report is one file that stands on its own.
func (c Content) attachments(b *bag.Writer) error {
	for _, a := range c.Reports {
		if strings.ContainsAny(a.Name, "/\\") || a.Name == "" {
			return fmt.Errorf("report %q: %w", a.Name, bag.ErrPath)
		}
		w, err := b.File(reportFolder + a.Name)
		if err != nil {
			return fmt.Errorf("report: %w", err)
		}
		if err := a.Write(w); err != nil {
			return fmt.Errorf("report %s: %w", a.Name, err)
		}
	}
	return nil
}

func withoutSQL(fs []finding.Finding) []finding.Finding {
	out := slices.Clone(fs)
	for i := range out {
		out[i].SQL = ""
	}
	return out
}
