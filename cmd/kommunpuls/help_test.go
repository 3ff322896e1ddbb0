package main

import (
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/alecthomas/kong"

	"github.com/kommunpuls/kommunpuls/internal/generate/alerts"
)

func TestTheHelpOfEveryCommandIsSwedishFirst(t *testing.T) {
	english := regexp.MustCompile(`(?m)Usage:|Flags:|Arguments:|Commands:|\[flags\]|<command>|Show context-sensitive|=STRING|=INT|=KEY|^Run "|for more information`)
	for _, command := range append(commands(t), nil, []string{"snapshot"}) {
		t.Run(strings.Join(append([]string{"kommunpuls"}, command...), " "), func(t *testing.T) {
			code, out, errOut := kommunpuls(t, append(slices.Clone(command), "--help")...)
			if code != exitOK || errOut != "" {
				t.Fatalf("exit %d: %s", code, errOut)
			}
			if found := english.FindAllString(out, -1); found != nil {
				t.Errorf("the help says %q:\n%s", found, out)
			}
			for _, want := range []string{"Så här: kommunpuls", "\nFlaggor:\n", "--help", "Visa den här hjälpen."} {
				if !strings.Contains(out, want) {
					t.Errorf("the help does not say %q:\n%s", want, out)
				}
			}
		})
	}
}

// commands are all that can be run, as words.
func commands(t *testing.T) [][]string {
	t.Helper()
	parser, err := kong.New(&cli{}, kong.Vars{"datasource": alerts.DataSourceUID})
	if err != nil {
		t.Fatal(err)
	}
	var all [][]string
	for _, leaf := range parser.Model.Leaves(true) {
		var words []string
		for n := leaf; n.Parent != nil; n = n.Parent {
			words = append([]string{n.Name}, words...)
		}
		all = append(all, words)
	}
	if len(all) < 20 {
		t.Fatalf("%d commands", len(all))
	}
	return all
}

func TestTheHelpOfACommandReadsThroughout(t *testing.T) {
	_, out, _ := kommunpuls(t, "report", "make", "--help")
	for _, want := range []string{"Så här: kommunpuls report make <rapport> [flaggor]\n", "\nDet som anges:\n  <rapport>", "--as-of=ÅÅÅÅ-MM-DD"} {
		if !strings.Contains(out, want) {
			t.Errorf("the help does not say %q:\n%s", want, out)
		}
	}
	if _, out, _ = kommunpuls(t, "--help"); !strings.Contains(out, "\nKommandon:\n") || !strings.HasSuffix(out, "Mer om ett kommando: kommunpuls <kommando> --help\n") {
		t.Errorf("the first help says\n%s", out)
	}
}
