package app

import (
	"context"
	"time"

	"github.com/kommunpuls/kommunpuls/internal/expose/web"
	"github.com/kommunpuls/kommunpuls/internal/store"
)

// Ready says what is missing before the daemon can be relied on. Late sources
// are not: they are metrics and alerts.
func (a *App) Ready() []string {
	if a.last.Load() == nil {
		return []string{"Den första beräkningen är inte klar."}
	}
	return nil
}

// Status tells how the daemon and its sources are.
func (a *App) Status(ctx context.Context) (web.Status, error) {
	parts, now := a.Parts(), a.now()
	st := web.Status{
		Version: a.version, Municipality: parts.Config.Municipality, Demo: parts.Config.Demo, Started: a.started,
		NotReady: a.Ready(), Outcomes: map[string]int{}, OTLP: a.otlpStatus(), Notify: a.notifyStatus(), Reports: a.reportStatus(),
	}
	st.Ready = len(st.NotReady) == 0
	if last := a.last.Load(); last != nil {
		st.EvaluatedAt, st.Evaluation = last.at.AsOf, last.took.Round(time.Millisecond).String()
		for _, f := range last.findings {
			st.Outcomes[string(f.Outcome)]++
		}
	}
	ss, err := a.sources(ctx)
	if err != nil {
		return st, err
	}
	for _, s := range ss {
		st.Sources = append(st.Sources, web.SourceStatus{
			Name: s.Name, Type: s.Plugin, Reason: failure(s), Late: late(s, now), Held: s.Held,
			LastSuccess: known(s.LastSuccess), LastFailure: known(s.LastFailure), ContentAt: known(s.ContentAt),
			Seen: s.Counts.Seen, Refused: s.Counts.Refused, Vanished: s.Counts.Vanished,
		})
	}
	names, err := a.store.Unmapped(ctx)
	if err != nil {
		return st, err
	}
	st.Unmapped = len(names)
	for _, g := range groupNames(names, nil) {
		st.UnmappedBy = append(st.UnmappedBy, web.NameCount{Scheme: g.Scheme, Kind: g.Kind, Names: g.Names, Records: g.Records, Unclear: g.Unclear})
	}
	return st, nil
}

func failure(s store.SourceState) string {
	if s.LastFailure.After(s.LastSuccess) {
		return s.FailureReason
	}
	return ""
}

// late tells whether a source has missed two of its turns.
func late(s store.SourceState, now time.Time) bool {
	return s.RetiredOn.IsZero() && s.Interval > 0 && !s.LastSuccess.IsZero() && now.Sub(s.LastSuccess) > 2*s.Interval
}

func known(t time.Time) *time.Time {
	if t.IsZero() {
		return nil
	}
	return &t
}
