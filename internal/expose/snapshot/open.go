package snapshot

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/kommunpuls/kommunpuls/internal/expose/snapshot/bag"
	"github.com/kommunpuls/kommunpuls/internal/expose/snapshot/seal"
	"github.com/kommunpuls/kommunpuls/internal/finding"
	"github.com/kommunpuls/kommunpuls/internal/store"
)

// Limits on what is read into memory of a foreign snapshot. Its rows are read
// one at a time.
const (
	mostJSON  = 32 << 20 // bytes of one JSON file
	mostItems = 200_000  // things of one list
	mostLine  = 1 << 20  // bytes of one row
	mostRows  = 20_000_000
)

// ErrForeign is returned for a file that is no snapshot that can be read.
var ErrForeign = errors.New("ingen ögonblicksbild som går att läsa")

// Snapshot is a snapshot read by its files alone. Its files are those that its
// manifests were written for; who wrote them only Verify tells.
type Snapshot struct {
	Path        string
	About       About
	Figures     []finding.Finding
	Definitions []Definition
	Decisions   Decisions
	Sources     []store.SourceState
	Populations []finding.Population // nil without the evidence
	// NoEvidence says why the evidence cannot be read, "" where it can.
	NoEvidence string

	report, evidence *bag.Bag
}

// Open reads a snapshot: the report, and the evidence that lies beside it under
// the name that the report gives. A snapshot without its evidence is opened all
// the same, and NoEvidence says why. Close ends it.
func Open(ctx context.Context, path string) (_ *Snapshot, err error) {
	s := &Snapshot{Path: path}
	defer func() {
		if err != nil {
			err = errors.Join(err, s.Close())
		}
	}()
	if s.report, err = bag.Open(path, bag.DefaultLimits()); err != nil {
		return nil, s.located(err)
	}
	if err := s.unchanged(ctx); err != nil {
		return nil, err
	}
	if err := s.read(); err != nil {
		return nil, err
	}
	return s, s.openEvidence()
}

// Close closes the files.
func (s *Snapshot) Close() error {
	var err error
	for _, b := range []*bag.Bag{s.report, s.evidence} {
		if b != nil {
			err = errors.Join(err, b.Close())
		}
	}
	return err
}

// located names the file that an error is about.
func (s *Snapshot) located(err error) error {
	if errors.Is(err, fs.ErrNotExist) || errors.Is(err, fs.ErrPermission) {
		return err // names it itself
	}
	return fmt.Errorf("%s är %w: %w", filepath.Base(s.Path), ErrForeign, err)
}

// unchanged holds the report's files against its manifests.
func (s *Snapshot) unchanged(ctx context.Context) error {
	faults, err := s.report.Check(ctx)
	if err != nil {
		return err
	}
	if len(faults) == 0 {
		return nil
	}
	var all error
	for _, f := range faults[:min(len(faults), 5)] {
		all = errors.Join(all, fmt.Errorf("%s %s", f.File, f.Reason))
	}
	return s.located(all)
}

// read reads the files of the report.
func (s *Snapshot) read() error {
	if err := s.json(s.report, aboutFile, &s.About); err != nil {
		return err
	}
	if s.About.Format > Format {
		return s.located(fmt.Errorf("%s: skriven i format %d, och den här versionen läser till och med %d", aboutFile, s.About.Format, Format))
	}
	if s.About.Name == "" || s.About.AsOf.IsZero() {
		return s.located(fmt.Errorf("%s: säger inte vad eller vilken dag den gäller", aboutFile))
	}
	return errors.Join(
		readList(s, s.report, figuresFile, &s.Figures),
		readList(s, s.report, definitionsFile, &s.Definitions),
		s.readSources(),
		s.json(s.report, decisionsFile, &s.Decisions),
		s.sane(),
	)
}

// readSources reads the sources as the store tells of them.
func (s *Snapshot) readSources() error {
	var list []Source
	err := readList(s, s.report, sourcesFile, &list)
	for _, x := range list {
		s.Sources = append(s.Sources, x.state())
	}
	return err
}

// sane refuses what later steps could not tell apart.
func (s *Snapshot) sane() error {
	seen := map[string]bool{}
	for i, f := range s.Figures {
		if f.KPI == "" || seen[f.KPI] {
			return s.located(fmt.Errorf("%s: siffra %d saknar id eller står två gånger: %q", figuresFile, i+1, f.KPI))
		}
		seen[f.KPI] = true
	}
	return nil
}

// openEvidence opens the evidence beside the report.
func (s *Snapshot) openEvidence() error {
	name := filepath.Base(s.About.Evidence.Name)
	path := filepath.Join(filepath.Dir(s.Path), name)
	sum, err := seal.SumOf(path)
	switch {
	case errors.Is(err, fs.ErrNotExist) && exists(path+seal.AgeEnd):
		s.NoEvidence = "underlaget " + name + seal.AgeEnd + " är krypterat; öppna det först med age -d -i NYCKEL -o " + name + " " + name + seal.AgeEnd
		return nil
	case errors.Is(err, fs.ErrNotExist) && exists(removedNote(path)):
		s.NoEvidence = "underlaget " + name + " är gallrat; beslutet står i " + filepath.Base(removedNote(path))
		return nil
	case errors.Is(err, fs.ErrNotExist):
		s.NoEvidence = "underlaget " + name + " ligger inte bredvid"
		return nil
	case err != nil:
		s.NoEvidence = "underlaget " + name + " går inte att läsa"
		return nil
	case sum != s.About.Evidence.SHA256:
		s.NoEvidence = "underlaget " + name + " är inte det som redovisningen hör till"
		return nil
	}
	if s.evidence, err = bag.Open(path, bag.DefaultLimits()); err != nil {
		return s.located(fmt.Errorf("%s: %w", name, err))
	}
	return readList(s, s.evidence, populationsFile, &s.Populations)
}

// json reads a JSON file that is an object.
func (s *Snapshot) json(b *bag.Bag, name string, into any) (err error) {
	r, err := b.Read(name)
	if err != nil {
		return s.located(missing(name, err))
	}
	defer func() { err = errors.Join(err, r.Close()) }()
	if err := json.NewDecoder(limited(r, mostJSON)).Decode(into); err != nil {
		return s.located(fmt.Errorf("%s: %w", name, err))
	}
	return nil
}

// readList reads a JSON file that is a list, a thing at a time, so that a small
// file cannot ask for much memory.
func readList[T any](s *Snapshot, b *bag.Bag, name string, into *[]T) (err error) {
	r, err := b.Read(name)
	if err != nil {
		return s.located(missing(name, err))
	}
	defer func() { err = errors.Join(err, r.Close()) }()
	d := json.NewDecoder(limited(r, mostJSON))
	first, err := d.Token()
	switch {
	case err != nil:
		return s.located(fmt.Errorf("%s: %w", name, err))
	case first == nil: // null is a list of nothing
		return nil
	case first != json.Delim('['):
		return s.located(fmt.Errorf("%s: ingen lista", name))
	}
	for d.More() {
		if len(*into) >= mostItems {
			return s.located(fmt.Errorf("%s: fler än %d poster", name, mostItems))
		}
		var v T
		if err := d.Decode(&v); err != nil {
			return s.located(fmt.Errorf("%s: post %d: %w", name, len(*into)+1, err))
		}
		*into = append(*into, v)
	}
	if _, err := d.Token(); err != nil {
		return s.located(fmt.Errorf("%s: slutar för tidigt: %w", name, err))
	}
	return nil
}

func missing(name string, err error) error {
	if errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("%s saknas", name)
	}
	return err
}

// limited fails, instead of ending, after so many bytes.
func limited(r io.Reader, most int64) io.Reader {
	return &limitedReader{r: r, left: most, most: most}
}

type limitedReader struct {
	r          io.Reader
	left, most int64
}

var errTooLarge = errors.New("större än vad som läses")

func (l *limitedReader) Read(p []byte) (int, error) {
	if l.left <= 0 {
		return 0, fmt.Errorf("%w: %d byte", errTooLarge, l.most)
	}
	if int64(len(p)) > l.left {
		p = p[:l.left]
	}
	n, err := l.r.Read(p)
	l.left -= int64(n)
	return n, err
}

// exists tells whether there is a file.
func exists(path string) bool {
	_, err := os.Stat(path)
	return err == nil
}
