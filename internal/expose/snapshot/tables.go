package snapshot

import (
	"io"

	"github.com/kommunpuls/kommunpuls/internal/expose/snapshot/bag"
	"github.com/kommunpuls/kommunpuls/internal/finding"
)

// tables writes what JSON files of the report say once more as tables.
func (c Content) tables(b *bag.Writer) error {
	out, err := b.File(figuresTable)
	if err == nil {
		err = writeFigures(out, c.Findings)
	}
	if err != nil {
		return err
	}
	if out, err = b.File(sourcesCSV); err != nil {
		return err
	}
	return writeSources(out, c.sources())
}

// writeFigures writes the figures as a table: the total of each, then its cells.
func writeFigures(to io.Writer, figures []finding.Finding) error {
	w, err := newTable(to, "id", "titel", "indelning", "nyckel", "namn", "varde", "taljare", "namnare", "utfall", "mal", "mal_senast", "enhet")
	if err != nil {
		return err
	}
	for _, f := range figures {
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

// writeSources writes the sources as a table.
func writeSources(to io.Writer, sources []Source) error {
	w, err := newTable(to, sourceHeads()...)
	if err != nil {
		return err
	}
	for _, row := range sourceRows(sources) {
		w.row(row...)
	}
	return w.end()
}
