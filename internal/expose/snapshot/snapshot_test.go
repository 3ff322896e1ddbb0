package snapshot

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/kommunpuls/kommunpuls/internal/catalogue"
	"github.com/kommunpuls/kommunpuls/internal/expose/snapshot/bag"
	"github.com/kommunpuls/kommunpuls/internal/expose/snapshot/seal"
	"github.com/kommunpuls/kommunpuls/internal/finding"
	"github.com/kommunpuls/kommunpuls/internal/store"
	"github.com/kommunpuls/kommunpuls/internal/testneed"
)

var day = time.Date(2025, 12, 31, 22, 59, 59, 0, time.UTC)

// rows are systems s1–s4, of which two have single sign-on, and their waits.
type rows struct {
	sso, wait []string
	fail      error // after the first row
}

func (r rows) Populations() ([]finding.Population, error) {
	return []finding.Population{{Relation: "system", Columns: []finding.Recompute{
		{KPI: "sso", How: "share"}, {KPI: "legacy", How: "count"}, {KPI: "wait", How: "quantile", Q: 0.5}, {KPI: "score", How: "mean"},
	}}}, nil
}

func (r rows) Rows(_ context.Context, _ string, each func(*finding.PopulationRow) error) error {
	for i, sso := range r.sso {
		row := finding.PopulationRow{ID: fmt.Sprint("s", i+1), OrgUnit: "soc", Place: fmt.Sprint("lista, rad ", i+2), Cells: []string{sso, sso, r.wait[i], r.wait[i]}}
		if err := each(&row); err != nil {
			return err
		}
		if r.fail != nil {
			return r.fail
		}
	}
	return nil
}

func (r rows) Evidence(_ context.Context, kpi string, each func(finding.Row) error) error {
	return each(finding.Row{Entity: "system", ID: "s1", Label: "Ärenden; \"A\"", Place: "lista, rad 2", Reason: "nej\när" + kpi})
}

func number(v float64) *float64 { return &v }

func content() Content {
	figure := func(id string, value, num, den float64) finding.Finding {
		return finding.Finding{KPI: id, Title: finding.Text{SV: "Mått " + id}, Unit: "share", Value: number(value), Numerator: number(num), Denominator: number(den), Outcome: finding.Measured, SQL: "SELECT 1;\n"}
	}
	c := Content{
		Municipality: "Östra Å", Version: "prov", At: store.Point{AsOf: day, KnownAt: day}, Created: day.Add(time.Hour), Config: []byte("{}\n"),
		Findings: []finding.Finding{figure("sso", 0.5, 2, 4), figure("legacy", 2, 2, 4), figure("wait", 20, 0, 4), figure("score", 25, 100, 4)},
		Rows:     rows{sso: []string{"1", "0", "1", "0", ""}, wait: []string{"10", "40", "20", "30", ""}},
	}
	c.Findings[2].Numerator = nil
	c.Findings = append(c.Findings, finding.Finding{KPI: "none", Title: finding.Text{SV: "Utan värde"}, Unit: "share", Outcome: finding.NoData})
	for _, f := range c.Findings {
		c.Catalogue.KPIs = append(c.Catalogue.KPIs, catalogue.Definition{ID: f.KPI, Title: f.Title})
	}
	return c
}

func keys(t *testing.T) (*seal.Key, *seal.PublicKey, string) {
	t.Helper()
	private, public, err := seal.NewKey()
	require.NoError(t, err)
	k, err := seal.ParseKey(private)
	require.NoError(t, err)
	p, err := seal.ParsePublicKey(public)
	require.NoError(t, err)
	name := filepath.Join(t.TempDir(), "kommun.pub")
	require.NoError(t, os.WriteFile(name, public, 0o600))
	return k, p, name
}

func verify(t *testing.T, path string, key *seal.PublicKey) Verified {
	t.Helper()
	v, err := Verify(t.Context(), path, key)
	require.NoError(t, err)
	return v
}

func TestASnapshotHoldsAndItsFiguresFollowFromItsRows(t *testing.T) {
	dir := t.TempDir()
	k, p, _ := keys(t)
	w, err := Write(t.Context(), dir, content(), k)
	require.NoError(t, err)
	require.True(t, w.Signed)
	require.Equal(t, "ostra-a_2025-12-31_redovisning.zip", filepath.Base(w.Report.Path))
	v := verify(t, w.Report.Path, p)
	require.Empty(t, v.Faults)
	require.True(t, v.Signed)
	require.Equal(t, 4, v.Recomputed)
	require.Equal(t, w.Fingerprint, v.Fingerprint)
	require.Equal(t, seal.Fingerprint(w.Report.SHA256), v.Fingerprint)
}

func TestMinisignItselfVerifiesTheZIPAndTheTagManifest(t *testing.T) {
	program := testneed.Program(t, "minisign")
	dir := t.TempDir()
	k, _, public := keys(t)
	w, err := Write(t.Context(), dir, content(), k)
	require.NoError(t, err)
	out, err := exec.Command(program, "-V", "-p", public, "-m", w.Report.Path).CombinedOutput()
	require.NoError(t, err, "%s", out)

	b, err := bag.Open(w.Report.Path, bag.DefaultLimits())
	require.NoError(t, err)
	defer b.Close()
	for _, name := range []string{bag.TagManifest, bag.TagManifest + seal.SignatureEnd} {
		text, err := b.Tag(name)
		require.NoError(t, err)
		require.NoError(t, os.WriteFile(filepath.Join(dir, name), text, 0o600))
	}
	out, err = exec.Command(program, "-V", "-p", public, "-m", filepath.Join(dir, bag.TagManifest)).CombinedOutput()
	require.NoError(t, err, "%s", out)
}

func TestAFlippedByteAnywhereInEitherZIPIsFound(t *testing.T) {
	dir := t.TempDir()
	k, p, _ := keys(t)
	w, err := Write(t.Context(), dir, content(), k)
	require.NoError(t, err)
	for _, path := range []string{w.Report.Path, w.Evidence.Path} {
		whole, err := os.ReadFile(path)
		require.NoError(t, err)
		step := max(1, len(whole)/120)
		for i := 0; i < len(whole); i += step {
			bad := append([]byte{}, whole...)
			bad[i] ^= 0x20
			require.NoError(t, os.WriteFile(path, bad, 0o600))
			v, err := Verify(t.Context(), w.Report.Path, p)
			if err == nil && len(v.Faults) == 0 {
				t.Fatalf("byte %d of %s: not found", i, filepath.Base(path))
			}
		}
		require.NoError(t, os.WriteFile(path, whole, 0o600))
	}
	require.Empty(t, verify(t, w.Report.Path, p).Faults)
}

func TestAFigureThatDoesNotFollowFromItsRowsIsNamed(t *testing.T) {
	for name, c := range map[string]struct {
		change func(*Content)
		want   string
	}{
		"a numerator":   {func(c *Content) { c.Findings[0].Numerator = number(3) }, "sso: täljaren är 3 i redovisningen men 2 ur raderna"},
		"a denominator": {func(c *Content) { c.Findings[0].Denominator = number(5) }, "sso: nämnaren är 5 i redovisningen men 4 ur raderna"},
		"a share":       {func(c *Content) { c.Findings[0].Value = number(0.51) }, "sso: värdet är 0.51 i redovisningen men 0.5 ur raderna"},
		"a count":       {func(c *Content) { c.Findings[1].Value = number(1) }, "legacy: värdet är 1 i redovisningen men 2 ur raderna"},
		"a median":      {func(c *Content) { c.Findings[2].Value = number(30) }, "wait: värdet är 30 i redovisningen men 20 ur raderna"},
		"a mean":        {func(c *Content) { c.Findings[3].Value = number(26) }, "score: värdet är 26 i redovisningen men 25 ur raderna"},
		"a cell that is no flag": {func(c *Content) { c.Rows = rows{sso: []string{"2"}, wait: []string{"1"}} },
			`population/system.csv: går inte att läsa: rad 2, kolumn sso: "2" är varken 1 eller 0`},
		"a cell that is no number": {func(c *Content) { c.Rows = rows{sso: []string{"1"}, wait: []string{"x"}} },
			`population/system.csv: går inte att läsa: rad 2, kolumn wait: "x" är inget tal`},
	} {
		t.Run(name, func(t *testing.T) {
			x := content()
			c.change(&x)
			w, err := Write(t.Context(), t.TempDir(), x, nil)
			require.NoError(t, err)
			var got []string
			for _, f := range verify(t, w.Report.Path, nil).Faults {
				got = append(got, f.What+": "+f.Why)
			}
			require.Equal(t, []string{c.want}, got)
		})
	}
}

func TestSnapshotsHangTogetherInAChain(t *testing.T) {
	dir := t.TempDir()
	c := content()
	var sums []string
	for i := range 3 {
		c.Created = day.Add(time.Duration(i+1) * time.Hour)
		w, err := Write(t.Context(), dir, c, nil)
		require.NoError(t, err)
		sums = append(sums, w.Report.SHA256)
	}
	chain, err := seal.ReadChain(dir)
	require.NoError(t, err)
	require.Len(t, chain, 3)
	require.Equal(t, []string{"", sums[0], sums[1]}, []string{chain[0].Previous, chain[1].Previous, chain[2].Previous})
	require.Equal(t, "ostra-a_2025-12-31_3", chain[2].Name)

	c.Created = day
	_, err = Write(t.Context(), dir, c, nil)
	require.ErrorIs(t, err, ErrClock)

	lines, err := os.ReadFile(filepath.Join(dir, seal.ChainFile))
	require.NoError(t, err)
	l := strings.SplitAfter(string(lines), "\n")
	require.NoError(t, os.WriteFile(filepath.Join(dir, seal.ChainFile), []byte(l[0]+l[2]), 0o600))
	_, err = seal.ReadChain(dir)
	require.ErrorContains(t, err, "kedja.jsonl: rad 2 (ostra-a_2025-12-31_3) hänger inte ihop med raden före")
	require.NoError(t, os.WriteFile(filepath.Join(dir, seal.ChainFile), []byte(l[0]+"{halv\n"), 0o600))
	_, err = seal.ReadChain(dir)
	require.ErrorContains(t, err, "kedja.jsonl: rad 2 går inte att läsa")
}

func TestTheSameInputGivesTheSamePayload(t *testing.T) {
	a, err := Write(t.Context(), t.TempDir(), content(), nil)
	require.NoError(t, err)
	b, err := Write(t.Context(), t.TempDir(), content(), nil)
	require.NoError(t, err)
	require.Equal(t, a.Report.SHA256, b.Report.SHA256)
	require.Equal(t, a.Evidence.SHA256, b.Evidence.SHA256)
}

func TestNothingIsLeftOfASnapshotThatCouldNotBeWritten(t *testing.T) {
	full := errors.New("no space left on device")
	c := content()
	c.Rows = rows{sso: []string{"1"}, wait: []string{"1"}, fail: full}
	dir := t.TempDir()
	_, err := Write(t.Context(), dir, c, nil)
	require.ErrorIs(t, err, full)
	entries, err := os.ReadDir(dir)
	require.NoError(t, err)
	require.Empty(t, entries)
}

func TestAnEarlierFileIsNeverOverwritten(t *testing.T) {
	dir := t.TempDir()
	taken := filepath.Join(dir, "ostra-a_2025-12-31_underlag.zip")
	require.NoError(t, os.WriteFile(taken, []byte("annat"), 0o600))
	_, err := Write(t.Context(), dir, content(), nil)
	require.ErrorIs(t, err, ErrExists)
	b, err := os.ReadFile(taken)
	require.NoError(t, err)
	require.Equal(t, "annat", string(b))
	entries, err := os.ReadDir(dir)
	require.NoError(t, err)
	require.Len(t, entries, 1)
}

func TestAPointBeforeAnythingIsKnownIsSaidAndNotGuessed(t *testing.T) {
	c := content()
	for i := range c.Findings {
		c.Findings[i].Outcome, c.Findings[i].Value = finding.NoData, nil
	}
	_, err := Write(t.Context(), t.TempDir(), c, nil)
	require.ErrorIs(t, err, ErrNothing)
	require.ErrorContains(t, err, "2025-12-31 23.59")
}

func TestATimeBeforeTheFirstCollectionIsSaidToTheReader(t *testing.T) {
	c := content()
	c.Began = day.AddDate(0, 0, 40)
	w, err := Write(t.Context(), t.TempDir(), c, nil)
	require.NoError(t, err)
	require.Equal(t, c.Began, w.Before)
	b, err := bag.Open(w.Report.Path, bag.DefaultLimits())
	require.NoError(t, err)
	defer b.Close()
	r, err := b.Read(readMe)
	require.NoError(t, err)
	text, err := io.ReadAll(r)
	require.NoError(t, err)
	require.Contains(t, string(text), "läste sin första källa först 2026-02-09")
}

func TestASignatureOfAnotherKeyAndAMissingOneAreFaults(t *testing.T) {
	k, _, _ := keys(t)
	_, other, _ := keys(t)
	w, err := Write(t.Context(), t.TempDir(), content(), k)
	require.NoError(t, err)
	v := verify(t, w.Report.Path, other)
	require.Len(t, v.Faults, 4) // each ZIP and each tag manifest
	require.False(t, v.Signed)
	w, err = Write(t.Context(), t.TempDir(), content(), nil)
	require.NoError(t, err)
	v = verify(t, w.Report.Path, other)
	require.Len(t, v.Faults, 4)
	require.Contains(t, v.Faults[0].Why, "har ingen underskrift bredvid sig")
}

func TestWithoutAKeyASnapshotThatIsNotSignedIsToldFromOneThatIsNotChecked(t *testing.T) {
	w, err := Write(t.Context(), t.TempDir(), content(), nil)
	require.NoError(t, err)
	told := strings.Join(verify(t, w.Report.Path, nil).Remarks, "\n")
	require.Contains(t, told, "ostra-a_2025-12-31_redovisning.zip är inte underskriven.")
	require.Contains(t, told, "ostra-a_2025-12-31_underlag.zip är inte underskriven.")
	require.NotContains(t, told, "ingen nyckel angavs")

	k, _, _ := keys(t)
	w, err = Write(t.Context(), t.TempDir(), content(), k)
	require.NoError(t, err)
	for _, within := range []bool{false, true} {
		if within { // the signature in the ZIP alone
			require.NoError(t, os.Remove(w.Report.Path+seal.SignatureEnd))
		}
		told = strings.Join(verify(t, w.Report.Path, nil).Remarks, "\n")
		require.Contains(t, told, "ostra-a_2025-12-31_redovisning.zip: ingen nyckel angavs, så underskriften är inte kontrollerad.")
		require.NotContains(t, told, "är inte underskriven")
	}
}

func TestAReportWithoutItsEvidenceIsCheckedAloneAndForeignEvidenceIsNot(t *testing.T) {
	w, err := Write(t.Context(), t.TempDir(), content(), nil)
	require.NoError(t, err)
	require.NoError(t, os.Rename(w.Evidence.Path, w.Evidence.Path+".undan"))
	v := verify(t, w.Report.Path, nil)
	require.Empty(t, v.Faults)
	require.Zero(t, v.Recomputed)
	require.Contains(t, strings.Join(v.Remarks, " "), "ligger inte bredvid")

	c := content()
	c.Version = "en annan"
	x, err := Write(t.Context(), t.TempDir(), c, nil)
	require.NoError(t, err)
	require.NoError(t, os.Rename(x.Evidence.Path, w.Evidence.Path))
	v = verify(t, w.Report.Path, nil)
	require.Contains(t, fmt.Sprint(v.Faults), "är inte det underlag som redovisningen hör till")
}

func TestTheEvidenceAloneIsSaidToBeTheEvidence(t *testing.T) {
	w, err := Write(t.Context(), t.TempDir(), content(), nil)
	require.NoError(t, err)
	for _, path := range []string{w.Evidence.Path, w.Evidence.Path + seal.AgeEnd} {
		_, err = Verify(t.Context(), path, nil)
		require.ErrorIs(t, err, ErrEvidence)
		require.ErrorContains(t, err, filepath.Base(w.Report.Path))
	}
	renamed := filepath.Join(t.TempDir(), "bild.zip")
	require.NoError(t, os.Rename(w.Evidence.Path, renamed))
	require.Equal(t, []Fault{{aboutFile, "saknas, så filen är ingen redovisning"}}, verify(t, renamed, nil).Faults)
}

func TestAReportThatNamesNoEvidenceIsAFaultOfTheReport(t *testing.T) {
	for _, name := range []string{"", ".", "..", "annat.zip", "../x_underlag.zip"} {
		var v Verified
		require.NoError(t, v.evidence(t.Context(), evidenceCheck{folder: t.TempDir(), about: About{Evidence: Link{Name: name}}}), name)
		require.Equal(t, []Fault{{aboutFile, "säger inte vilket underlag som hör till redovisningen"}}, v.Faults, name)
	}
}

func TestASecondFigureHasItsOwnUnitInTheWorkbook(t *testing.T) {
	c := content()
	days := 77716489.0
	f := c.Findings[0]
	f.Unit, f.Also = "share", []finding.Also{{Key: "days_open", Title: finding.Text{SV: "Öppna i"}, Unit: "seconds", Value: &days}}
	c.Findings = []finding.Finding{f}
	rows := c.figureSheet(nil).rows
	require.Equal(t, []string{"share", "seconds"}, []string{rows[0][2].Text, rows[1][2].Text})
}
