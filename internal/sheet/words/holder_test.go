package words

import (
	"reflect"
	"testing"

	"github.com/kommunpuls/kommunpuls/internal/sheet/value"
)

func TestAPhoneNumberGoesAndALoginStays(t *testing.T) {
	for cell, want := range map[string][]string{
		"Anna Svensson 070-123 45 67":      {"Anna Svensson"},
		"Anna Svensson, tel 0501-12 34 56": {"Anna Svensson"},
		"u001096":                          {"u001096"},
		"Anna Ek t.o.m. 31/12":             {"Anna Ek t.o.m. 31/12"},
		"Anna Ek 1/9 / Bo Berg":            {"Anna Ek 1/9", "Bo Berg"},
		"1001/1002":                        {"1001", "1002"},
		"u001096 / abc123456":              {"u001096", "abc123456"},
		"anna123456@kommun.test":           {"anna123456@kommun.test"},
	} {
		if got := SplitNames(cell, nil); !reflect.DeepEqual(got, want) {
			t.Errorf("%q: got %q, want %q", cell, got, want)
		}
	}
}

func TestWaysToSayThatNobodyHoldsARole(t *testing.T) {
	nulls := value.NewNulls(nil)
	for cell, want := range map[string]HolderKind{
		"Ingen": Vacant, "ingen utsedd": Vacant, "Nej": Vacant, "N.N.": Vacant, "NN": Vacant, "0": Vacant, "Slutat": Vacant, "Tillsätts i höst": Vacant,
		"f.d. Anna Ek": Vacant, "fd Anna Ek": Vacant, "Vakant fr.o.m. maj": Vacant, "Vakant fr.o.m. 1/9": Vacant, "Samma som ovan": Vacant, "Dito": Vacant, "d:o": Vacant, "”": Vacant, "vakans": Vacant, "se Lifecare": Vacant, "?? kolla": Vacant, "Oklart": Vacant, "Saknar systemägare": Vacant, "Rekrytering pågår": Vacant,
		"Inga Ek": Person, "Ditte Ek": Person, "Seth Ek": Person, "Nova Ek": Person, "Vakanda Ek": Person, "Nejra Ek": Person, "nn123": Person, "Skolchef": Title, "Anna Ek (slutat)": Person,
	} {
		if got := Holders(cell, nulls, nil); len(got) != 1 || got[0].Kind != want {
			t.Errorf("%q: %v, want %s", cell, got, want)
		}
	}
}
