// Package snapshot writes an evaluation as two BagIt bags in ZIP files, for a
// reader who trusts nothing: "redovisning" with definitions, figures, decisions
// and sources, which stands alone, and "underlag" with the rows and populations
// that every ratio and quantile can be computed anew from.
package snapshot

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"filippo.io/age"

	"github.com/kommunpuls/kommunpuls/internal/calendar"
	"github.com/kommunpuls/kommunpuls/internal/catalogue"
	"github.com/kommunpuls/kommunpuls/internal/expose/snapshot/bag"
	"github.com/kommunpuls/kommunpuls/internal/expose/snapshot/seal"
	"github.com/kommunpuls/kommunpuls/internal/finding"
	"github.com/kommunpuls/kommunpuls/internal/store"
)

// Rows are what stands behind the figures, read a row at a time.
type Rows interface {
	// Evidence calls each for the rows behind a figure.
	Evidence(ctx context.Context, kpi string, each func(finding.Row) error) error
	// Populations lists the relations that figures follow from.
	Populations() ([]finding.Population, error)
	// Rows calls each for the rows of a population, sorted by id.
	Rows(ctx context.Context, relation string, each func(*finding.PopulationRow) error) error
}

// Content is everything that a snapshot is written from.
type Content struct {
	Municipality string
	Version      string // of the program
	Demo         bool
	At           store.Point
	Created      time.Time
	Began        time.Time         // when anything was first collected
	Findings     []finding.Finding // with SQL, without rows
	Catalogue    catalogue.Catalogue
	Sources      []store.SourceState
	Changes      []store.RowChange      // from ChangesFrom(At.AsOf) to it
	Decided      []store.Decided        // in force at At
	Log          []store.DecisionChange // all of it
	Config       []byte                 // as JSON, secrets by reference only
	Rows         Rows
	SQL          map[string]SQL // by figure; one without has its finding's SQL
	Workers      int            // how many files of rows may be made at once: Rows must bear it; 0 is 1
	Reports      []Attachment   // for people to read, kept with the figures
	spool        string         // folder for what is on its way into a bag
	// Corrects names the snapshot that this one corrects, and says why; nil
	// corrects none. Its sum is filled in from the chain.
	Corrects *seal.Correction
	// Pseudonyms makes those of the store into this snapshot's own; nil leaves
	// them as they are.
	Pseudonyms *seal.PseudonymKey
	// Recipients are who may open the evidence; none leaves it in clear.
	Recipients []age.Recipient
}

// Attachment is a file that lies beside the figures, under rapporter/ of the
// accounting bag.
type Attachment struct {
	Name  string // "ledning.html": one name without folders, as every system can write it
	Write func(io.Writer) error
}

// Written tells what was written.
type Written struct {
	Name             string
	Report, Evidence File   // of evidence that is encrypted, the sum of what it opens to
	Previous         string // name of the snapshot before, "" for the first
	Corrects         *seal.Correction
	Signed           bool
	Encrypted        bool
	Stamped          time.Time // zero without a time stamp
	NotStamped       error     // why a configured server gave none
	Before           time.Time // when anything was first collected, if At is before that; else zero
	// Fingerprint is short enough to write down: the beginning of the
	// accounting bag's SHA-256, in groups of four.
	Fingerprint string
}

// File is a file and its SHA-256.
type File struct{ Path, SHA256 string }

// ErrExists is returned when there is a snapshot of that name: a snapshot is
// never changed.
var ErrExists = errors.New("finns redan")

// ErrNothing is returned for a point at which nothing is known.
var ErrNothing = errors.New("inget är känt")

// ErrClock is returned when the newest snapshot was made later than now.
var ErrClock = errors.New("klockan har gått bakåt")

// Write writes a snapshot into dir and enters it in the chain there. Either both
// bags are there afterwards or nothing is changed. key may be nil: the snapshot
// then shows what was changed by mistake and nothing more.
func Write(ctx context.Context, dir string, c Content, key *seal.Key) (w Written, err error) {
	if !slices.ContainsFunc(c.Findings, func(f finding.Finding) bool { return f.Outcome.HasValue() }) {
		return w, fmt.Errorf("%w om läget %s: ingen siffra går att räkna så långt tillbaka", ErrNothing, c.At.AsOf.In(calendar.Location()).Format("2006-01-02 15.04"))
	}
	if err := os.MkdirAll(dir, 0o750); err != nil {
		return w, err
	}
	chain, err := seal.ReadChain(dir)
	if err != nil {
		return w, err
	}
	previous := chain.Newest()
	if previous != nil && previous.Created.After(c.Created) {
		return w, fmt.Errorf("%w: %s gjordes %s", ErrClock, previous.Name, seal.Moment(previous.Created))
	}
	corrects, err := chain.Correct(c.Corrects)
	if err != nil {
		return w, err
	}
	if c, err = c.rekeyed(); err != nil {
		return w, err
	}
	c.Findings = corrected(c.Findings, corrects)
	name := fmt.Sprintf("%s_%s", slug(c.Municipality), c.At.AsOf.In(calendar.Location()).Format("2006-01-02"))
	name = chain.Free(name)
	tmp, err := os.MkdirTemp(dir, ".halvfardig-")
	if err != nil {
		return w, err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(tmp)) }()
	if c.spool, err = os.MkdirTemp(dir, ".halvfardig-"); err != nil {
		return w, err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(c.spool)) }()

	about := About{
		Format: Format, Name: name, Municipality: c.Municipality, Version: c.Version, Demo: c.Demo, AsOf: c.At.AsOf, KnownAt: c.At.KnownAt, Created: c.Created,
		Corrects: corrects, PseudonymKey: c.Pseudonyms.ID(),
	}
	if c.Began.After(c.At.AsOf) {
		about.Began, w.Before = &c.Began, c.Began
	}
	if previous != nil {
		about.Previous = &Link{Name: previous.Name, SHA256: previous.Report}
		w.Previous = previous.Name
	}
	evidence, err := c.write(bagFile{dir: tmp, name: name + seal.EvidenceEnd, key: key, to: c.Recipients, fill: func(b *bag.Writer) error { return c.evidence(ctx, b) }})
	if err != nil {
		return w, err
	}
	about.Evidence = Link{Name: name + seal.EvidenceEnd + seal.ZipEnd, SHA256: evidence.SHA256}
	report, err := c.write(bagFile{dir: tmp, name: name + seal.ReportEnd, key: key, fill: func(b *bag.Writer) error { return c.report(b, about) }})
	if err != nil {
		return w, err
	}
	entry := seal.Entry{
		Name: name, AsOf: c.At.AsOf, Created: c.Created, Report: report.SHA256, Evidence: evidence.SHA256,
		Corrects: corrects, Signed: key != nil, Encrypted: evidence.kept, PseudonymKey: about.PseudonymKey,
	}
	if previous != nil {
		entry.Previous = previous.Report
	}
	if err := enter(tmp, dir, entry); err != nil {
		return w, err
	}
	w.Name, w.Report, w.Evidence, w.Corrects = name, report.File, evidence.File, corrects
	w.Report.Path, w.Evidence.Path = filepath.Join(dir, filepath.Base(report.Path)), filepath.Join(dir, filepath.Base(evidence.Path))
	w.Signed, w.Encrypted, w.Fingerprint = key != nil, len(c.Recipients) > 0, seal.Fingerprint(report.SHA256)
	return w, nil
}

// enter moves the finished files of a snapshot to where they are kept and adds
// it to the chain, or does neither.
func enter(from, dir string, e seal.Entry) error {
	return seal.Change(dir, func(c seal.Chain) (seal.Chain, func() error, error) {
		before := ""
		if p := c.Newest(); p != nil {
			before = p.Report
		}
		if before != e.Previous {
			return nil, nil, seal.ErrBusy
		}
		undo, err := publish(from, dir)
		return append(c, e), undo, err
	})
}

// publish moves finished files to where they are kept. undo removes them again.
func publish(from, to string) (undo func() error, err error) {
	entries, err := os.ReadDir(from)
	if err != nil {
		return nil, err
	}
	for _, e := range entries {
		if _, err := os.Lstat(filepath.Join(to, e.Name())); !errors.Is(err, fs.ErrNotExist) {
			return nil, fmt.Errorf("%s: %w", e.Name(), errors.Join(ErrExists, err))
		}
	}
	var moved []string
	undo = func() error {
		var errs []error
		for _, m := range moved {
			errs = append(errs, os.Remove(m))
		}
		return errors.Join(errs...)
	}
	for _, e := range entries {
		target := filepath.Join(to, e.Name())
		if err := os.Rename(filepath.Join(from, e.Name()), target); err != nil {
			return nil, errors.Join(err, undo())
		}
		moved = append(moved, target)
	}
	return undo, nil
}

// slug is a name for files: letters a–z, digits and hyphens.
func slug(s string) string {
	s = strings.NewReplacer("å", "a", "ä", "a", "ö", "o", "é", "e", "ü", "u").Replace(strings.ToLower(s))
	s = strings.Join(strings.FieldsFunc(s, func(r rune) bool { return (r < 'a' || r > 'z') && (r < '0' || r > '9') }), "-")
	if s == "" {
		return "kommun"
	}
	return s[:min(len(s), 60)]
}
