package main

import (
	"bytes"
	"strings"
	"testing"

	"github.com/kommunpuls/kommunpuls/internal/expose/snapshot"
)

func TestFiguresThatWereNotComputedAnewAreNotSaidToHold(t *testing.T) {
	const alone = "Underlaget x_underlag.zip ligger inte bredvid, så inga siffror har räknats om."
	for _, c := range []struct {
		v    snapshot.Verified
		want string
		not  string
	}{
		{snapshot.Verified{Name: "x", Files: 3, Remarks: []string{alone}}, "○ " + alone, "omräknade"},
		{snapshot.Verified{Name: "x", Files: 3, Recomputed: 7}, "● 7 siffror är omräknade ur raderna och stämmer.", alone},
	} {
		var out bytes.Buffer
		if err := tellVerified(&env{streams: streams{out: &out}}, c.v, false); err != nil {
			t.Fatal(err)
		}
		if got := out.String(); !strings.Contains(got, c.want) || strings.Contains(got, c.not) {
			t.Errorf("want %q and not %q in\n%s", c.want, c.not, got)
		}
	}
}
