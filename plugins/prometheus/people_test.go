package prometheus_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
)

// A label that is read would stand in the record's id, and in the cursor while
// an interval lasts, where the daemon does not look.
func TestASeriesWithAPersonalNumberIsRefused(t *testing.T) {
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		end := r.FormValue("end")
		series := func(site string) string {
			return fmt.Sprintf(`{"metric":{"site":%q,"user":"19850709-9805"},"values":[[%s,"1"]]}`, site, end)
		}
		_, _ = fmt.Fprintf(w, `{"status":"success","warnings":["Anna Svensson's store is away"],"data":{"resultType":"matrix","result":[%s,%s]}}`, series("Skolan"), series("ring 850709-9805"))
	}))
	defer srv.Close()
	s := settings{"url": srv.URL, "history": "10m"}.asking("kind", "outage", "step", "1m", "intervals", true, "labels", settings{"site": "site"})
	g := &gathered{}
	end := g.collect(t, s.request(t))
	if g.written != 1 || end.Seen != 2 || len(g.warnings) != 2 || g.warnings[0].Code != "personal_number" || !g.warnings[0].Refused {
		t.Errorf("%d rows of %d, %+v", g.written, end.Seen, g.warnings)
	}
	if said := fmt.Sprint(g.warnings, g.byID, string(end.Cursor)); strings.Contains(said, "9805") || strings.Contains(said, "Anna") || !strings.Contains(said, "Skolan") {
		t.Error(said)
	}
}
