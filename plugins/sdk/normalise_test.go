package sdk

import "testing"

func FuzzThePlainWayIsTheGeneralOne(f *testing.F) {
	for _, s := range []string{"Svensson, Anna", `KOMMUN\anna01`, "Anna  S <a.s@kommun.se>", "MAILTO:A@b.se", " , ", "<@>", `a b\c`, "smtp: x , y"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		if plain(s) && normalisePlain(s) != normaliseAny(s) {
			t.Errorf("%q: %q and %q", s, normalisePlain(s), normaliseAny(s))
		}
	})
}
