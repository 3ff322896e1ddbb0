// The whole municipality is evaluated, which says nothing to the race detector.
//go:build linux && !race

package app

import (
	"encoding/json"
	"log/slog"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/kommunpuls/kommunpuls/internal/expose/web"
	"github.com/kommunpuls/kommunpuls/internal/finding"
)

// only lets everybody in as one visitor.
type only struct{ v web.Visitor }

func (o only) Identify(_ http.ResponseWriter, r *http.Request) *http.Request {
	return r.WithContext(web.WithVisitor(r.Context(), o.v))
}
func (only) Refuse(w http.ResponseWriter, _ *http.Request, _ web.Need) {
	w.WriteHeader(http.StatusForbidden)
}
func (only) Routes() map[string]http.Handler { return nil }
func (only) Done(*http.Request, string, int) {}
func (only) Secure() bool                    { return false }

// What a förvaltning is shown of the whole generated municipality, on every
// address that the program serves, names no other.
func TestAForvaltningIsShownNoOther(t *testing.T) {
	_, a := site(t)
	units, err := a.units(t.Context())
	must(t, err)
	v := web.Visitor{Role: web.RoleForvaltning, OrgUnits: []string{"soc"}}
	for _, u := range units {
		if u.Parent == "soc" {
			v.Below = append(v.Below, u.ID)
		}
	}
	h := web.New(web.Options{Daemon: a, Metrics: http.NotFoundHandler(), Access: only{v}, Secrecy: a.secrecy, Listen: "127.0.0.1:1", Log: slog.New(slog.DiscardHandler), Now: time.Now})

	kpis := []string{"system_owner_coverage", "sso_coverage", "service_desk_queue_length", "network_disruption_time", "tickets_per_system"}
	var urls []string
	for _, r := range web.Routes() {
		method, path, _ := strings.Cut(strings.ReplaceAll(r.Pattern, "{$}", ""), " ")
		switch {
		case method != http.MethodGet:
		case strings.HasPrefix(path, "/forvaltning/"):
			urls = append(urls, strings.ReplaceAll(path, "{id}", "soc"))
		case strings.Contains(path, "{id}"):
			for _, k := range kpis {
				urls = append(urls, strings.ReplaceAll(path, "{id}", k), strings.ReplaceAll(path, "{id}", k)+"?visa=alla&forvaltning=soc")
			}
		default:
			urls = append(urls, path)
		}
	}
	catalogue, err := json.Marshal(a.Catalogue())
	must(t, err)
	shown := 0
	for _, url := range urls {
		got := visit(t, h, url)
		if got.code == http.StatusOK && strings.Contains(got.body, "Socialförvaltningen") {
			shown++
		}
		for _, u := range units {
			if u.ID == "soc" || slices.Contains(v.Below, u.ID) || len(u.Name) < 6 || u.Name == a.Parts().Config.Municipality || strings.Contains(string(catalogue), u.Name) {
				continue // its own, or a word that a definition uses
			}
			if i := strings.Index(got.body, u.Name); i >= 0 {
				t.Errorf("%s (%d) names %s: …%s…", url, got.code, u.Name, got.body[max(i-120, 0):min(i+120, len(got.body))])
			}
		}
	}
	if shown < 5 {
		t.Errorf("only %d of %d addresses show the visitor's own unit", shown, len(urls))
	}
	for _, url := range []string{"/metrics", "/status", "/forvaltning/bun", "/api/v1/kpis/sso_coverage?org_unit=bun"} {
		if got := visit(t, h, url); got.code == http.StatusOK {
			t.Errorf("%s is shown: %s", url, got.body[:min(len(got.body), 300)])
		}
	}
	for _, k := range kpis {
		var f finding.Finding
		must(t, json.Unmarshal([]byte(visit(t, h, "/api/v1/kpis/"+k+"?limit=10000", "Accept", "application/json").body), &f))
		for _, row := range f.Evidence {
			if !v.Sees(row.OrgUnit) {
				t.Errorf("%s: a row of %q", k, row.OrgUnit)
			}
		}
		for _, c := range f.Breakdown {
			if c.Dimension == "org_unit" && c.Key != "soc" {
				t.Errorf("%s: a cell of %q", k, c.Key)
			}
		}
	}
}
