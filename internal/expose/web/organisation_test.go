package web

import (
	"net/http"
	"slices"
	"strings"
	"testing"
)

// reorganised is a recorder that says so in what it is asked.
type reorganised struct{ *recorder }

func (d *recorder) InTodaysOrganisation() Daemon {
	d.asked = append(d.asked, "today's organisation")
	return reorganised{d}
}

func TestTheOrganisationIsThatOfTheTimeUnlessTodaysIsAskedFor(t *testing.T) {
	for url, want := range map[string]bool{
		"/api/v1/kpis": false, "/api/v1/kpis?organisation=then": false, "/api/v1/kpis?organisation=today": true,
		"/api/v1/kpis/system_owner_coverage": false, "/api/v1/kpis/system_owner_coverage?organisation=today": true,
	} {
		d := &recorder{}
		if code, body, _ := do(t, d, request{url: url, auth: "Bearer " + token}); code != http.StatusOK || slices.Contains(d.asked, "today's organisation") != want {
			t.Errorf("%s: %d %s, asked %v", url, code, body, d.asked)
		}
	}
	code, body, _ := do(t, &recorder{}, request{url: "/api/v1/kpis?organisation=igår", auth: "Bearer " + token})
	if code != http.StatusBadRequest || !strings.Contains(body, "organisation ska vara then") {
		t.Errorf("%d %s", code, body)
	}
}
