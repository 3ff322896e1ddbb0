package yamlfault

import (
	"errors"
	"strings"
	"testing"

	"github.com/goccy/go-yaml"
)

// settings has a field of every form that a settings file can have.
type settings struct {
	Listen  string            `yaml:"listen"`
	Port    int               `yaml:"port"`
	Share   float64           `yaml:"share"`
	On      bool              `yaml:"on"`
	Names   []string          `yaml:"names"`
	Words   map[string]string `yaml:"words"`
	Mail    struct{ To string }
	Sources []struct {
		Name, Type string
	} `yaml:"sources"`
}

func TestACommonFaultIsToldInSwedishWithItsLine(t *testing.T) {
	for _, c := range []struct {
		name, file, want string
		line             int
	}{
		{"a tab", "sources:\n\t- name: a\n", "raden är indragen med tabb; använd blanksteg", 2},
		{"a field that is not there", "listen: a\nlisen: b\n", `fältet "lisen" finns inte här`, 2},
		{"a field twice", "listen: a\nlisten: b\n", `fältet "listen" står två gånger, första gången på rad 1; ta bort det ena`, 2},
		{"no end of a quote", "port: 1\nlisten: \"a\n", "citattecknet som börjar här får inget slut", 2},
		{"no space after a colon", "sources:\n- name:a\n  type: table\n", "före raden fattas ett blanksteg efter ett kolon, eller också är raden för långt indragen", 2},
		{"indented too far", "sources:\n  - name: a\n   type: b\n", "raden är inte lika långt indragen som de den hör ihop med; är det i stället ett värde med kolon i, sätt citattecken om det", 3},
		{"a colon in a value", "listen: a: b\n", "raden är inte lika långt indragen som de den hör ihop med; är det i stället ett värde med kolon i, sätt citattecken om det", 1},
		{"no colon", "port: 1\nlisten\n", "här ska det stå ett fält med kolon och värde: namn: värde", 2},
		{"a reserved letter", "listen: @a\n", "ett värde som börjar med @ behöver citattecken", 1},
		{"a per cent", "listen: %a\n", "ett värde som börjar med % behöver citattecken", 1},
		{"a star", "listen: *a\n", "ett värde som börjar med * behöver citattecken", 1},
		{"an open brace", "words: {a: b\n", "klammern { som börjar här, eller strax före, får inget slut: } eller komma saknas", 1},
		{"an open bracket", "names: [a\nlisten: b\n", "klammern [ som börjar här, eller strax före, får inget slut: ] eller komma saknas", 2},
		{"a text for a list", "sources: a\n", "här ska det stå en lista (- framför varje post), inte en text", 1},
		{"fields for a list", "sources:\n  name: a\n", "här ska det stå en lista (- framför varje post), inte fält på egna rader (namn: värde)", 2},
		{"a list for a text", "listen: [a]\n", "här ska det stå en text, inte en lista (- framför varje post)", 1},
		{"a list for fields", "mail:\n  - a\n", "här ska det stå fält på egna rader (namn: värde), inte en lista (- framför varje post)", 2},
		{"a number for fields", "words: 5\n", "här ska det stå fält på egna rader (namn: värde), inte ett heltal", 1},
		{"a text for a whole number", "port: a\n", "här ska det stå ett heltal, inte en text", 1},
		{"a text for a number", "share: a\n", "här ska det stå ett tal, inte en text", 1},
		{"a text for yes or no", "on: kanske\n", "här ska det stå true eller false, inte en text", 1},
		{"a number too large", "port: 99999999999999999999\n", "talet är för stort", 1},
	} {
		t.Run(c.name, func(t *testing.T) {
			var s settings
			err := yaml.UnmarshalWithOptions([]byte(c.file), &s, yaml.Strict())
			if err == nil {
				t.Fatal("the file is read")
			}
			if line, message := Message(err); line != c.line || message != c.want {
				t.Errorf("line %d: %s\nwant line %d: %s\nthe library says %s", line, message, c.line, c.want, yaml.FormatError(err, false, false))
			}
		})
	}
}

func TestAFaultShowsTheLinesOfTheFileAroundIt(t *testing.T) {
	var s settings
	got := Text(yaml.UnmarshalWithOptions([]byte("listen: a\nlisen: b\n"), &s, yaml.Strict()))
	for _, want := range []string{"rad 2: fältet \"lisen\" finns inte här\n", "   1 | listen: a\n", ">  2 | lisen: b\n"} {
		if !strings.Contains(got, want) {
			t.Errorf("%q is missing in\n%s", want, got)
		}
	}
}

func TestAFieldThatIsNotThereIsToldWithTheNearestOne(t *testing.T) {
	for file, want := range map[string]string{
		"lisen: b\n":         `fältet "lisen" finns inte här; menade du listen?`,
		"words: {}\nto: a\n": `fältet "to" finns inte här`, // it is a field, but of another part
		"zebrafink: b\n":     `fältet "zebrafink" finns inte här`,
	} {
		var s settings
		err := yaml.UnmarshalWithOptions([]byte(file), &s, yaml.Strict())
		if _, got := Message(err, "listen", "port", "to"); got != want {
			t.Errorf("got %s, want %s", got, want)
		}
	}
}

func TestAFaultThatIsNotKnownStandsAfterWhatToLookFor(t *testing.T) {
	if got, want := Swedish("tag is not allowed\nin this context"), "raden går inte att tolka; se över indrag, kolon och citattecken (tag is not allowed in this context)"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

func TestAnErrorThatIsNotTheLibrarysIsItsOwnMessage(t *testing.T) {
	if got, want := Text(errors.New("rad 3: \"ibland\" är ingen tidslängd\n")), "rad 3: \"ibland\" är ingen tidslängd"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}
