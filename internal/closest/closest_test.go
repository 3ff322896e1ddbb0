package closest

import "testing"

func TestTheNearestNameIsFoundAndAFarOneIsNot(t *testing.T) {
	names := []string{"Socialförvaltningen", "Kultur- och fritidsförvaltningen", "Räddningstjänsten", "owner"}
	for in, want := range map[string]string{
		"Socialförvaltnigen":  "Socialförvaltningen",
		"raddningstjansten":   "Räddningstjänsten",
		"  RÄDDNINGSTJÄNSTEN": "Räddningstjänsten",
		"ownr":                "owner",
		"Zebra":               "",
		"":                    "",
	} {
		if got := Name(in, names); got != want {
			t.Errorf("%q: got %q, want %q", in, got, want)
		}
	}
}
