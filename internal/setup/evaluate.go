package setup

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"path/filepath"

	"github.com/kommunpuls/kommunpuls/internal/decision"
	"github.com/kommunpuls/kommunpuls/internal/expose/report"
	"github.com/kommunpuls/kommunpuls/internal/finding"
	"github.com/kommunpuls/kommunpuls/internal/sheet/guess"
	"github.com/kommunpuls/kommunpuls/internal/store"
)

const (
	reportRows = 60     // rows of a work list on the printed page
	maxRows    = 10_000 // rows of evidence that are fetched for each measure
)

// evaluate reads the lists, puts the förvaltningar found into the workbook and
// evaluates with them.
func (d *desk) evaluate(ctx context.Context, units []store.Identity, answers *Answers) (Result, error) {
	config := filepath.Join(d.opt.OutDir, ConfigName)
	d.say("\nLäser listorna …\n")
	res, err := d.opt.Arrow.Evaluate(ctx, config)
	if err != nil {
		return res, err
	}
	for _, s := range res.Sources {
		d.source(s)
	}
	add, err := d.units(res.Unmapped, units, answers)
	if err != nil || add.Empty() {
		return res, err
	}
	if err := d.addUnits(add); err != nil {
		return res, err
	}
	return d.opt.Arrow.Evaluate(ctx, config)
}

// source says what became of one list, with the first rows that were refused.
func (d *desk) source(s store.SourceState) {
	if s.FailureReason != "" && !s.LastFailure.Before(s.LastSuccess) {
		d.say("  %s gick inte att läsa: %s\n", s.Name, s.FailureReason)
		return
	}
	c := s.Counts
	d.say("  %s: %s %s", s.Name, rowsWord(c.Seen), plural(c.Seen, "läst", "lästa"))
	if c.Repeated > 0 {
		d.say(", %s av dem var samma sak en gång till (den sista gäller)", finding.Number(float64(c.Repeated), 0))
	}
	if c.Refused == 0 {
		d.say(", %s gick att använda.\n", plural(c.Seen, "den", "alla"))
	} else {
		d.say(", %s gick inte att använda:\n", finding.Number(float64(c.Refused), 0))
	}
	shown := 0
	for _, w := range c.Warnings {
		if !w.Refused || shown == 5 {
			continue
		}
		shown++
		column := ""
		if w.Column != "" {
			column = ", " + oneLine(w.Column)
		}
		d.say("    rad %d%s: %s\n", w.Place.Row, column, w.Reason)
	}
	if int64(shown) < c.Refused && shown > 0 {
		d.say("    … resten visas med: kommunpuls check\n")
	}
}

// addUnits writes new org units and names into the workbook and says which.
func (d *desk) addUnits(add decision.Additions) error {
	path := filepath.Join(d.opt.OutDir, WorkbookName)
	old, err := os.ReadFile(path)
	if err != nil {
		return fmt.Errorf("%w: %w", ErrInput, err)
	}
	var b bytes.Buffer
	if err := decision.AddToWorkbook(&b, bytes.NewReader(old), add); err != nil {
		return fmt.Errorf("%s: %w", WorkbookName, err)
	}
	if err := WriteFile(path, b.Bytes(), 0o644); err != nil {
		return err
	}
	switch n := len(add.Units); {
	case n == 1:
		d.say("\nNy i bladet Organisation i %s:\n", WorkbookName)
	case n > 1:
		d.say("\nNya i bladet Organisation i %s, %d stycken:\n", WorkbookName, n)
	}
	for _, u := range add.Units {
		also := ""
		for _, a := range u.Aliases {
			also += ", även ”" + a.Name + "”"
		}
		d.say("  %s%s\n", u.Name, also)
	}
	for _, id := range sorted(add.Aliases) {
		for _, n := range add.Aliases[id] {
			d.say("  ”%s” är nu ett annat namn för %s.\n", n, id)
		}
	}
	return nil
}

// tell shows the first figure with its rows, writes the page and says what
// lies where.
func (d *desk) tell(ctx context.Context, cfg configText, res Result, lists []list) error {
	config := filepath.Join(d.opt.OutDir, ConfigName)
	withoutOwners(res.Findings, cfg)
	full, err := d.explained(ctx, config, res.Findings)
	if err != nil {
		return err
	}
	if first, ok := firstFigure(full, lists, d.opt.Catalogue.KPIs); ok {
		d.show(first)
	} else {
		d.nothing(lists)
	}
	var page bytes.Buffer
	if err := report.Write(&page, report.Report{
		Municipality: cfg.municipality, Version: d.opt.Version, Generated: d.opt.Now,
		Findings: full, Catalogue: d.opt.Catalogue, Sources: res.Sources, MaxRows: reportRows,
	}); err != nil {
		return err
	}
	if err := WriteFile(filepath.Join(d.opt.OutDir, ReportName), page.Bytes(), 0o644); err != nil {
		return err
	}
	d.after(res)
	return nil
}

// explained gives every figure its rows.
func (d *desk) explained(ctx context.Context, config string, fs []finding.Finding) ([]finding.Finding, error) {
	var ids []string
	for _, f := range fs {
		if f.Value != nil {
			ids = append(ids, f.KPI)
		}
	}
	with, err := d.opt.Arrow.Explain(ctx, config, ids, maxRows)
	if err != nil {
		return nil, err
	}
	out := make([]finding.Finding, len(fs))
	copy(out, fs)
	for i := range out {
		for _, f := range with {
			if f.KPI == out[i].KPI {
				out[i] = f
			}
		}
	}
	return out, nil
}

// nothing says that the lists give no figure by themselves.
func (d *desk) nothing(lists []list) {
	for _, l := range lists {
		d.say("\n%s\n", wrap(fmt.Sprintf("%s är inläst som %s, men inget mått har en siffra av den ännu. Varför står under ”Vi vet inte än” i %s.", l.file, guess.KindName(l.kind), ReportName), 0))
	}
}

func (d *desk) after(res Result) {
	n := 0
	for _, f := range res.Findings {
		if f.Value != nil {
			n++
		}
	}
	where := d.opt.OutDir
	if filepath.Clean(where) == "." {
		where = "den här mappen"
	}
	d.say("\n%d mått har en siffra nu. Allt ligger i %s:\n", n, where)
	d.say("  %-24s alla siffror på en sida, att läsa och skriva ut\n", ReportName)
	d.say("  %-24s era mål och er organisation, att fylla i\n", WorkbookName)
	d.say("  %-24s hur listorna läses\n", ConfigName)
	d.say("  %-24s era svar; kör init igen när som helst\n", AnswersName)
	d.say("\nNästa steg: kommunpuls run --config %s\n", filepath.Join(d.opt.OutDir, ConfigName))
}
