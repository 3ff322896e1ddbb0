package snapshot

import (
	"context"
	"errors"
	"io"
	"slices"

	"github.com/kommunpuls/kommunpuls/internal/catalogue"
	"github.com/kommunpuls/kommunpuls/internal/expose/snapshot/bag"
	"github.com/kommunpuls/kommunpuls/internal/finding"
)

// evidence writes the bag with the rows.
func (c Content) evidence(ctx context.Context, b *bag.Writer) (err error) {
	ps, err := c.Rows.Populations()
	if err != nil {
		return err
	}
	for _, f := range []struct{ name, text string }{
		{readMe, evidenceReadMe}, {populationFolder + secrecyFile, secrecyText}, {evidenceFolder + secrecyFile, secrecyText},
	} {
		if err := c.text(b, f.name, f.text); err != nil {
			return err
		}
	}
	if err := writeJSON(b, populationsFile, append([]finding.Population{}, ps...)); err != nil {
		return err
	}
	if err := c.text(b, configFile, string(c.Config)); err != nil {
		return err
	}
	if err := c.text(b, loadFile, loadText(ps)); err != nil {
		return err
	}
	if err := writeSchemas(b, populationsFile, configFile); err != nil {
		return err
	}
	sheets, err := newWorkbook(&c, ps)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, sheets.close()) }()
	var jobs []job
	for _, p := range ps {
		jobs = append(jobs, job{populationFolder + p.Relation + ".csv", func(ctx context.Context, w io.Writer) error { return c.population(ctx, w, p, sheets) }})
	}
	for _, f := range c.Findings {
		i := slices.IndexFunc(c.Catalogue.KPIs, func(d catalogue.Definition) bool { return d.ID == f.KPI })
		if i < 0 || !f.Outcome.HasValue() {
			continue
		}
		columns := append(slices.Clone(c.Catalogue.KPIs[i].Evidence.Columns), "value")
		jobs = append(jobs, job{evidenceFolder + f.KPI + ".csv", func(ctx context.Context, w io.Writer) error { return c.evidenceOf(ctx, w, f.KPI, columns) }})
	}
	// Last: it waits for every population.
	return writeAll(ctx, b, c.Workers, append(jobs, job{workbookFile, sheets.write}))
}

// population writes the rows of one relation, as CSV and on their sheet.
func (c Content) population(ctx context.Context, to io.Writer, p finding.Population, sheets *workbook) (err error) {
	sheet, err := sheets.begin(p)
	defer func() { sheet.end(err) }()
	if err != nil {
		return err
	}
	head := []string{"id", "org_unit", "plats"}
	for _, f := range p.Fields {
		head = append(head, f.Name)
	}
	head = append(head, p.Keys...)
	for _, col := range p.Columns {
		head = append(head, col.Name())
	}
	w, err := newTable(to, head...)
	if err != nil {
		return err
	}
	cells := make([]string, 0, len(head))
	read := func(each func(*finding.PopulationRow) error) error { return c.Rows.Rows(ctx, p.Relation, each) }
	if err := beside(read, func(r *finding.PopulationRow) error {
		cells = append(append(cells[:0], r.ID, r.OrgUnit, r.Place), r.Cells...)
		w.row(cells...)
		if err := w.err(); err != nil {
			return err
		}
		return sheet.row(sheets, r)
	}); err != nil {
		return err
	}
	return w.end()
}

// evidenceOf writes the rows behind one figure. Its columns are those of the
// definition, so that every row has the same.
func (c Content) evidenceOf(ctx context.Context, to io.Writer, kpi string, columns []string) error {
	head := append([]string{"post", "id", "namn", "org_unit", "enhet", "plats", "uppfyller", "godtagen", "skal"}, columns...)
	w, err := newTable(to, head...)
	if err != nil {
		return err
	}
	cells := make([]string, 0, len(head))
	if err := c.Rows.Evidence(ctx, kpi, func(r finding.Row) error {
		cells = append(cells[:0], r.Entity, r.ID, r.Label, r.OrgUnit, r.OrgUnitName, r.Place, yes(r.Pass), yes(r.Waived), r.Reason)
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
