package app

import (
	"strings"
	"testing"
	"time"

	"github.com/kommunpuls/kommunpuls/internal/alert"
	"github.com/kommunpuls/kommunpuls/internal/watchlist"
)

// alertSettings makes the settings of a configuration with a probe source and
// a section alerts.
func alertSettings(t *testing.T, probe, section map[string]any) (alert.Settings, error) {
	t.Helper()
	if probe == nil {
		probe = map[string]any{}
	}
	probe["targets"] = []any{map[string]any{"id": "skola", "module": "icmp", "address": "10.1.0.1"}}
	parts, err := Prepare(probeConfig(t, probe, map[string]any{"alerts": section}), clockOf(9, 0))
	if err != nil {
		return alert.Settings{}, err
	}
	return parts.AlertSettings()
}

func TestTheAlertsOfAConfigurationWithoutASectionAreTheDefaults(t *testing.T) {
	s, err := alertSettings(t, nil, map[string]any{})
	need(t, err)
	if c := s.Class("raddningstjanst"); c.After != time.Minute || c.Severity != alert.Page {
		t.Errorf("%+v", c)
	}
	if c := s.Class("normal"); c.After != 5*time.Minute || c.Severity != alert.Notify {
		t.Errorf("%+v", c)
	}
	if s.Many.Sites != 5 || s.Other.After != 5*time.Minute || s.Queue.WorkingHours < 40 || s.Queue.WorkingHours > 45 {
		t.Errorf("%+v", s)
	}
}

func TestTheMunicipalitysOwnClassesAndLimitsHold(t *testing.T) {
	s, err := alertSettings(t, map[string]any{"criticality": []any{map[string]any{"name": "blåljus"}, map[string]any{"name": "skola"}}}, map[string]any{
		"disruption": map[string]any{"after": "10m", "classes": map[string]any{"skola": map[string]any{"after": "0s", "severity": "page"}}, "many": map[string]any{"sites": 3}},
		"queues":     map[string]any{"Växeln": map[string]any{"growth": 3}},
		"rules":      map[string]any{"KommunpulsRefusedRows": map[string]any{"off": true}},
	})
	need(t, err)
	if c := s.Class("blåljus"); c.After != time.Minute || c.Severity != alert.Page {
		t.Errorf("the most critical class does not follow the others: %+v", c)
	}
	if c := s.Class("skola"); c.After != 0 || c.Severity != alert.Page {
		t.Errorf("%+v", c)
	}
	if c := s.Class("okänd"); c.After != 10*time.Minute || c.Severity != alert.Notify {
		t.Errorf("%+v", c)
	}
	if s.Many.Sites != 3 || s.Queues["Växeln"].Growth != 3 || s.Queues["Växeln"].Factor != 2 || !s.Overrides[alert.RefusedRows].Off {
		t.Errorf("%+v", s)
	}
}

func TestAlertsOfClassesAndFiguresThatDoNotExistAreFaults(t *testing.T) {
	_, err := alertSettings(t, nil, map[string]any{
		"disruption": map[string]any{"classes": map[string]any{"raddningstjänst": map[string]any{"after": "1m"}}},
		"figures":    map[string]any{"only": []string{"sso_coverage", "system_owner_coverag"}},
	})
	for _, want := range []string{
		"alerts.disruption.classes.raddningstjänst: den klassen har ingen mätpunkt; menas raddningstjanst?",
		`alerts.figures.only[1]: måttet "system_owner_coverag" finns inte; menas system_owner_coverage?`,
	} {
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("want %q in %v", want, err)
		}
	}
}

func TestTheDefaultClassesAreThoseOfAMeasuringPoint(t *testing.T) {
	list, err := watchlist.Parse([]byte(`{"targets": [{"id": "x", "module": "icmp", "address": "10.0.0.1"}]}`))
	need(t, err)
	for i, c := range alert.Defaults().Classes {
		if len(list.Classes) != len(alert.Defaults().Classes) || list.Classes[i].Name != c.Name {
			t.Fatalf("%+v", list.Classes)
		}
	}
}
