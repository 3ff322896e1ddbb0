package snapshot

import (
	"archive/zip"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/kommunpuls/kommunpuls/configs"
	"github.com/kommunpuls/kommunpuls/internal/catalogue"
	"github.com/kommunpuls/kommunpuls/internal/expose/snapshot/bag"
	"github.com/kommunpuls/kommunpuls/internal/finding"
	"github.com/kommunpuls/kommunpuls/internal/store"
)

func written(t *testing.T, c Content) string {
	t.Helper()
	w, err := Write(t.Context(), t.TempDir(), c, nil)
	require.NoError(t, err)
	return w.Report.Path
}

func TestASnapshotIsReadBackAsItWasWritten(t *testing.T) {
	c := content()
	shipped, err := catalogue.Parse(configs.Catalogue())
	require.NoError(t, err)
	c.Catalogue = shipped
	c.Decided = []store.Decided{{Section: "targets", Key: "sso", Decision: "KS 2026/1", Fields: map[string]string{"kpi": "sso"}}}
	c.Sources = []store.SourceState{{SourceInfo: store.SourceInfo{Name: "lista"}, LastSuccess: day}}
	s, err := Open(t.Context(), written(t, c))
	require.NoError(t, err)
	defer s.Close()
	require.Equal(t, "Östra Å", s.About.Municipality)
	require.Equal(t, Format, s.About.Format)
	require.True(t, s.About.AsOf.Equal(day))
	require.Len(t, s.Figures, 5)
	f, ok := s.Figure("sso")
	require.True(t, ok)
	require.InDelta(t, 0.5, *f.Value, 0)
	require.Equal(t, c.Decided, s.Decisions.InForce)
	require.Len(t, s.Sources, 1)
	require.Equal(t, "lista", s.Sources[0].Name)
	require.Len(t, s.Definitions, len(shipped.KPIs))

	again, err := s.Catalogue()
	require.NoError(t, err)
	require.Len(t, again.KPIs, len(shipped.KPIs))
	require.Len(t, again.Views, len(shipped.Views))

	var got []string
	require.NoError(t, s.Rows(t.Context(), "system", func(r Row) error {
		sso, ok := r.Cell("sso")
		require.True(t, ok)
		_, ok = r.Cell("finns inte")
		require.False(t, ok)
		got = append(got, r.ID+"="+sso)
		return nil
	}))
	require.Equal(t, []string{"s1=1", "s2=0", "s3=1", "s4=0", "s5="}, got)
}

func TestEvidenceIsReadBackAndAFigureWithoutRowsHasNone(t *testing.T) {
	s, err := Open(t.Context(), written(t, content()))
	require.NoError(t, err)
	defer s.Close()
	var got []finding.Row
	require.NoError(t, s.Evidence(t.Context(), "sso", func(r finding.Row) error {
		got = append(got, r)
		return nil
	}))
	require.Equal(t, []finding.Row{{Entity: "system", ID: "s1", Label: "Ärenden; \"A\"", Place: "lista, rad 2", Reason: "nej\närsso"}}, got)
	require.NoError(t, s.Evidence(t.Context(), "none", func(finding.Row) error { return errors.New("no row was expected") }))
	require.ErrorIs(t, s.Rows(t.Context(), "ticket", nil), fs.ErrNotExist)
}

func TestAReportAloneIsOpenedAndSaysWhyThereIsNoEvidence(t *testing.T) {
	path := written(t, content())
	evidence := strings.Replace(path, "_redovisning", "_underlag", 1)
	whole, err := os.ReadFile(evidence)
	require.NoError(t, err)
	for _, c := range []struct {
		name, want string
		change     func()
	}{
		{"another file", "är inte det som redovisningen hör till", func() { require.NoError(t, os.WriteFile(evidence, whole[:len(whole)-1], 0o600)) }},
		{"none", "ligger inte bredvid", func() { require.NoError(t, os.Remove(evidence)) }},
		{"one removed by decision", "är gallrat; beslutet står i ostra-a_2025-12-31_underlag.gallrad.json", func() { require.NoError(t, os.WriteFile(removedNote(evidence), []byte("{}"), 0o600)) }},
		{"an encrypted one", "är krypterat", func() { require.NoError(t, os.WriteFile(evidence+".age", whole, 0o600)) }},
	} {
		t.Run(c.name, func(t *testing.T) {
			c.change()
			s, err := Open(t.Context(), path)
			require.NoError(t, err)
			defer s.Close()
			require.Contains(t, s.NoEvidence, c.want)
			require.Empty(t, s.Populations)
			require.ErrorIs(t, s.Rows(t.Context(), "system", nil), fs.ErrNotExist)
		})
	}
}

// remade copies a report with one payload file changed and its manifests made
// anew, as somebody would who knows how.
func remade(t testing.TB, path, name string, text []byte) string {
	t.Helper()
	b, err := bag.Open(path, bag.DefaultLimits())
	require.NoError(t, err)
	defer b.Close()
	out, err := os.Create(filepath.Join(t.TempDir(), filepath.Base(path)))
	require.NoError(t, err)
	w := bag.NewWriter(out, b.Folder, day)
	for _, f := range b.Files() {
		to, err := w.File(f)
		require.NoError(t, err)
		if f == name {
			_, err = to.Write(text)
			require.NoError(t, err)
			continue
		}
		from, err := b.Read(f)
		require.NoError(t, err)
		_, err = io.Copy(to, from)
		require.NoError(t, errors.Join(err, from.Close()))
	}
	require.NoError(t, errors.Join(w.Close(nil, nil), out.Close()))
	return out.Name()
}

func TestAForeignFileIsRefusedInWordsWithItsPlace(t *testing.T) {
	good := written(t, content())
	whole, err := os.ReadFile(good)
	require.NoError(t, err)
	at := func(text []byte) string {
		name := filepath.Join(t.TempDir(), "frammande.zip")
		require.NoError(t, os.WriteFile(name, text, 0o600))
		return name
	}
	packed := func(names ...string) string {
		var b bytes.Buffer
		w := zip.NewWriter(&b)
		for _, n := range names {
			_, err := w.Create(n)
			require.NoError(t, err)
		}
		require.NoError(t, w.Close())
		return at(b.Bytes())
	}
	flipped := bytes.Clone(whole)
	flipped[bytes.Index(whole, []byte("om.json"))+60] ^= 1
	newer, err := json.Marshal(About{Format: Format + 1, Name: "x", AsOf: day})
	require.NoError(t, err)
	for _, c := range []struct{ name, path, want string }{
		{"no ZIP", at([]byte("hej")), "frammande.zip är ingen ögonblicksbild som går att läsa: ingen hel BagIt-mapp i en ZIP-fil: filen är avhuggen eller ingen ZIP-fil"},
		{"empty", at(nil), "avhuggen eller ingen ZIP-fil"},
		{"cut off", at(whole[:len(whole)/2]), "avhuggen eller ingen ZIP-fil"},
		{"another ZIP", packed("bok/innehall.txt"), "bagit.txt saknas"},
		{"traversing", packed("b/bagit.txt", "b/data/../../../etc/passwd"), `"data/../../../etc/passwd": får inget filnamn heta`},
		{"an empty bag", packed("b/bagit.txt"), "manifest-sha256.txt saknas"},
		{"one changed byte", at(flipped), "data/om.json"},
		{"a later format", remade(t, good, aboutFile, newer), "om.json: skriven i format 2, och den här versionen läser till och med 1"},
		{"says nothing", remade(t, good, aboutFile, []byte(`{}`)), "om.json: säger inte vad eller vilken dag den gäller"},
		{"no list", remade(t, good, figuresFile, []byte(`{"a":1}`)), "siffror.json: ingen lista"},
		{"a list that ends", remade(t, good, figuresFile, []byte(`[{"id":"a"},`)), "siffror.json"},
		{"a figure twice", remade(t, good, figuresFile, []byte(`[{"id":"a"},{"id":"a"}]`)), `siffror.json: siffra 2 saknar id eller står två gånger: "a"`},
		{"too many", remade(t, good, sourcesFile, append(append([]byte("["), bytes.Repeat([]byte("{},"), mostItems+1)...), "{}]"...)), "kallor.json: fler än 200000 poster"},
		{"too large", remade(t, good, decisionsFile, append([]byte(`{"log":[`), bytes.Repeat([]byte(" "), mostJSON+10)...)), "beslut.json: större än vad som läses: 33554432 byte"},
	} {
		t.Run(c.name, func(t *testing.T) {
			s, err := Open(t.Context(), c.path)
			require.Nil(t, s)
			require.ErrorIs(t, err, ErrForeign)
			require.ErrorContains(t, err, c.want)
		})
	}
	_, err = Open(t.Context(), filepath.Join(t.TempDir(), "finns inte.zip"))
	require.ErrorIs(t, err, fs.ErrNotExist)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	_, err = Open(ctx, good)
	require.ErrorIs(t, err, context.Canceled)
}

func TestDefinitionsOfAForeignSnapshotAreCheckedBeforeAnythingIsRun(t *testing.T) {
	c := content()
	shipped, err := catalogue.Parse(configs.Catalogue())
	require.NoError(t, err)
	c.Catalogue = shipped
	good := written(t, c)
	name := methodFolder + "sso_coverage.yaml"
	s, err := Open(t.Context(), good)
	require.NoError(t, err)
	defer s.Close()
	text, err := s.whole(name)
	require.NoError(t, err)
	for _, pass := range []string{"1 = 1; DROP TABLE system", "(SELECT load_extension('x'))", "1) UNION SELECT"} {
		i := bytes.Index(text, []byte("\n    pass: "))
		require.Positive(t, i)
		end := i + 1 + bytes.IndexByte(text[i+1:], '\n')
		changed := append(append(bytes.Clone(text[:i]), "\n    pass: \""+pass+"\""...), text[end:]...)
		bad, err := Open(t.Context(), remade(t, good, name, changed))
		require.NoError(t, err)
		_, err = bad.Catalogue()
		require.ErrorIs(t, err, ErrForeign)
		require.ErrorContains(t, err, "definitioner/sso_coverage.yaml")
		require.ErrorContains(t, err, "pass")
		require.NoError(t, bad.Close())
	}
}

func TestRowsOfAForeignFileAreReadWithinLimits(t *testing.T) {
	for _, c := range []struct{ name, text, want string }{
		{"nothing", "", "rubrikraden"},
		{"one endless line", "id,org_unit,plats\n" + strings.Repeat("x", mostLine+5000), "rad 2: större än vad som läses"},
		{"a column twice", "id,org_unit,plats,id\n", `kolumnen "id" står två gånger`},
		{"rows of other lengths", "id,org_unit,plats\na,b\n", "rad 2"},
	} {
		t.Run(c.name, func(t *testing.T) {
			o, err := openTable(strings.NewReader(c.text))
			if err == nil {
				err = o.each(t.Context(), func([]string) error { return nil })
			}
			require.ErrorContains(t, err, c.want)
		})
	}
	o, err := openTable(strings.NewReader("id,org_unit,plats\n" + strings.Repeat("a,b,c\n", 500_000)))
	require.NoError(t, err)
	n := 0
	require.NoError(t, o.each(t.Context(), func([]string) error { n++; return nil }))
	require.Equal(t, 500_000, n, "many short rows are no long line")
}

// Whatever stands in a foreign ZIP, reading it ends in a snapshot or an error.
func FuzzOpen(f *testing.F) {
	dir := f.TempDir()
	w, err := Write(f.Context(), dir, content(), nil)
	require.NoError(f, err)
	whole, err := os.ReadFile(w.Report.Path)
	require.NoError(f, err)
	f.Add(whole)
	f.Add(whole[:len(whole)/2])
	f.Add([]byte("PK\x05\x06"))
	f.Fuzz(func(t *testing.T, text []byte) {
		path := filepath.Join(t.TempDir(), "f.zip")
		require.NoError(t, os.WriteFile(path, text, 0o600))
		s, err := Open(t.Context(), path)
		if err != nil {
			require.Nil(t, s)
			return
		}
		_, _ = s.Catalogue()
		require.NoError(t, s.Close())
	})
}

// The files within: whatever they hold, with manifests that hold.
func FuzzFilesOfASnapshot(f *testing.F) {
	dir := f.TempDir()
	w, err := Write(f.Context(), dir, content(), nil)
	require.NoError(f, err)
	f.Add(aboutFile, []byte(`{"name":"x","as_of":"2025-12-31T22:59:59Z"}`))
	f.Add(figuresFile, []byte(`[{"id":"a","value":1,"breakdown":[{"dimension":"org_unit"}]}]`))
	f.Add(decisionsFile, []byte(`{"in_force":[{"Section":"targets","Fields":{"a":"b"}}]}`))
	f.Add(methodFolder+"sso.yaml", []byte("kpis:\n  - id: sso\n    pass: \"1 = 1; DROP TABLE x\"\n"))
	f.Fuzz(func(t *testing.T, name string, text []byte) {
		s, err := Open(t.Context(), remade(t, w.Report.Path, name, text))
		if err != nil {
			require.Nil(t, s)
			return
		}
		_, _ = s.Catalogue()
		require.NoError(t, s.Close())
	})
}

func FuzzRowsOfASnapshot(f *testing.F) {
	f.Add([]byte("id,org_unit,plats\na,b,c\n"))
	f.Add([]byte("id,\"x\ny\"\n\"\"\"\",\n"))
	f.Fuzz(func(t *testing.T, text []byte) {
		o, err := openTable(bytes.NewReader(text))
		if err == nil {
			_ = o.each(t.Context(), func(cells []string) error {
				require.Len(t, cells, len(o.columns))
				return nil
			})
		}
	})
}
