package naming

import (
	"testing"

	"github.com/kommunpuls/kommunpuls/plugins/sdk/record"
)

// Kinds of asset, observation and the like are technical terms that people use
// as they are, or are never shown as a breakdown.
var asTheyAre = map[record.Kind]bool{record.Asset: true, record.Observation: true, record.Service: true, record.Cost: true, record.Project: true, record.Assessment: true, record.Control: true, record.OrgUnit: true}

func TestEveryFixedValueThatPeopleSeeHasASwedishName(t *testing.T) {
	for _, s := range record.Schemas() {
		if asTheyAre[s.Kind] {
			continue
		}
		for _, f := range s.Fields {
			for _, v := range f.Enum {
				if _, ok := values()[v]; !ok {
					t.Errorf("%s.%s: %s has no name", s.Kind, f.Name, v)
				}
			}
		}
	}
	if got := Title("gold"); got != "Guld" {
		t.Errorf("got %q", got)
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
