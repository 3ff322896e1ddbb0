package app

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/kommunpuls/kommunpuls/internal/watchlist"
	"github.com/kommunpuls/kommunpuls/plugins/sdk/record"
)

func TestTheWaitOfAGroupCountsThoseWhoStillWaitInWorkingTime(t *testing.T) {
	m := &measured{t: t, now: clockOf(15, 0), codec: watchlist.NewCodec()}
	m.path = probeConfig(t, map[string]any{"targets": []any{map[string]any{"id": "skola", "module": "icmp", "address": "10.1.0.1"}}}, nil)
	m.open()
	defer m.close()
	mapped := map[record.Kind][]string{record.Ticket: {"opened_at", "first_response_at", "user_group", "channel"}}
	var recs []record.Record
	ticket := func(group string, opened, answered time.Time) {
		f := map[string]any{"opened_at": opened, "user_group": group, "channel": "phone"}
		if !answered.IsZero() {
			f["first_response_at"] = answered
		}
		recs = append(recs, made(record.Ticket, fmt.Sprint(len(recs)), f))
	}
	for i := range 8 {
		ticket("Personal", clockOf(9, i), clockOf(9, i+4))
	}
	for range 2 { // of ten, two are unanswered since ten o'clock
		ticket("Personal", clockOf(10, 0), time.Time{})
	}
	for range 5 { // opened on the evening before, which was a Sunday: the time begins at eight
		ticket("Lärare", clockOf(-4, 0), clockOf(9, 30))
	}
	for range 4 {
		ticket("Elever", clockOf(9, 0), time.Time{})
	}
	m.commit("arenden", mapped, recs...)
	need(t, m.a.Evaluate(t.Context()))
	body := m.shown()
	for _, want := range []string{`kommunpuls_ticket_wait_seconds{user_group="Personal"} 18000`, `kommunpuls_ticket_wait_seconds{user_group="Lärare"} 5400`} {
		if !strings.Contains(body, want+"\n") {
			t.Errorf("no %s", want)
		}
	}
	if strings.Contains(body, `user_group="Elever"`) {
		t.Error("four tickets say nothing of a group")
	}
	if !strings.Contains(body, `kommunpuls_site_point_info{point="stadshuset",site="skola"} 1`) {
		t.Error("which measuring point watches a site is not told")
	}
}

func TestNothingIsToldOfWaitsWhereNoSourceSaysWhenATicketWasAnswered(t *testing.T) {
	m := &measured{t: t, now: clockOf(15, 0), codec: watchlist.NewCodec()}
	m.path = probeConfig(t, map[string]any{"targets": []any{map[string]any{"id": "skola", "module": "icmp", "address": "10.1.0.1"}}}, nil)
	m.open()
	defer m.close()
	var recs []record.Record
	for i := range 9 {
		recs = append(recs, made(record.Ticket, fmt.Sprint(i), map[string]any{"opened_at": clockOf(9, 0), "user_group": "Personal"}))
	}
	m.commit("arenden", map[record.Kind][]string{record.Ticket: {"opened_at", "user_group"}}, recs...)
	need(t, m.a.Evaluate(t.Context()))
	if strings.Contains(m.shown(), "kommunpuls_ticket_wait_seconds{") {
		t.Error("a wait is told of")
	}
}
