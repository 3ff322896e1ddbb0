package snapshot

import (
	"encoding/json"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/kommunpuls/kommunpuls/internal/expose/snapshot/bag"
	"github.com/kommunpuls/kommunpuls/internal/expose/snapshot/seal"
)

func payloadOf(t *testing.T, zip, name string) string {
	t.Helper()
	b, err := bag.Open(zip, bag.DefaultLimits())
	require.NoError(t, err)
	defer b.Close()
	r, err := b.Read(name)
	require.NoError(t, err)
	text, err := io.ReadAll(r)
	require.NoError(t, err)
	require.NoError(t, r.Close())
	return string(text)
}

func TestACorrectionLeavesTheCorrectedAsItIsAndBothSayIt(t *testing.T) {
	dir := t.TempDir()
	c := content()
	old, err := Write(t.Context(), dir, c, nil)
	require.NoError(t, err)
	before, err := os.ReadFile(old.Report.Path)
	require.NoError(t, err)

	c.Created = c.Created.AddDate(0, 0, 9)
	c.Findings[0].Value, c.Findings[0].Numerator = number(0.5), number(2)
	c.Corrects = &seal.Correction{Name: old.Report.Path, Note: " Leverantörerna var\n150, inte 300 "}
	w, err := Write(t.Context(), dir, c, nil)
	require.NoError(t, err)
	want := seal.Correction{Name: old.Name, SHA256: old.Report.SHA256, Note: "Leverantörerna var 150, inte 300"}
	require.Equal(t, &want, w.Corrects)

	after, err := os.ReadFile(old.Report.Path)
	require.NoError(t, err)
	require.Equal(t, before, after)
	var a About
	require.NoError(t, json.Unmarshal([]byte(payloadOf(t, w.Report.Path, aboutFile)), &a))
	require.Equal(t, &want, a.Corrects)
	require.Contains(t, payloadOf(t, w.Report.Path, readMe), "Det här är en rättelse av ostra-a_2025-12-31.\nVad som var fel: Leverantörerna var 150, inte 300\n")
	require.Contains(t, payloadOf(t, w.Report.Path, figuresFile), "Rättar ögonblicksbilden ostra-a_2025-12-31: Leverantörerna var 150, inte 300")

	v := verify(t, old.Report.Path, nil)
	require.Empty(t, v.Faults)
	require.Len(t, v.CorrectedBy, 1)
	require.Equal(t, w.Name, v.CorrectedBy[0].Name)
	v = verify(t, w.Report.Path, nil)
	require.Empty(t, v.Faults)
	require.Equal(t, &want, v.Corrects)

	list, err := seal.List(dir)
	require.NoError(t, err)
	require.Equal(t, []string{w.Name}, list[0].CorrectedBy)
	require.Equal(t, old.Name, list[1].Corrects.Name)
}

func TestACorrectionOfNothingKnownOrWithoutANoteIsRefused(t *testing.T) {
	dir := t.TempDir()
	c := content()
	_, err := Write(t.Context(), dir, c, nil)
	require.NoError(t, err)
	c.Corrects = &seal.Correction{Name: "kommunen_2020-01-01", Note: "fel"}
	_, err = Write(t.Context(), dir, c, nil)
	require.EqualError(t, err, "kommunen_2020-01-01 finns inte i kedjan")
	for _, note := range []string{" \n", strings.Repeat("å", 501)} {
		c.Corrects = &seal.Correction{Name: "ostra-a_2025-12-31", Note: note}
		_, err = Write(t.Context(), dir, c, nil)
		require.ErrorIs(t, err, seal.ErrNote)
	}
	entries, err := os.ReadDir(dir)
	require.NoError(t, err)
	require.Len(t, entries, 3, "nothing is left of those refused")
}

// chainOfThree is a folder with three snapshots, an hour apart.
func chainOfThree(t *testing.T) (dir string, lines []string, ws []Written) {
	t.Helper()
	dir = t.TempDir()
	c := content()
	for i := range 3 {
		c.Created = day.Add(time.Duration(i+1) * time.Hour)
		w, err := Write(t.Context(), dir, c, nil)
		require.NoError(t, err)
		ws = append(ws, w)
	}
	b, err := os.ReadFile(filepath.Join(dir, seal.ChainFile))
	require.NoError(t, err)
	return dir, strings.SplitAfter(strings.TrimSuffix(string(b), "\n"), "\n"), ws
}

func chainFaults(t *testing.T, dir string) []string {
	t.Helper()
	c, err := Against{}.VerifyChain(t.Context(), dir)
	require.NoError(t, err)
	var out []string
	for _, f := range c.Faults {
		out = append(out, f.What+": "+f.Why)
	}
	for _, v := range c.Snapshots {
		out = append(out, faults(v)...)
	}
	require.Equal(t, len(out) == 0, c.Holds())
	return out
}

func TestWhatIsWrongWithAChainIsSaidInWords(t *testing.T) {
	const second = "ostra-a_2025-12-31_2_redovisning.zip"
	for name, c := range map[string]struct {
		change func(t *testing.T, dir string, lines []string) []string
		want   []string
	}{
		"nothing": {func(_ *testing.T, _ string, l []string) []string { return l }, nil},
		"the middle one is taken out": {func(t *testing.T, dir string, l []string) []string {
			require.NoError(t, os.Remove(filepath.Join(dir, second)))
			return []string{l[0], l[2]}
		}, []string{"kedja.jsonl: rad 2 (ostra-a_2025-12-31_3) hänger inte ihop med raden före: en ögonblicksbild har tagits bort eller lagts in i efterhand"}},
		"the first one is taken out": {func(_ *testing.T, _ string, l []string) []string { return l[1:] }, []string{
			"kedja.jsonl: rad 1 (ostra-a_2025-12-31_2) hänger inte ihop med någon rad före: den första ögonblicksbilden har tagits bort",
			"ostra-a_2025-12-31_redovisning.zip: ligger i mappen men står inte i kedja.jsonl",
		}},
		"the newest is taken out of the chain alone": {func(_ *testing.T, _ string, l []string) []string { return l[:2] }, []string{
			"ostra-a_2025-12-31_3_redovisning.zip: ligger i mappen men står inte i kedja.jsonl",
		}},
		"a file is missing": {func(t *testing.T, dir string, l []string) []string {
			require.NoError(t, os.Remove(filepath.Join(dir, second)))
			return l
		}, []string{second + ": finns i kedja.jsonl men inte i mappen"}},
		"two lines change places": {func(_ *testing.T, _ string, l []string) []string { return []string{l[0], l[2] + "\n", l[1]} }, []string{
			"kedja.jsonl: rad 2 (ostra-a_2025-12-31_3) hänger inte ihop med raden före: en ögonblicksbild har tagits bort eller lagts in i efterhand",
			"kedja.jsonl: rad 3 (ostra-a_2025-12-31_2) hänger inte ihop med raden före: en ögonblicksbild har tagits bort eller lagts in i efterhand",
		}},
		"a time is changed": {func(_ *testing.T, _ string, l []string) []string {
			l[1] = strings.Replace(l[1], "2026-01-01T00:59:59Z", "2025-12-30T00:59:59Z", 1)
			return l
		}, []string{
			"kedja.jsonl: rad 2 (ostra-a_2025-12-31_2) säger sig vara gjord 2025-12-30 01.59, före raden före (2026-01-01 00.59): klockan har gått bakåt, eller så har någon ändrat tiden",
			"kedja.jsonl: raden om ostra-a_2025-12-31_2 säger något annat i created än redovisningen gör",
		}},
		"a letter's case is changed": {func(_ *testing.T, _ string, l []string) []string {
			l[0] = strings.Replace(l[0], `"name"`, `"Name"`, 1)
			return l
		}, []string{
			"kedja.jsonl: rad 1 går inte att läsa: raden är inte som den skrevs",
			"ostra-a_2025-12-31_redovisning.zip: ligger i mappen men står inte i kedja.jsonl",
		}},
		"another file under the name": {func(t *testing.T, dir string, l []string) []string {
			b, err := os.ReadFile(filepath.Join(dir, "ostra-a_2025-12-31_3_redovisning.zip"))
			require.NoError(t, err)
			require.NoError(t, os.WriteFile(filepath.Join(dir, second), b, 0o600))
			return l
		}, []string{second + ": innehåller en annan ögonblicksbild, ostra-a_2025-12-31_3"}},
	} {
		t.Run(name, func(t *testing.T) {
			dir, lines, _ := chainOfThree(t)
			lines = c.change(t, dir, lines)
			require.NoError(t, os.WriteFile(filepath.Join(dir, seal.ChainFile), []byte(strings.TrimSuffix(strings.Join(lines, ""), "\n")+"\n"), 0o600))
			require.Equal(t, c.want, chainFaults(t, dir))
		})
	}
	_, err := Against{}.VerifyChain(t.Context(), t.TempDir())
	require.ErrorContains(t, err, "ingen kedja att kontrollera")
}

// That the newest has gone with its line cannot be seen in what is left: only a
// fingerprint that somebody else has shows it.
func TestAChainThatBeganBeforeThereWasAKeyHoldsWithoutItAndItsSignedSnapshotsWithIt(t *testing.T) {
	dir := t.TempDir()
	k, p, _ := keys(t)
	c := content()
	_, err := Write(t.Context(), dir, c, nil)
	require.NoError(t, err)
	c.Created = c.Created.Add(time.Hour)
	signed, err := Write(t.Context(), dir, c, k)
	require.NoError(t, err)

	got, err := Against{Key: p}.VerifyChain(t.Context(), dir)
	require.NoError(t, err)
	require.Empty(t, got.Faults)
	require.Contains(t, strings.Join(faults(got.Snapshots[0]), " "), "har ingen underskrift bredvid sig")
	require.Empty(t, got.Snapshots[1].Faults)
	got, err = Against{}.VerifyChain(t.Context(), dir)
	require.NoError(t, err)
	require.True(t, got.Holds())
	v := verify(t, signed.Report.Path, p)
	require.Empty(t, v.Faults)
	require.True(t, v.Signed && v.Chained)
}

func TestTheNewestCanBeTakenAwayUnseenButForItsFingerprint(t *testing.T) {
	dir, lines, ws := chainOfThree(t)
	for _, f := range []string{ws[2].Report.Path, ws[2].Evidence.Path} {
		require.NoError(t, os.Remove(f))
	}
	require.NoError(t, os.WriteFile(filepath.Join(dir, seal.ChainFile), []byte(lines[0]+lines[1]), 0o600))
	require.Empty(t, chainFaults(t, dir))
	list, err := seal.List(dir)
	require.NoError(t, err)
	for _, l := range list {
		require.NotEqual(t, ws[2].Fingerprint, l.Fingerprint)
	}
}

func TestASnapshotIsNotMadeOnTopOfABrokenChainOrBesideAnother(t *testing.T) {
	dir, lines, _ := chainOfThree(t)
	c := content()
	c.Created = day.AddDate(0, 0, 1)
	require.NoError(t, os.WriteFile(filepath.Join(dir, seal.ChainFile), []byte(lines[0]+lines[2]+"\n"), 0o600))
	_, err := Write(t.Context(), dir, c, nil)
	require.ErrorIs(t, err, seal.ErrChain)
	require.NoError(t, os.WriteFile(filepath.Join(dir, seal.ChainFile), []byte(strings.Join(lines, "")+"\n"), 0o600))

	lock := filepath.Join(dir, ".kedja.lock")
	require.NoError(t, os.WriteFile(lock, nil, 0o600))
	_, err = Write(t.Context(), dir, c, nil)
	require.ErrorIs(t, err, seal.ErrBusy)
	require.NoFileExists(t, filepath.Join(dir, "ostra-a_2025-12-31_4_redovisning.zip"))
	long := time.Now().Add(-time.Hour) // a process that died left it
	require.NoError(t, os.Chtimes(lock, long, long))
	_, err = Write(t.Context(), dir, c, nil)
	require.NoError(t, err)
	require.NoFileExists(t, lock)
	require.Empty(t, chainFaults(t, dir))
}

func TestATruncatedZIPIsSaidInWords(t *testing.T) {
	_, w := made(t, nil)
	for _, path := range []string{w.Evidence.Path, w.Report.Path} {
		whole, err := os.ReadFile(path)
		require.NoError(t, err)
		require.NoError(t, os.WriteFile(path, whole[:len(whole)-200], 0o600))
		got := faults(verify(t, w.Report.Path, nil))
		require.Contains(t, strings.Join(got, "\n"), filepath.Base(path)+": går inte att läsa: ")
		require.Contains(t, strings.Join(got, "\n"), "filen är avhuggen eller ingen ZIP-fil")
		require.NoError(t, os.WriteFile(path, whole, 0o600))
	}
}

func TestAWrongKeyAndAChangedFileAreToldApart(t *testing.T) {
	k, p, _ := keys(t)
	_, other, _ := keys(t)
	w, err := Write(t.Context(), t.TempDir(), content(), k)
	require.NoError(t, err)
	name := filepath.Base(w.Report.Path)
	require.Contains(t, faults(verify(t, w.Report.Path, other)),
		name+": underskriften är inte gjord med den angivna nyckeln ("+other.ID()+") utan med en annan ("+p.ID()+")")
	b, err := os.ReadFile(w.Report.Path)
	require.NoError(t, err)
	require.NoError(t, os.WriteFile(w.Report.Path, append(b, 0), 0o600))
	require.Contains(t, faults(verify(t, w.Report.Path, p)),
		name+": underskriften stämmer inte: filen har ändrats sedan den skrevs under, eller underskriften har ändrats")
	require.NoError(t, os.WriteFile(w.Report.Path, b, 0o600))
	require.NoError(t, os.WriteFile(w.Report.Path+seal.SignatureEnd, []byte("x"), 0o600))
	require.Contains(t, faults(verify(t, w.Report.Path, p)), name+": underskriften går inte att läsa: filen är skadad eller avhuggen")
}
