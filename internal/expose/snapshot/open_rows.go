package snapshot

import (
	"bytes"
	"context"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"strings"

	"github.com/kommunpuls/kommunpuls/internal/catalogue"
	"github.com/kommunpuls/kommunpuls/internal/finding"
)

// Row is one row of a population, by the names that its file gives the columns.
type Row struct {
	ID, OrgUnit, Place string

	columns map[string]int
	cells   []string
}

// Cell is what stands in a column, and whether there is one of that name.
func (r Row) Cell(column string) (string, bool) {
	i, ok := r.columns[column]
	if !ok {
		return "", false
	}
	return r.cells[i], true
}

// Figure finds a figure by its id.
func (s *Snapshot) Figure(kpi string) (*finding.Finding, bool) {
	for i := range s.Figures {
		if s.Figures[i].KPI == kpi {
			return &s.Figures[i], true
		}
	}
	return nil, false
}

// Rows calls each for the rows of a population. A row is valid until each
// returns. Without the evidence, or the population, the error is fs.ErrNotExist.
func (s *Snapshot) Rows(ctx context.Context, relation string, each func(Row) error) error {
	name := populationFolder + relation + ".csv"
	return s.table(ctx, name, func(t *opened) error {
		for _, c := range []string{"id", "org_unit", "plats"} {
			if _, ok := t.columns[c]; !ok {
				return fmt.Errorf("kolumnen %s saknas", c)
			}
		}
		return t.each(ctx, func(cells []string) error {
			return each(Row{ID: t.cell(cells, "id"), OrgUnit: t.cell(cells, "org_unit"), Place: t.cell(cells, "plats"), columns: t.columns, cells: cells})
		})
	})
}

// Evidence calls each for the rows behind a figure, those that fail first. A
// figure without rows has none.
func (s *Snapshot) Evidence(ctx context.Context, kpi string, each func(finding.Row) error) error {
	err := s.table(ctx, evidenceFolder+kpi+".csv", func(t *opened) error {
		own := map[string]bool{"post": true, "id": true, "namn": true, "org_unit": true, "enhet": true, "plats": true, "uppfyller": true, "godtagen": true, "skal": true}
		return t.each(ctx, func(cells []string) error {
			r := finding.Row{
				Entity: t.cell(cells, "post"), ID: t.cell(cells, "id"), Label: t.cell(cells, "namn"), OrgUnit: t.cell(cells, "org_unit"), OrgUnitName: t.cell(cells, "enhet"),
				Place: t.cell(cells, "plats"), Pass: t.cell(cells, "uppfyller") == "1", Waived: t.cell(cells, "godtagen") == "1", Reason: t.cell(cells, "skal"),
			}
			for name, i := range t.columns {
				if !own[name] && cells[i] != "" {
					if r.Columns == nil {
						r.Columns = map[string]string{}
					}
					r.Columns[name] = cells[i]
				}
			}
			return each(r)
		})
	})
	if s.evidence != nil && errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	return err
}

// Catalogue reads the definitions whole, as they were when the snapshot was
// made. They are checked like any: what is not a definition is an error, and
// no text of theirs is run unparsed. A snapshot from before they were kept whole
// gives fs.ErrNotExist.
func (s *Snapshot) Catalogue() (catalogue.Catalogue, error) {
	files := map[string][]byte{}
	var total int64
	for _, name := range s.report.Files() {
		if !strings.HasPrefix(name, methodFolder) {
			continue
		}
		text, err := s.whole(name)
		if err != nil {
			return catalogue.Catalogue{}, err
		}
		if total += int64(len(text)); total > mostJSON {
			return catalogue.Catalogue{}, s.located(fmt.Errorf("%s: %w: %d byte", methodFolder, errTooLarge, mostJSON))
		}
		files[name] = text
	}
	if len(files) == 0 {
		return catalogue.Catalogue{}, fmt.Errorf("%s: %w", methodFolder, fs.ErrNotExist)
	}
	c, err := catalogue.ParseTexts(files)
	if err != nil {
		return c, s.located(err)
	}
	return c, nil
}

// Views is the file of the views that the definitions share; fs.ErrNotExist in
// a snapshot from before it was kept.
func (s *Snapshot) Views() ([]byte, error) { return s.whole(viewsFile) }

// whole reads a small file.
func (s *Snapshot) whole(name string) (_ []byte, err error) {
	r, err := s.report.Read(name)
	if err != nil {
		return nil, s.located(err)
	}
	defer func() { err = errors.Join(err, r.Close()) }()
	var b bytes.Buffer
	if _, err := b.ReadFrom(limited(r, mostLine)); err != nil {
		return nil, s.located(fmt.Errorf("%s: %w", name, err))
	}
	return b.Bytes(), nil
}

// opened is a CSV file of the evidence that is being read.
type opened struct {
	columns map[string]int
	csv     *csv.Reader
	line    *limitedReader
}

func (s *Snapshot) table(ctx context.Context, name string, read func(*opened) error) (err error) {
	if s.evidence == nil {
		return fmt.Errorf("%s: %s: %w", name, s.NoEvidence, fs.ErrNotExist)
	}
	f, err := s.evidence.Read(name)
	if err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	t, err := openTable(f)
	if err == nil {
		err = read(t)
	}
	if err != nil && ctx.Err() == nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	return errors.Join(err, ctx.Err())
}

// openTable reads the head of a CSV file.
func openTable(r io.Reader) (*opened, error) {
	t := &opened{columns: map[string]int{}, line: &limitedReader{r: r, left: mostLine, most: mostLine}}
	t.csv = csv.NewReader(t.line)
	t.csv.ReuseRecord = true
	head, err := t.csv.Read()
	if err != nil {
		return nil, fmt.Errorf("rubrikraden: %w", err)
	}
	for i, name := range head {
		if _, twice := t.columns[name]; twice {
			return nil, fmt.Errorf("kolumnen %q står två gånger", name)
		}
		t.columns[strings.Clone(name)] = i
	}
	return t, nil
}

func (t *opened) cell(cells []string, column string) string {
	if i, ok := t.columns[column]; ok {
		return cells[i]
	}
	return ""
}

func (t *opened) each(ctx context.Context, each func(cells []string) error) error {
	for n := 2; ; n++ {
		t.line.left = mostLine
		cells, err := t.csv.Read()
		switch {
		case errors.Is(err, io.EOF):
			return nil
		case err != nil:
			return fmt.Errorf("rad %d: %w", n, err)
		case n > mostRows:
			return fmt.Errorf("%w: %d rader", errTooLarge, mostRows)
		case n%4096 == 0 && ctx.Err() != nil:
			return ctx.Err()
		}
		if err := each(cells); err != nil {
			return err
		}
	}
}
