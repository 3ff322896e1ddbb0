package naming

import (
	"testing"

	"github.com/kommunpuls/kommunpuls/plugins/sdk/record"
)

// What is never shown as a value: kinds that choose the rows of a figure.
var neverShown = map[string]bool{"observation.kind": true, "control.kind": true, "project.status": true, "observation.metric": true}

func TestEveryFixedValueThatPeopleSeeHasASwedishName(t *testing.T) {
	for _, s := range record.Schemas() {
		for _, f := range s.Fields {
			name := string(s.Kind) + "." + f.Name
			if neverShown[name] {
				continue
			}
			for _, v := range f.Enum {
				_, general := values()[v]
				if _, own := ofField()[name][v]; !general && !own {
					t.Errorf("%s.%s: %s has no name", s.Kind, f.Name, v)
				}
			}
		}
	}
	if got := Title("gold"); got != "Guld" {
		t.Errorf("got %q", got)
	}
}

func TestOneWordIsNamedByItsField(t *testing.T) {
	for _, c := range []struct{ field, value, want string }{
		{"cost.category", "security", "Säkerhet"}, {"ticket.kind", "security", "Säkerhetsincident"},
		{"cost.category", "service", "Tjänster"}, {"account.category", "service", "Tjänstekonton"},
		{"project.benefit_method", "none", "Ingen kalkyl"}, {"system.sso_mode", "none", "Egen inloggning"},
		{"asset.kind", "server_virtual", "Virtuella servrar"}, {"cost.kind", "capex", "Investering"},
		{"org_unit_role.role", "data_protection", "Dataskyddsombud"}, {"source.plugin", "table", "Tabell"},
		{"system.tier", "platina", "Platina"},
	} {
		if got := TitleOf(c.field, c.value); got != c.want {
			t.Errorf("%s of %s is %q, want %q", c.value, c.field, got, c.want)
		}
	}
}

func TestEveryFieldThatPeopleFillInHasASwedishName(t *testing.T) {
	for _, k := range []record.Kind{record.Account, record.System, record.Ticket} {
		s, _ := record.Lookup(k)
		for _, f := range s.Fields {
			if f.Name == "status_raw" || f.Name == "previous_id" {
				continue
			}
			if name := string(k) + "." + f.Name; Field(name) == name {
				t.Errorf("%s has no name", name)
			}
		}
		for _, c := range s.Children {
			if name := string(k) + "." + c.Name; Field(name) == name {
				t.Errorf("%s has no name", name)
			}
		}
	}
}
