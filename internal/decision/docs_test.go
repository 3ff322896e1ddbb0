package decision_test

import (
	"os"
	"regexp"
	"strings"
	"testing"

	"github.com/kommunpuls/kommunpuls/internal/decision"
)

// Every example in the guide can be pasted into a file as it stands.
func TestTheExamplesOfTheGuideAreRight(t *testing.T) {
	b, err := os.ReadFile("../../docs/beslut.md")
	if err != nil {
		t.Fatal(err)
	}
	examples := regexp.MustCompile("(?s)```yaml\n(.*?)```").FindAllStringSubmatch(string(b), -1)
	if len(examples) < 5 {
		t.Fatalf("%d examples", len(examples))
	}
	for _, e := range examples {
		set, err := decision.ReadYAML("beslut.md", strings.NewReader(e[1]), decision.Options{})
		if err != nil {
			t.Errorf("%v\n%s", err, e[1])
		}
		if len(set.Log(decision.Options{})) == 0 {
			t.Errorf("nothing is decided by\n%s", e[1])
		}
	}
}
