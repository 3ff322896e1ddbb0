package snapshot

import (
	"bytes"
	"context"
	"fmt"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/kommunpuls/kommunpuls/internal/expose/snapshot/bag"
	"github.com/kommunpuls/kommunpuls/internal/expose/snapshot/seal"
	"github.com/kommunpuls/kommunpuls/internal/finding"
	"github.com/kommunpuls/kommunpuls/internal/store"
	"github.com/kommunpuls/kommunpuls/plugins/sdk"
)

// people are accounts whose ids are pseudonyms of the store, in their order.
type people struct{ ids []string }

func storePeople(t *testing.T, n int) people {
	t.Helper()
	p, err := sdk.NewPseudonymiser(bytes.Repeat([]byte("k"), 32), "8e692a21")
	require.NoError(t, err)
	var out people
	for i := range n {
		out.ids = append(out.ids, "katalog:"+p.Of(fmt.Sprint("person", i)))
	}
	return out
}

func (p people) Populations() ([]finding.Population, error) {
	return []finding.Population{{Relation: "account", Columns: []finding.Recompute{{KPI: "sso", How: "share"}}}}, nil
}

func (p people) Rows(_ context.Context, _ string, each func(*finding.PopulationRow) error) error {
	for i, id := range p.ids {
		if err := each(&finding.PopulationRow{ID: id, OrgUnit: "soc", Place: fmt.Sprint("katalog.ldif, rad ", i+1), Cells: []string{fmt.Sprint(i % 2)}}); err != nil {
			return err
		}
	}
	return nil
}

func (p people) Evidence(_ context.Context, _ string, each func(finding.Row) error) error {
	for i, id := range p.ids {
		if err := each(finding.Row{Entity: "account", ID: id, Label: id, OrgUnit: "soc", Place: fmt.Sprint("katalog.ldif, rad ", i+1), Pass: i%2 == 1, Reason: "se " + id + "."}); err != nil {
			return err
		}
	}
	return nil
}

func peopleContent(t *testing.T) Content {
	c := content()
	c.Findings, c.Catalogue.KPIs = c.Findings[:1], c.Catalogue.KPIs[:1]
	p := storePeople(t, 4)
	c.Rows = p
	c.Findings[0].Waivers = []finding.Waiver{{Scope: "record:" + p.ids[0], Decision: "KS 1"}}
	c.Findings[0].SQL = "SELECT 1 WHERE id = '" + p.ids[1] + "';\n"
	c.Config = []byte(`{"about": "` + p.ids[2] + `"}` + "\n")
	return c
}

var anyPseudonym = regexp.MustCompile(`[0-9a-z]{1,16}-[0-9a-f]{32}`)

// texts are all payload files of a bag.
func texts(t *testing.T, path string) map[string]string {
	t.Helper()
	b, err := bag.Open(path, bag.DefaultLimits())
	require.NoError(t, err)
	defer b.Close()
	out := map[string]string{}
	for _, name := range b.Files() {
		out[name] = payloadOf(t, path, name)
	}
	return out
}

func TestASnapshotHasNoPseudonymOfTheStoreAndIsRecomputedAllTheSame(t *testing.T) {
	dir := t.TempDir()
	keys := seal.PseudonymKeys{Dir: filepath.Join(dir, "snapshot-keys")}
	c := peopleContent(t)
	var err error
	c.Pseudonyms, _, err = keys.For(c.At, day)
	require.NoError(t, err)
	w, err := Write(t.Context(), dir, c, nil)
	require.NoError(t, err)
	seen := map[string]int{}
	for _, path := range []string{w.Report.Path, w.Evidence.Path} {
		for name, text := range texts(t, path) {
			for _, p := range anyPseudonym.FindAllString(text, -1) {
				require.True(t, strings.HasPrefix(p, c.Pseudonyms.ID()+"-"), "%s: %s", name, p)
				seen[p]++
			}
		}
	}
	require.Len(t, seen, 4, "four accounts are four everywhere")
	rows := payloadOf(t, w.Evidence.Path, "population/account.csv")
	require.NotContains(t, rows, ", rad ", "the line of the file would give the account away")
	require.Contains(t, rows, ",katalog.ldif,")
	var order []string
	for _, line := range strings.Split(strings.TrimSpace(rows), "\n")[1:] {
		order = append(order, line[:strings.Index(line, ",")])
	}
	require.IsIncreasing(t, order)
	v := verify(t, w.Report.Path, nil)
	require.Empty(t, v.Faults)
	require.Equal(t, 1, v.Recomputed)

	// Whoever has the key can tell which account a row is about.
	e, err := seal.ReadChain(dir)
	require.NoError(t, err)
	k, err := keys.Key(e[0])
	require.NoError(t, err)
	require.Contains(t, rows, k.Text(c.Rows.(people).ids[0]))
}

func TestTheSamePointHasTheSamePseudonymsAndAnotherHasOthers(t *testing.T) {
	keys := seal.PseudonymKeys{Dir: filepath.Join(t.TempDir(), "snapshot-keys")}
	at := store.Point{AsOf: day, KnownAt: day}
	write := func(at store.Point) Written {
		c := peopleContent(t)
		var err error
		c.Pseudonyms, _, err = keys.For(at, day)
		require.NoError(t, err)
		w, err := Write(t.Context(), t.TempDir(), c, nil)
		require.NoError(t, err)
		return w
	}
	a, b := write(at), write(at)
	require.Equal(t, a.Report.SHA256, b.Report.SHA256)
	require.Equal(t, a.Evidence.SHA256, b.Evidence.SHA256)
	require.NotEqual(t, a.Evidence.SHA256, write(store.Point{AsOf: day, KnownAt: day.Add(time.Hour)}).Evidence.SHA256)
}
