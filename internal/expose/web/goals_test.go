package web

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"testing"

	"github.com/kommunpuls/kommunpuls/internal/expose/web/webtest"
	"github.com/kommunpuls/kommunpuls/internal/followup"
	"github.com/kommunpuls/kommunpuls/internal/store"
)

func followedRows(kind string) []followup.Row {
	days := 40
	m := municipality{}.figure("system_owner_coverage")
	return []followup.Row{
		{Reference: "1", Title: kind + " för alla <b>", State: followup.Overdue, Status: "partly", Days: &days, Late: 3, Measure: &m},
		{Reference: "2", Title: kind + " för soc", OrgUnit: "soc", OrgUnitName: "Socialförvaltningen", State: followup.Open},
		{Reference: "3", Title: kind + " för bun", OrgUnit: "bun", OrgUnitName: "Barn och utbildning", State: followup.Closed, Status: "not_met"},
		{Reference: "4", Title: kind + " för okänd", OrgUnitName: "Någon annan", State: followup.SetAside, Decision: "KS § 4"},
	}
}

func (d *recorder) Followed(context.Context, store.Point) (Followed, error) {
	return Followed{Goals: followedRows("Mål"), Recommendations: followedRows("Råd")}, nil
}

func TestWhoSeesWhichGoalsAndRecommendations(t *testing.T) {
	secret := func(kpi string) Secrecy {
		if kpi == recommendationsFigure {
			return Secrecy{Level: "prövas", Provision: "OSL 18 kap. 8 §"}
		}
		return Secrecy{Level: "ingen"}
	}
	soc := Visitor{Role: RoleForvaltning, OrgUnits: []string{"soc"}}
	for _, c := range []struct {
		visitor  Visitor
		goals    string
		recs     string
		withheld bool
	}{
		{Visitor{Role: RoleAdmin}, "1 2 3 4", "1 2 3 4", false},
		{Visitor{Role: RoleAuditor}, "1 2 3 4", "1 2 3 4", false},
		{Visitor{Role: RoleViewer}, "1 2 3 4", "", true},
		{soc, "1 2", "2", false},
	} {
		f, err := Restrict(&recorder{}, secret).Followed(WithVisitor(t.Context(), c.visitor), store.Point{})
		refs := func(rows []followup.Row) string {
			var out []string
			for _, r := range rows {
				out = append(out, r.Reference)
			}
			return strings.Join(out, " ")
		}
		if err != nil || refs(f.Goals) != c.goals || refs(f.Recommendations) != c.recs || (f.Withheld != nil) != c.withheld {
			t.Errorf("%s: goals %q, recommendations %q, withheld %v, %v", c.visitor.Role, refs(f.Goals), refs(f.Recommendations), f.Withheld, err)
		}
		if m := f.Goals[0].Measure; c.visitor.Role == RoleForvaltning && (len(m.Target.List) > 0 || len(m.Waivers) > 2) {
			t.Errorf("%s sees of others' figures: %+v", c.visitor.Role, m)
		}
	}
	for _, v := range []Visitor{{}, {Role: RoleScrape}} {
		if _, err := Restrict(&recorder{}, secret).Followed(WithVisitor(t.Context(), v), store.Point{}); !errors.Is(err, ErrForbidden) {
			t.Errorf("%q: %v", v.Role, err)
		}
	}
}

func TestThePageOfGoals(t *testing.T) {
	for _, url := range []string{"/mal", "/mal?sprak=en"} {
		got := ask(t, &recorder{}, url, Visitor{Role: RoleAuditor})
		if got.Code != http.StatusOK {
			t.Fatalf("%s: %d", url, got.Code)
		}
		body := got.Body.String()
		for _, f := range webtest.Faults(body) {
			t.Errorf("%s: %s", url, f)
		}
		if !strings.Contains(body, "Mål för alla &lt;b&gt;") || strings.Index(body, "för alla") > strings.Index(body, "för soc") {
			t.Errorf("%s: %s", url, body)
		}
	}
	body := ask(t, &recorder{}, "/mal", Visitor{Role: RoleAuditor}).Body.String()
	for _, want := range []string{"4 mål: 1 försenat, 1 öppet, 1 lagt åt sidan, 1 stängt.", "4 rekommendationer: 1 försenad, 1 öppen, 1 lagd åt sidan, 1 stängd.", "3 dagar för sent", "delvis klart", "beslut KS § 4", "utan att ha nåtts", "Visa 2 som är avslutade"} {
		if !strings.Contains(body, want) {
			t.Errorf("the page does not say %q", want)
		}
	}
}
