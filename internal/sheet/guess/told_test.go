package guess

import (
	"errors"
	"slices"
	"strings"
	"testing"
)

const ownWords = "Systemnamn;Systemägare;Vad gäller;Hur viktigt;Leverantör\nA;Anna Andersson;I drift;A;CGI\nB;Bo Berg;Nedlagt;B;Visma\n"

func TestAColumnIsReadAsAPersonSays(t *testing.T) {
	rep := inspected(t, ownWords)
	if !rep.asks("lifecycle") {
		t.Fatal("the list says which systems are in use")
	}
	told, err := rep.Told(map[string]string{"column:Vad gäller": "lifecycle", "Hur viktigt": "Tier", "column:Leverantör": "-", "column:Systemägare": "role:information_owner"})
	if err != nil {
		t.Fatal(err)
	}
	if told.asks("lifecycle") {
		t.Error("asked which systems are in use although a column is said to tell it")
	}
	main, _ := told.Main()
	got := map[string]string{}
	for _, c := range main.Columns {
		if len(c.Proposals) > 0 {
			got[c.Header] = c.Proposals[0].Target
		}
	}
	for header, want := range map[string]string{"Systemnamn": "name", "Systemägare": "role:information_owner", "Vad gäller": "lifecycle", "Hur viktigt": "tier", "Leverantör": ""} {
		if got[header] != want {
			t.Errorf("%s is read as %q, want %q", header, got[header], want)
		}
	}
	before, _ := rep.Main()
	if i := slices.IndexFunc(before.Columns, func(c Column) bool { return c.Header == "Vad gäller" }); len(before.Columns[i].Proposals) > 0 {
		t.Error("the report that was told from has changed")
	}
}

func TestAColumnThatIsSaidToBeNothingKnownIsRefused(t *testing.T) {
	_, err := inspected(t, ownWords).Told(map[string]string{"column:Vad gäller": "lifecykle"})
	if !errors.Is(err, ErrTarget) || !strings.Contains(err.Error(), "”Vad gäller”") || !strings.Contains(err.Error(), "lifecycle") {
		t.Errorf("got %v", err)
	}
}
