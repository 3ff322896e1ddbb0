package regular

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"mime"
	"mime/quotedprintable"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/kommunpuls/kommunpuls/internal/calendar"
	"github.com/kommunpuls/kommunpuls/internal/expose/snapshot"
	"github.com/kommunpuls/kommunpuls/internal/expose/snapshot/seal"
	"github.com/kommunpuls/kommunpuls/internal/finding"
	"github.com/kommunpuls/kommunpuls/internal/mail/mailtest"
	"github.com/kommunpuls/kommunpuls/internal/store"
)

func at(text string) time.Time {
	t, err := time.ParseInLocation("2006-01-02 15:04", text, calendar.Location())
	if err != nil {
		panic(err)
	}
	return t
}

func TestTheLastInstantOfThePeriodThatHasEnded(t *testing.T) {
	for _, c := range []struct{ every, now, want string }{
		{Month, "2026-11-01 00:00", "2026-10-31 23:59"},
		{Month, "2026-11-30 23:59", "2026-10-31 23:59"},
		{Month, "2026-01-15 12:00", "2025-12-31 23:59"},
		{Quarter, "2026-11-22 12:00", "2026-09-30 23:59"},
		{Quarter, "2026-10-01 00:00", "2026-09-30 23:59"},
		{Quarter, "2026-03-31 23:59", "2025-12-31 23:59"},
		{Year, "2026-11-22 12:00", "2025-12-31 23:59"},
		{Year, "2026-01-01 00:00", "2025-12-31 23:59"},
	} {
		got, ok := Ended(c.every, at(c.now).UTC())
		require.True(t, ok)
		require.True(t, at(c.want).Add(59*time.Second).Equal(got), "%s %s: %s", c.every, c.now, got)
	}
	_, ok := Ended("", at("2026-01-01 00:00"))
	require.False(t, ok)
}

// none has no rows.
type none struct{}

func (none) Populations() ([]finding.Population, error)                             { return nil, nil }
func (none) Evidence(context.Context, string, func(finding.Row) error) error        { return nil }
func (none) Rows(context.Context, string, func(*finding.PopulationRow) error) error { return nil }

// daemon makes snapshots by a clock that the test sets.
type daemon struct {
	t      *testing.T
	dir    string
	now    time.Time
	fails  error
	stamp  error
	made   []time.Time
	asked  []string
	shown  []seal.Entry
	failed []string
}

func newDaemon(t *testing.T) *daemon {
	return &daemon{t: t, dir: t.TempDir(), now: at("2026-11-22 12:00")}
}

func (d *daemon) make(ctx context.Context, asOf time.Time) (snapshot.Written, error) {
	if d.fails != nil {
		return snapshot.Written{}, d.fails
	}
	d.made = append(d.made, asOf)
	v := 1.0
	w, err := snapshot.Write(ctx, d.dir, snapshot.Content{
		Municipality: "Exempelkommun", At: store.Point{AsOf: asOf, KnownAt: d.now}, Created: d.now, Config: []byte("{}\n"), Rows: none{},
		Findings: []finding.Finding{{KPI: "x", Unit: "count", Value: &v, Outcome: finding.Measured}},
	}, nil)
	w.NotStamped = d.stamp
	return w, err
}

func (d *daemon) keeper() *Keeper {
	return New(Options{
		Make: d.make, Log: slog.New(slog.DiscardHandler), Now: func() time.Time { return d.now }, State: filepath.Join(d.t.TempDir(), "state.json"),
		Stamp:  func(_ context.Context, name string) error { d.asked = append(d.asked, name); return d.stamp },
		Shown:  func(c []seal.Entry) { d.shown = c },
		Failed: func(task string) { d.failed = append(d.failed, task) },
	})
}

func TestASnapshotIsMadeOnceForEachPeriodAndCaughtUpAfterAStop(t *testing.T) {
	d := newDaemon(t)
	k := d.keeper()
	k.Apply(Settings{Dir: d.dir, Every: Month})
	look := func(now string) {
		d.now = at(now)
		k.Look(t.Context())
	}
	look("2026-11-22 12:00")
	look("2026-11-22 12:01")
	look("2026-11-30 23:59")
	require.Len(t, d.made, 1, "the month before, once")
	look("2026-12-01 00:00")
	require.Len(t, d.made, 2)
	look("2027-04-05 08:00") // it was off for months
	require.Len(t, d.made, 3)
	require.True(t, at("2027-03-31 23:59").Add(59*time.Second).Equal(d.made[2]))
	require.Len(t, d.shown, 3)

	k = d.keeper() // after a restart
	k.Apply(Settings{Dir: d.dir, Every: Month})
	look("2027-04-05 08:01")
	require.Len(t, d.made, 3)
	k.Apply(Settings{Dir: d.dir})
	look("2027-06-01 08:01")
	require.Len(t, d.made, 3, "none are wanted any more")
}

func TestWhatFailsIsTriedAgainLater(t *testing.T) {
	d := newDaemon(t)
	k := d.keeper()
	k.Apply(Settings{Dir: d.dir, Every: Quarter, Stamps: true})
	d.fails = errors.New("disken är full")
	k.Look(t.Context())
	require.Equal(t, []string{Tasks()[0]}, d.failed, "it is told what failed")
	d.fails = nil
	d.stamp = seal.ErrStampServer
	d.now = d.now.Add(29 * time.Minute)
	k.Look(t.Context())
	require.Empty(t, d.made, "not at once")
	d.now = d.now.Add(time.Minute)
	k.Look(t.Context())
	require.Len(t, d.made, 1)
	require.Empty(t, d.asked, "the server has just been asked")
	d.now = d.now.Add(30 * time.Minute)
	k.Look(t.Context())
	require.Equal(t, []string{"exempelkommun_2026-09-30"}, d.asked)
}

func TestAPeriodThatNothingIsKnownOfIsPassedOver(t *testing.T) {
	d := newDaemon(t)
	k := d.keeper()
	k.Apply(Settings{Dir: d.dir, Every: Month})
	d.fails = snapshot.ErrNothing
	k.Look(t.Context())
	d.fails = nil
	d.now = d.now.Add(24 * time.Hour)
	k.Look(t.Context())
	require.Empty(t, d.made)
	d.now = at("2026-12-01 00:01")
	k.Look(t.Context())
	require.Len(t, d.made, 1)
}

func body(t *testing.T, l mailtest.Letter) (subject, text string) {
	t.Helper()
	head, content, ok := strings.Cut(strings.ReplaceAll(l.Content, "\r\n", "\n"), "\n\n")
	require.True(t, ok)
	for line := range strings.Lines(strings.ReplaceAll(head, "\n ", " ")) {
		if s, ok := strings.CutPrefix(line, "Subject: "); ok {
			var err error
			subject, err = new(mime.WordDecoder).DecodeHeader(strings.TrimSpace(s))
			require.NoError(t, err)
		}
	}
	b, err := io.ReadAll(quotedprintable.NewReader(strings.NewReader(content)))
	require.NoError(t, err)
	return subject, string(b)
}

func TestTheFingerprintsAreMailedOnceAMonth(t *testing.T) {
	server := mailtest.Start(t, mailtest.WantsTLS, mailtest.WantsLogin)
	settings := server.Settings()
	d := newDaemon(t)
	k := d.keeper()
	s := Settings{Dir: d.dir, Every: Month, Mail: &settings, To: []string{"revisor@example.se"}, Day: 3, Municipality: "Exempelkommun", Demo: true}
	k.Apply(s)
	d.now = at("2026-11-02 23:59")
	k.Look(t.Context())
	require.Len(t, d.made, 1)
	require.Empty(t, server.Taken(t), "not before the third")
	for _, now := range []string{"2026-11-03 00:00", "2026-11-03 00:01", "2026-11-30 12:00"} {
		d.now = at(now)
		k.Look(t.Context())
	}
	state := k.opt.State
	k = d.keeper() // after a restart
	k.opt.State = state
	k.Apply(s)
	k.Look(t.Context())
	letters := server.Taken(t)
	require.Len(t, letters, 1, "once a month")
	require.Equal(t, []string{"revisor@example.se"}, letters[0].To)
	subject, text := body(t, letters[0])
	require.Equal(t, "DEMODATA. Ögonblicksbilder av it-läget i Exempelkommun: fingeravtryck 2026-11", subject)
	list, err := seal.List(d.dir)
	require.NoError(t, err)
	for _, want := range []string{"exempelkommun_2026-10-31\n", "fingeravtryck " + list[0].Fingerprint, list[0].Report, "läget 31\u00a0oktober\u00a02026, gjord 2026-11-02 23.59", "DEMODATA", "Det visar inte att uppgifterna i\ndem var rätt."} {
		require.Contains(t, text, want)
	}
	d.now = at("2026-12-05 07:00")
	k.Look(t.Context())
	require.Len(t, server.Taken(t), 2)
}

func TestALetterThatDoesNotGetThroughIsSentLater(t *testing.T) {
	server := mailtest.Start(t, mailtest.WantsTLS, mailtest.WantsLogin)
	right := server.Settings()
	wrong := right
	wrong.Password = "fel"
	d := newDaemon(t)
	_, err := d.make(t.Context(), at("2026-10-31 23:59"))
	require.NoError(t, err)
	k := d.keeper()
	s := Settings{Dir: d.dir, Mail: &wrong, To: []string{"revisor@example.se"}, Day: 1, Municipality: "Exempelkommun"}
	k.Apply(s)
	k.Look(t.Context())
	require.Empty(t, server.Taken(t))
	_, err = os.Stat(k.opt.State)
	require.ErrorIs(t, err, os.ErrNotExist)
	wrong.Password = right.Password
	d.now = d.now.Add(10 * time.Minute)
	k.Look(t.Context())
	require.Empty(t, server.Taken(t), "not at once")
	d.now = d.now.Add(20 * time.Minute)
	k.Look(t.Context())
	require.Len(t, server.Taken(t), 1)
}

func TestALetterListsTheNewestAndSaysHowManyMore(t *testing.T) {
	var list []seal.Listed
	for i := range 14 {
		list = append(list, seal.Listed{Entry: seal.Entry{Name: "bild" + string(rune('a'+i)), Report: strings.Repeat("0", 64)}})
	}
	list[13].Corrects = &seal.Correction{Name: "bilda", Note: "150, inte 300"}
	list[13].Stamped = at("2026-11-22 12:00")
	m := Letter(Settings{Municipality: "Exempelkommun"}, list, at("2026-11-22 12:00"))
	require.Contains(t, m.Text, "\nbildn\n")
	require.Contains(t, m.Text, "\nbildc\n")
	require.NotContains(t, m.Text, "\nbildb\n")
	require.Contains(t, m.Text, "Kedjan har 2 bilder till, som är äldre.")
	require.Contains(t, m.Text, "  rättar bilda: 150, inte 300\n  tidsstämplad 2026-11-22 12.00\n")
	require.NotContains(t, m.Text, "DEMODATA")
	require.Equal(t, "ogonblicksbilder-2026-11", m.ID)
}
