// Package snapshot writes an evaluation as two BagIt bags in ZIP files, for a
// reader who trusts nothing: "redovisning" with definitions, figures, decisions
// and sources, which stands alone, and "underlag" with the rows and populations
// that every ratio and quantile can be computed anew from.
package snapshot

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/kommunpuls/kommunpuls/internal/catalogue"
	"github.com/kommunpuls/kommunpuls/internal/expose/snapshot/bag"
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
	Decided      []store.Decided        // in force at At
	Log          []store.DecisionChange // all of it
	Config       []byte                 // as JSON, secrets by reference only
	Rows         Rows
	Reports      []Attachment // for people to read, kept with the figures
}

// Attachment is a file that lies beside the figures, under rapporter/ of the
// accounting bag.
type Attachment struct {
	Name  string // "ledning.html": one name without folders, as every system can write it
	Write func(io.Writer) error
}

// Written tells what was written.
type Written struct {
	Report, Evidence File
	Previous         string // name of the snapshot before, "" for the first
	Signed           bool
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
func Write(ctx context.Context, dir string, c Content, key *Key) (w Written, err error) {
	if !slices.ContainsFunc(c.Findings, func(f finding.Finding) bool { return f.Outcome.HasValue() }) {
		return w, fmt.Errorf("%w om läget %s: ingen siffra går att räkna så långt tillbaka", ErrNothing, c.At.AsOf.In(stockholm()).Format("2006-01-02 15.04"))
	}
	if err := os.MkdirAll(dir, 0o750); err != nil {
		return w, err
	}
	chain, err := ReadChain(dir)
	if err != nil {
		return w, err
	}
	previous := chain.newest()
	if previous != nil && previous.Created.After(c.Created) {
		return w, fmt.Errorf("%w: %s gjordes %s", ErrClock, previous.Name, previous.Created.Format(time.RFC3339))
	}
	name := fmt.Sprintf("%s_%s", slug(c.Municipality), c.At.AsOf.In(stockholm()).Format("2006-01-02"))
	name = chain.free(name)
	tmp, err := os.MkdirTemp(dir, ".halvfardig-")
	if err != nil {
		return w, err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(tmp)) }()

	about := About{Format: Format, Name: name, Municipality: c.Municipality, Version: c.Version, Demo: c.Demo, AsOf: c.At.AsOf, KnownAt: c.At.KnownAt, Created: c.Created}
	if c.Began.After(c.At.AsOf) {
		about.Began, w.Before = &c.Began, c.Began
	}
	if previous != nil {
		about.Previous = &Link{Name: previous.Name, SHA256: previous.Report}
		w.Previous = previous.Name
	}
	evidence, err := write(tmp, name+"_underlag", c, key, func(b *bag.Writer) error { return c.evidence(ctx, b) })
	if err != nil {
		return w, err
	}
	about.Evidence = Link{Name: filepath.Base(evidence.Path), SHA256: evidence.SHA256}
	report, err := write(tmp, name+"_redovisning", c, key, func(b *bag.Writer) error { return c.report(b, about) })
	if err != nil {
		return w, err
	}
	entry := Entry{Name: name, AsOf: c.At.AsOf, Created: c.Created, Report: report.SHA256, Evidence: evidence.SHA256}
	if previous != nil {
		entry.Previous = previous.Report
	}
	if err := publish(tmp, dir); err != nil {
		return w, err
	}
	if err := chain.add(dir, entry); err != nil {
		return w, err
	}
	w.Report, w.Evidence = report, evidence
	w.Report.Path, w.Evidence.Path = filepath.Join(dir, filepath.Base(report.Path)), filepath.Join(dir, filepath.Base(evidence.Path))
	w.Signed, w.Fingerprint = key != nil, Fingerprint(report.SHA256)
	return w, nil
}

// write writes one bag, and its signature beside it if there is a key.
func write(dir, name string, c Content, key *Key, fill func(*bag.Writer) error) (f File, err error) {
	f.Path = filepath.Join(dir, name+".zip")
	out, err := os.OpenFile(f.Path, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o640)
	if err != nil {
		return f, err
	}
	sum := sha256.New()
	b := bag.NewWriter(io.MultiWriter(out, sum), name, c.At.AsOf)
	err = fill(b)
	if err == nil {
		err = b.Close([]bag.Label{
			{Name: "Source-Organization", Value: c.Municipality},
			{Name: "External-Identifier", Value: name},
			{Name: "Bagging-Date", Value: c.Created.In(stockholm()).Format("2006-01-02")},
			{Name: "Bag-Software-Agent", Value: "kommunpuls " + c.Version},
		}, key.tag())
	}
	if err = errors.Join(err, out.Sync(), out.Close()); err != nil {
		return f, fmt.Errorf("%s: %w", filepath.Base(f.Path), err)
	}
	f.SHA256 = hex.EncodeToString(sum.Sum(nil))
	return f, key.signFile(f.Path)
}

// publish moves finished files to where they are kept.
func publish(from, to string) error {
	entries, err := os.ReadDir(from)
	if err != nil {
		return err
	}
	for _, e := range entries {
		if _, err := os.Lstat(filepath.Join(to, e.Name())); !errors.Is(err, fs.ErrNotExist) {
			return fmt.Errorf("%s: %w", e.Name(), errors.Join(ErrExists, err))
		}
	}
	var moved []string
	for _, e := range entries {
		target := filepath.Join(to, e.Name())
		if err := os.Rename(filepath.Join(from, e.Name()), target); err != nil {
			for _, m := range moved {
				err = errors.Join(err, os.Remove(m))
			}
			return err
		}
		moved = append(moved, target)
	}
	return nil
}

// Fingerprint is the first 32 of a SHA-256's hexadecimal digits, in fours.
func Fingerprint(sum string) string {
	var b strings.Builder
	for i := 0; i < min(len(sum), 32); i += 4 {
		if i > 0 {
			b.WriteByte(' ')
		}
		b.WriteString(sum[i:min(i+4, len(sum))])
	}
	return b.String()
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

func stockholm() *time.Location {
	l, err := time.LoadLocation("Europe/Stockholm")
	if err != nil {
		return time.UTC
	}
	return l
}
