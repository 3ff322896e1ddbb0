package alert

import (
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"
)

func TestEveryRuleSaysWhatItIsInBothLanguagesAndWhoActs(t *testing.T) {
	camel := regexp.MustCompile(`^Kommunpuls([A-Z][a-z]+)+$`)
	places := []string{"value", "next", "each", "users", "name", "queue", "user_group", "title", "title_en", "decision", "source", "point", "signal", "channel", "kpi"}
	jargon := regexp.MustCompile(`(?i)\b(kpi|coverage|sso|p90|metakatalog|quantile|dashboard)\b`)
	ids := map[string]bool{}
	for _, r := range Rules(Defaults()) {
		t.Run(r.ID(), func(t *testing.T) {
			if !camel.MatchString(r.Name) {
				t.Errorf("the name %q is not CamelCase after Kommunpuls", r.Name)
			}
			if ids[r.ID()] {
				t.Error("the id is not unique")
			}
			ids[r.ID()] = true
			for what, text := range map[string]Text{"summary": r.Summary, "description": r.Description} {
				if text.SV == "" || text.EN == "" || text.SV == text.EN {
					t.Errorf("%s lacks a language: %+v", what, text)
				}
			}
			for _, text := range []string{r.Summary.SV, r.Summary.EN, r.Description.SV, r.Description.EN, r.Notice.SV, r.Notice.EN, r.Link} {
				for _, p := range Pieces(text) {
					if p.Place != "" && !slices.Contains(places, p.Place) {
						t.Errorf("unknown place {%s} in %q", p.Place, text)
					}
					if p.Place == "" && strings.ContainsAny(p.Literal, "{}") {
						t.Errorf("a brace is left in %q", text)
					}
				}
			}
			if m := jargon.FindString(r.Summary.SV + r.Description.SV + r.Notice.SV); m != "" {
				t.Errorf("the Swedish text says %q", m)
			}
			if r.Incident == NetworkIncident && r.Notice.SV == "" {
				t.Error("an incident in the network has no text for the switchboard")
			}
			if !slices.Contains(Owners(), r.Owner) {
				t.Errorf("owner %q", r.Owner)
			}
			if r.Severity != Page && r.Severity != Notify && r.Severity != Mail {
				t.Errorf("severity %q", r.Severity)
			}
			if !strings.HasSuffix(r.Runbook, "/docs/runbooks/"+r.Name+".md") {
				t.Errorf("run book %q", r.Runbook)
			}
		})
	}
}

func TestTheMostCriticalClassPagesAfterAMinuteAndOthersNotifyAfterFive(t *testing.T) {
	rules := Find(Rules(Defaults()), SiteDisruption)
	if len(rules) != 5 {
		t.Fatalf("%d rules", len(rules))
	}
	for i, r := range rules {
		want, after := Notify, " <= time() - 300"
		if i == 0 {
			want, after = Page, " <= time() - 60"
		}
		if r.Severity != want || !strings.HasSuffix(r.Expr, after) {
			t.Errorf("%s: %s, %s", r.ID(), r.Severity, r.Expr)
		}
	}
	s := Defaults()
	s.Classes[0].After = 0
	if r := Find(Rules(s), SiteDisruption)[0]; strings.Contains(r.Expr, "time()") {
		t.Errorf("after 0 there is nothing to wait for: %s", r.Expr)
	}
}

func TestWhatIsSwitchedOffOrChangedIsSo(t *testing.T) {
	s := Defaults()
	s.Overrides = map[string]Override{RefusedRows: {Off: true}, DaemonDown: {Severity: Page, Owner: Operations}}
	rules := Rules(s)
	if len(Find(rules, RefusedRows)) != 0 {
		t.Error("refused rows are still told of")
	}
	if r := Find(rules, DaemonDown)[0]; r.Severity != Page || r.Owner != Operations {
		t.Errorf("%+v", r)
	}
}

func TestAQueueWithItsOwnLimitsHasItsOwnRules(t *testing.T) {
	s := Defaults()
	s.Queues = map[string]Queue{"Kö 1 (akut)": {Growth: 3, Factor: 1, Oldest: time.Hour, WorkingHours: 45}}
	var own, rest int
	for _, r := range Find(Rules(s), QueueGrowing) {
		switch {
		case strings.Contains(r.Expr, `queue="Kö 1 (akut)"`) && strings.Contains(r.Expr, ">= 3 "):
			own++
		case strings.Contains(r.Expr, `queue!~"Kö 1 \\(akut\\)"`) && strings.Contains(r.Expr, ">= 10 "):
			rest++
		default:
			t.Errorf("%s: %s", r.ID(), r.Expr)
		}
	}
	if own != 2 || rest != 2 {
		t.Errorf("%d of its own, %d of the others", own, rest)
	}
}

func TestTextsAreFilledAsTheyAreSaid(t *testing.T) {
	// 09.38 in Stockholm, in winter and in summer; told at 9.41.
	for _, start := range []time.Time{time.Date(2026, 11, 16, 8, 38, 0, 0, time.UTC), time.Date(2026, 6, 16, 7, 38, 0, 0, time.UTC)} {
		now := start.Add(3 * time.Minute)
		r := Find(Rules(Defaults()), SiteDisruption)[0]
		v := Values{Labels: map[string]string{"name": "Centralskolan"}, Value: float64(start.Unix()), Now: now, Users: 60}
		if got := r.Notice.Fill("sv", v); got != "Störning i nätet på Centralskolan sedan 09.38. Felsökning pågår. Nytt besked 10.15." {
			t.Error(got)
		}
		if got := r.Description.Fill("sv", v); got != "Nätet på Centralskolan har inte fungerat sedan 09.38. Omkring 60 personer berörs. Planerade arbeten larmar aldrig." {
			t.Error(got)
		}
		v.Now, v.Users = now.AddDate(0, 0, 1), 0
		if got := r.Description.Fill("en", v); got != "The network at Centralskolan has been down since "+start.Format("2/1")+" 09.38. Planned work never alerts." {
			t.Error(got)
		}
	}
	for _, c := range []struct {
		text string
		v    Values
		want string
	}{
		{"{value}", Values{Value: 7}, "7"},
		{"{value:percent}", Values{Value: 0.275}, "27,5 procent"},
		{"{value:points}", Values{Value: 0.12}, "12"},
		{"{value:span}", Values{Value: 40 * 86400}, "40 dygn"},
		{"{value:span}", Values{Value: 3 * 3600}, "3 timmar"},
		{"{value:span}", Values{Value: 119}, "1 minut"},
		{"{value:percent}", Values{Value: 0.9996}, "99,9 procent"},
		{"{value:percent}", Values{Value: 1}, "100 procent"},
		{"{value:figure}", Values{Value: 0.5, Labels: map[string]string{"unit": "share"}}, "50 procent"},
		{"{value:figure}", Values{Value: 1234, Labels: map[string]string{"unit": "count"}}, "1234"},
		{"{value:figure}", Values{Value: 1.9, Labels: map[string]string{"unit": "score"}}, "1,9"},
		{"{value:figure}", Values{Value: 2, Labels: map[string]string{"unit": "ratio"}}, "2"},
		{"{value:figure}", Values{Value: 141722, Labels: map[string]string{"unit": "sek"}}, "141722 kr"},
		{"{signal}", Values{Labels: map[string]string{"signal": "metrics"}}, "mätvärden"},
		{"Störning.{users}", Values{Users: 1}, "Störning. En person berörs."},
		{"{each}", Values{Each: []string{"A", "B"}}, "A, B"},
	} {
		if got := (Text{SV: c.text}).Fill("sv", c.v); got != c.want {
			t.Errorf("%s: %q, want %q", c.text, got, c.want)
		}
	}
}
