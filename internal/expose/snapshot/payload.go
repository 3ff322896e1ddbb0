package snapshot

import (
	"context"
	"crypto/sha256"
	"encoding/csv"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/kommunpuls/kommunpuls/internal/catalogue"
	"github.com/kommunpuls/kommunpuls/internal/expose/snapshot/bag"
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
// it; one that is not read as before gives another.
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
	Began    *time.Time  `json:"first_collected,omitempty"`
	Evidence Link        `json:"underlag"`
	Previous *Link       `json:"previous"`
	Corrects *Correction `json:"rattar,omitempty"`
	// PseudonymKey is the id that the pseudonyms of this snapshot begin with.
	PseudonymKey string `json:"pseudonym_key_id,omitempty"`
}

// Link names another file by its content.
type Link struct {
	Name   string `json:"name"`
	SHA256 string `json:"sha256"`
}

// Definition is a KPI as it was defined, in words.
type Definition struct {
	ID         string            `json:"id"`
	Title      finding.Text      `json:"title"`
	Question   finding.Text      `json:"question"`
	Population finding.Text      `json:"population"`
	NotCounted finding.Text      `json:"not_counted"`
	Area       string            `json:"area"`
	Tags       catalogue.Tags    `json:"tags"`
	Unit       string            `json:"unit"`
	Direction  string            `json:"direction"`
	Secrecy    catalogue.Secrecy `json:"secrecy"`
	Source     string            `json:"source"`
	Method     int               `json:"method_version"`
	// SHA256 is of the file in definitioner/ that holds the whole definition: any
	// change of it changes the sum.
	SHA256 string `json:"sha256"`
}

// Decisions are what had been decided.
type Decisions struct {
	InForce []store.Decided        `json:"in_force"`
	Log     []store.DecisionChange `json:"log"`
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
		{sourcesFile, c.Sources},
		{decisionsFile, Decisions{InForce: c.Decided, Log: c.Log}},
	} {
		if err := writeJSON(b, f.name, f.v); err != nil {
			return err
		}
	}
	if err := c.figures(b); err != nil {
		return err
	}
	if err := c.methods(b, defs, methods); err != nil {
		return err
	}
	for _, f := range c.Findings {
		if f.SQL == "" {
			continue
		}
		if err := c.text(b, sqlFolder+f.KPI+".sql", f.SQL); err != nil {
			return err
		}
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

// definitions gives each definition in words, and whole as it is written.
func (c Content) definitions() (out []Definition, methods [][]byte, err error) {
	for _, d := range c.Catalogue.KPIs {
		text, err := catalogue.Write([]catalogue.Definition{d}, nil)
		if err != nil {
			return nil, nil, fmt.Errorf("definition %s: %w", d.ID, err)
		}
		methods = append(methods, text)
		sum := sha256.Sum256(text)
		x := Definition{
			ID: d.ID, Title: d.Title, Question: d.Question, Population: d.PopulationText, NotCounted: d.NotCounted, Area: d.Area, Tags: d.Tags,
			Unit: d.Unit, Direction: d.Direction, Secrecy: d.Secrecy, Source: d.Source, Method: d.Method, SHA256: hex.EncodeToString(sum[:]),
		}
		if i := slices.IndexFunc(c.Findings, func(f finding.Finding) bool { return f.KPI == d.ID }); i >= 0 && c.Findings[i].Population.SV != "" {
			x.Population = c.Findings[i].Population
		}
		out = append(out, x)
	}
	return out, methods, nil
}

// methods writes every definition whole, and the views that they share.
func (c Content) methods(b *bag.Writer, defs []Definition, methods [][]byte) error {
	for i, d := range defs {
		if err := c.text(b, methodFolder+d.ID+".yaml", string(methods[i])); err != nil {
			return err
		}
	}
	views, err := catalogue.Write(nil, c.Catalogue.Views)
	if err != nil {
		return err
	}
	return c.text(b, viewsFile, string(views))
}

// figures writes the figures as a table: the total of each, then its cells.
func (c Content) figures(b *bag.Writer) error {
	w, err := newTable(b, figuresTable, "id", "titel", "indelning", "nyckel", "namn", "varde", "taljare", "namnare", "utfall", "mal", "mal_senast", "enhet")
	if err != nil {
		return err
	}
	for _, f := range c.Findings {
		target, due := "", ""
		if f.Target != nil {
			target, due = decimal(f.Target.Value), f.Target.Due
		}
		outcome := string(f.Outcome)
		if f.Suppressed {
			outcome = "suppressed"
		}
		w.row(f.KPI, f.Title.SV, "", "", "", decimal(f.Value), decimal(f.Numerator), decimal(f.Denominator), outcome, target, due, f.Unit)
		for _, x := range f.Breakdown {
			outcome := string(x.Outcome)
			if x.Suppressed {
				outcome = "suppressed"
			}
			w.row(f.KPI, f.Title.SV, x.Dimension, x.Key, x.Label, decimal(x.Value), decimal(x.Numerator), decimal(x.Denominator), outcome, "", "", f.Unit)
		}
	}
	return w.end()
}

// evidence writes the bag with the rows.
func (c Content) evidence(ctx context.Context, b *bag.Writer) error {
	ps, err := c.Rows.Populations()
	if err != nil {
		return err
	}
	if err := writeJSON(b, populationsFile, ps); err != nil {
		return err
	}
	if err := c.text(b, configFile, string(c.Config)); err != nil {
		return err
	}
	for _, p := range ps {
		head := []string{"id", "org_unit", "plats"}
		for _, col := range p.Columns {
			head = append(head, col.KPI)
		}
		w, err := newTable(b, populationFolder+p.Relation+".csv", head...)
		if err != nil {
			return err
		}
		cells := make([]string, 0, len(head))
		if err := c.Rows.Rows(ctx, p.Relation, func(r *finding.PopulationRow) error {
			cells = append(append(cells[:0], r.ID, r.OrgUnit, r.Place), r.Cells...)
			w.row(cells...)
			return w.err()
		}); err != nil {
			return err
		}
		if err := w.end(); err != nil {
			return err
		}
	}
	for _, f := range c.Findings {
		if err := c.evidenceOf(ctx, b, f); err != nil {
			return fmt.Errorf("%s: %w", f.KPI, err)
		}
	}
	return nil
}

// evidenceOf writes the rows behind one figure. Its columns are those of the
// definition, so that every row has the same.
func (c Content) evidenceOf(ctx context.Context, b *bag.Writer, f finding.Finding) error {
	i := slices.IndexFunc(c.Catalogue.KPIs, func(d catalogue.Definition) bool { return d.ID == f.KPI })
	if i < 0 || !f.Outcome.HasValue() {
		return nil
	}
	columns := append(slices.Clone(c.Catalogue.KPIs[i].Evidence.Columns), "value")
	head := append([]string{"post", "id", "namn", "org_unit", "enhet", "plats", "uppfyller", "godtagen", "skal"}, columns...)
	w, err := newTable(b, evidenceFolder+f.KPI+".csv", head...)
	if err != nil {
		return err
	}
	if err := c.Rows.Evidence(ctx, f.KPI, func(r finding.Row) error {
		cells := []string{r.Entity, r.ID, r.Label, r.OrgUnit, r.OrgUnitName, r.Place, yes(r.Pass), yes(r.Waived), r.Reason}
		for _, name := range columns {
			cells = append(cells, r.Columns[name])
		}
		w.row(cells...)
		return w.err()
	}); err != nil {
		return err
	}
	return w.end()
}

func (c Content) text(b *bag.Writer, name, text string) error {
	w, err := b.File(name)
	if err != nil {
		return err
	}
	_, err = io.WriteString(w, text)
	return err
}

func writeJSON(b *bag.Writer, name string, v any) error {
	w, err := b.File(name)
	if err != nil {
		return err
	}
	e := json.NewEncoder(w)
	e.SetIndent("", "  ")
	e.SetEscapeHTML(false)
	return e.Encode(v)
}

// table is a CSV file as RFC 4180 has it, in UTF-8 with commas.
type table struct{ w *csv.Writer }

func newTable(b *bag.Writer, name string, head ...string) (table, error) {
	w, err := b.File(name)
	if err != nil {
		return table{}, err
	}
	t := table{csv.NewWriter(w)}
	t.row(head...)
	return t, t.err()
}

// row writes a row; a fault stays until err or end.
func (t table) row(cells ...string) { _ = t.w.Write(cells) }

func (t table) err() error { return t.w.Error() }

func (t table) end() error {
	t.w.Flush()
	return t.w.Error()
}

// decimal writes a figure so that reading it gives the same number.
func decimal(v *float64) string {
	if v == nil {
		return ""
	}
	return strconv.FormatFloat(*v, 'g', -1, 64)
}

func yes(b bool) string {
	if b {
		return "1"
	}
	return "0"
}
