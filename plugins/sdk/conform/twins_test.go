package conform_test

import (
	"strings"
	"testing"

	"github.com/kommunpuls/kommunpuls/plugins/sdk"
	"github.com/kommunpuls/kommunpuls/plugins/sdk/conform"
	"github.com/kommunpuls/kommunpuls/plugins/sdk/record"
)

// annas is an account of Anna, as a source writes it that makes its pseudonyms by p.
func annas(p func(text string) string) record.Record {
	r := account(p("annsve01"))
	r.Children[0] = []record.Row{{{State: record.Set, S: p("anna svensson")}, {State: record.Set, S: "login"}}}
	return r
}

func TestASourceThatForgetsTwinsIsTold(t *testing.T) {
	is, was := []byte("0123456789abcdef"), []byte("fedcba9876543210")
	of := func(s sdk.Settings) func(string) string {
		p, err := s.Pseudonymiser()
		if err != nil {
			t.Fatal(err)
		}
		return p.Of
	}
	now, before := of(sdk.Settings{PseudonymKey: is, KeyID: "k2"}), of(sdk.Settings{PseudonymKey: was, KeyID: "k1"})
	right := of(sdk.Settings{PseudonymKey: is, KeyID: "k2", PreviousPseudonymKey: was, PreviousKeyID: "k1"})
	collected := func(keyID, previous string, recs ...record.Record) *conform.Recorder {
		r := conform.NewRecorder(desc(), keyID, conform.NewClear(nil))
		r.PreviousKeyID = previous
		_ = r.Begin(mapped())
		_ = r.Write(recs)
		return r
	}
	count := record.New(record.Observation, "antal")
	count.Place = record.Place{Doc: "d"}
	for name, c := range map[string]struct {
		both []record.Record
		want []string // "" is no fault
	}{
		"twins":                        {[]record.Record{annas(right), count}, nil},
		"the new key alone":            {[]record.Record{annas(now), count}, []string{"account.key.key holds no twin", "the id of a person-bearing record is no twin", "not those of the key before"}},
		"the keys the other way":       {[]record.Record{annas(func(s string) string { return before(s) + "~" + now(s) }), count}, []string{"is no twin", "not those of the new key", "not those of the key before"}},
		"the old one of another":       {[]record.Record{annas(func(s string) string { return now(s) + "~" + before("bo") }), count}, []string{"not those of the key before"}},
		"one that only both keys give": {[]record.Record{annas(right), annas(func(s string) string { return right(s + "2") }), count}, []string{"not those of the new key", "other records"}},
		"nobody":                       {[]record.Record{count}, []string{"other records"}},
	} {
		t.Run(name, func(t *testing.T) {
			both := collected("k2", "k1", c.both...)
			faults := append(both.Faults(), conform.Twins(both, collected("k2", "", annas(now), count), collected("k1", "", annas(before), count))...)
			if len(c.want) == 0 && len(faults) > 0 {
				t.Errorf("got %q", faults)
			}
			for _, want := range c.want {
				if !strings.Contains(strings.Join(faults, "\n"), want) {
					t.Errorf("got %q, want %q", faults, want)
				}
			}
		})
	}
}
