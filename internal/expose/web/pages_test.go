package web

import (
	"context"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/kommunpuls/kommunpuls/internal/expose/web/page"
	"github.com/kommunpuls/kommunpuls/internal/expose/web/webtest"
	"github.com/kommunpuls/kommunpuls/internal/finding"
	"github.com/kommunpuls/kommunpuls/internal/store"
)

// twoUnits is a daemon with a figure that two förvaltningar share.
type twoUnits struct{ recorder }

func (d *twoUnits) Findings(ctx context.Context, at store.Point) ([]finding.Finding, error) {
	_, err := d.recorder.Findings(ctx, at)
	n := func(v float64) *float64 { return &v }
	cell := func(id, name string) finding.Cell {
		return finding.Cell{Dimension: "org_unit", Key: id, Label: name, Value: n(.5), Numerator: n(10), Denominator: n(20), Outcome: finding.Measured}
	}
	return []finding.Finding{{
		KPI: "system_owner_coverage", Title: finding.Text{SV: "Ägare <i>", EN: "Owners"}, Unit: "share", Value: n(.5), Numerator: n(30), Denominator: n(60), Outcome: finding.Measured, AsOf: noon(), KnownAt: noon(),
		Breakdown: []finding.Cell{cell("soc", "Socialförvaltningen"), cell("utb", "Utbildningsförvaltningen"), cell("rtj", "Räddningstjänsten"), cell("kommun", "Exempelkommun")},
	}}, err
}

func noon() time.Time { return time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC) }

// ask asks as the given visitor, or as one whom nobody knows.
func ask(t *testing.T, d Daemon, url string, v Visitor, cookies ...*http.Cookie) *httptest.ResponseRecorder {
	t.Helper()
	s := &server{Options: Options{Now: noon, Log: slog.New(slog.DiscardHandler)}, pages: page.New()}
	s.Daemon = Restrict(d, nil)
	s.Access = tokenOnly{s: s}
	mux := http.NewServeMux()
	for _, r := range s.pageRoutes() {
		mux.Handle(r.Pattern, s.needing(r.Need, r.handler))
	}
	r := httptest.NewRequest(http.MethodGet, url, nil)
	r.Header.Set("Accept", "text/html")
	for _, c := range cookies {
		r.AddCookie(c)
	}
	w := httptest.NewRecorder()
	mux.ServeHTTP(w, r.WithContext(WithVisitor(r.Context(), v)))
	return w
}

var auditor = Visitor{Role: RoleAuditor}

func TestWhatIsAskedForWronglyIsAClearPage(t *testing.T) {
	for url, want := range map[string]struct {
		code int
		says string
	}{
		"/?datum=igår":                                    {400, "Skriv dagen som 2025-12-31"},
		"/?datum=2025-02-30":                              {400, "Skriv dagen som 2025-12-31"},
		"/?datum=2027-01-01":                              {400, "inte ligga framåt i tiden"},
		"/?forvaltning=finns-inte":                        {404, "Förvaltningen finns inte här"},
		"/?forvaltning=%3Cscript%3E":                      {404, "Förvaltningen finns inte här"},
		"/matt?q=" + strings.Repeat("a", 201):             {400, "Frågan är för lång"},
		"/matt?q=" + strings.Repeat("a", 5000):            {400, "Frågan är för lång"},
		"/matt/system_owner_coverag":                      {404, "Menade du"},
		"/matt/%3Cscript%3Ealert(1)%3C/script%3E":         {404, "finns inte"},
		"/matt/%00%FF":                                    {404, "Måttet finns inte"},
		"/matt/..%2F..%2Fetc%2Fpasswd":                    {404, "Måttet finns inte"},
		"/matt/" + strings.Repeat("x", 3000):              {404, "Måttet finns inte"},
		"/matt/system_owner_coverage/underlag?sida=0":     {400, "Sidnumret"},
		"/matt/system_owner_coverage/underlag?sida=99999": {400, "Sidnumret"},
		"/forvaltning/finns-inte":                         {404, "Förvaltningen finns inte här"},
		"/finns/inte":                                     {404, "Sök bland måtten"},
		"/?datum=%zz&sprak=xx":                            {200, "Läget i it"},
	} {
		w := ask(t, &twoUnits{}, url, auditor)
		body := w.Body.String()
		if w.Code != want.code || !strings.Contains(body, want.says) || strings.Contains(body, "<script") {
			t.Errorf("%s: %d, want %d and %q: %s", url, w.Code, want.code, want.says, body)
		}
		if faults := webtest.Faults(body); len(faults) > 0 {
			t.Errorf("%s: %v", url, faults)
		}
	}
}

func TestTheLanguageIsRemembered(t *testing.T) {
	w := ask(t, &twoUnits{}, "/?sprak=en", auditor)
	cookies := w.Result().Cookies()
	if !strings.Contains(w.Body.String(), `<html lang="en">`) || len(cookies) != 1 || cookies[0].Value != "en" || !cookies[0].HttpOnly || cookies[0].SameSite != http.SameSiteLaxMode {
		t.Fatalf("%v %s", cookies, w.Body)
	}
	if !strings.Contains(w.Body.String(), `href="/matt?sprak=en"`) {
		t.Error("without a cookie the language is lost at the next page")
	}
	w = ask(t, &twoUnits{}, "/", auditor, cookies[0])
	if body := w.Body.String(); !strings.Contains(body, `<html lang="en">`) || !strings.Contains(body, `href="/matt"`) || !strings.Contains(body, `href="/?sprak=sv"`) {
		t.Errorf("with the cookie: %s", body)
	}
	if w = ask(t, &twoUnits{}, "/", auditor, &http.Cookie{Name: langCookie, Value: `"><script>`}); !strings.Contains(w.Body.String(), `<html lang="sv">`) {
		t.Errorf("with a made-up cookie: %s", w.Body)
	}
}

func TestAPastDayIsItsEndAndTodayIsNow(t *testing.T) {
	for url, want := range map[string]string{"/?datum=2025-12-31": "findings 2025-12-31T22:59:59Z", "/?datum=2026-11-22": "findings 0001-01-01T00:00:00Z", "/": "findings 0001-01-01T00:00:00Z"} {
		d := &twoUnits{}
		if w := ask(t, d, url, auditor); w.Code != http.StatusOK || !slices.Contains(d.asked, want) {
			t.Errorf("%s: %d, asked %v", url, w.Code, d.asked)
		}
	}
}

func TestWhoIsUnknownSeesNoFigureAndIsToldHowToComeIn(t *testing.T) {
	for _, url := range []string{"/", "/matt", "/matt/system_owner_coverage", "/matt/system_owner_coverage/underlag", "/forvaltning", "/forvaltning/soc", "/kallor", "/storningar", "/finns-inte"} {
		d := &twoUnits{}
		w := ask(t, d, url, Visitor{Role: RoleScrape})
		body := w.Body.String()
		if w.Code != http.StatusUnauthorized || !strings.Contains(body, "Logga in för att se siffrorna") || strings.Contains(body, "Ägare") || len(d.asked) > 0 {
			t.Errorf("%s: %d %s, asked %v", url, w.Code, body, d.asked)
		}
		if faults := webtest.Faults(body); len(faults) > 0 {
			t.Errorf("%s: %v", url, faults)
		}
	}
}

func TestAForvaltningSeesItsOwnAlone(t *testing.T) {
	soc := Visitor{Role: RoleForvaltning, OrgUnits: []string{"soc"}}
	for url, want := range map[string]int{"/": 200, "/forvaltning": 200, "/forvaltning/soc": 200, "/forvaltning/utb": 404, "/?forvaltning=utb": 404, "/matt/system_owner_coverage": 200, "/kallor": 200} {
		w := ask(t, &twoUnits{}, url, soc)
		body := w.Body.String()
		if w.Code != want || strings.Contains(body, "Utbildningsförvaltningen") || strings.Contains(body, "Räddningstjänsten") || strings.Contains(body, "Treserrva") {
			t.Errorf("%s: %d, want %d: %s", url, w.Code, want, body)
		}
	}
	if body := ask(t, &twoUnits{}, "/kallor", auditor).Body.String(); !strings.Contains(body, "Treserrva") || !strings.Contains(body, "Treserva") {
		t.Errorf("the auditor is not shown the names that lead nowhere: %s", body)
	}
}

func TestTheMunicipalityItselfIsNotAmongTheFörvaltningar(t *testing.T) {
	for _, url := range []string{"/", "/forvaltning"} {
		body := ask(t, &twoUnits{}, url, auditor).Body.String()
		if !strings.Contains(body, "Räddningstjänsten") || strings.Contains(body, `value="kommun"`) || strings.Contains(body, "/forvaltning/kommun") {
			t.Errorf("%s: %s", url, body)
		}
	}
	// Its row in a breakdown is opened as any other.
	if w := ask(t, &twoUnits{}, "/matt/system_owner_coverage?forvaltning=kommun", auditor); w.Code != http.StatusOK {
		t.Errorf("its own rows: %d", w.Code)
	}
}

func TestOfManyNamesThatLeadNowhereTheMostUsedAreSaidToBeShown(t *testing.T) {
	for _, c := range []struct {
		names int64
		want  string
	}{{84, "System: 84 namn i 787 rader. De 2 vanligaste visas."}, {2, "System: 2 namn i 787 rader"}} {
		g := NameGroup{Title: "system", Names: c.names, Records: 787, Most: []UnmappedName{{Name: "a"}, {Name: "b"}}}
		if got := names(page.Frame{}, g).Heading; got != c.want {
			t.Errorf("got %q, want %q", got, c.want)
		}
	}
}

func TestTheStyleSheetHasItsOwnAddress(t *testing.T) {
	path, _ := page.New().Style()
	w := ask(t, &twoUnits{}, path, Visitor{})
	if w.Code != http.StatusOK || !strings.Contains(w.Header().Get("Cache-Control"), "immutable") || !strings.Contains(w.Body.String(), ".w100{width:100%}") {
		t.Errorf("%d %v", w.Code, w.Header())
	}
	if w := ask(t, &twoUnits{}, "/static/page-0.css", Visitor{}); w.Code != http.StatusNotFound {
		t.Errorf("an older address: %d", w.Code)
	}
}

func TestBeforeTheFirstEvaluationThePagesSaySo(t *testing.T) {
	d := &twoUnits{recorder{notReady: []string{"Den första beräkningen är inte klar."}}}
	for _, url := range []string{"/", "/matt", "/matt/system_owner_coverage", "/forvaltning", "/kallor", "/storningar", "/matt/system_owner_coverage/underlag"} {
		w := ask(t, d, url, auditor)
		if faults := webtest.Faults(w.Body.String()); w.Code != http.StatusOK || len(faults) > 0 {
			t.Errorf("%s: %d %v", url, w.Code, faults)
		}
	}
	if w := ask(t, d, "/", auditor); !strings.Contains(w.Body.String(), "Den första beräkningen är inte klar.") || slices.Contains(d.asked, "findings 0001-01-01T00:00:00Z") {
		t.Errorf("%s, asked %v", w.Body, d.asked)
	}
}

func TestADisruptionIsABannerAndAPage(t *testing.T) {
	d := &twoUnits{recorder{disruptions: []Disruption{{
		Site: "centralskolan", Name: "Centralskolan", Sentence: "Störning i nätet på Centralskolan sedan 09.38.", Since: noon(), Users: 60, OrgUnit: "utb",
		Targets: []DisruptedTarget{{ID: "a", Name: "Switch 1", Since: noon(), Behind: "kärnan"}, {ID: "b", Since: noon(), Cause: "strömavbrott"}},
	}}}}
	if body := ask(t, d, "/", auditor).Body.String(); !strings.Contains(body, "Pågående störningar") || !strings.Contains(body, "Störning i nätet på Centralskolan sedan 09.38.") {
		t.Errorf("no banner: %s", body)
	}
	if body := ask(t, d, "/?datum=2025-12-31", auditor).Body.String(); strings.Contains(body, "Centralskolan") {
		t.Errorf("what is down now stands on a past day: %s", body)
	}
	body := ask(t, d, "/storningar?sprak=en", auditor).Body.String()
	for _, want := range []string{"about 60 people", "follows from kärnan", `<span lang="sv">strömavbrott</span>`, `<p class="note" lang="sv">Störning`} {
		if !strings.Contains(body, want) {
			t.Errorf("%q is not in %s", want, body)
		}
	}
	if faults := webtest.Faults(body); len(faults) > 0 {
		t.Error(faults)
	}
	if body := ask(t, d, "/storningar", Visitor{Role: RoleForvaltning, OrgUnits: []string{"soc"}}).Body.String(); strings.Contains(body, "Centralskolan") {
		t.Errorf("another förvaltning's: %s", body)
	}
}
