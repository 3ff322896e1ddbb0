// Package yamlfault puts what a YAML library says of a faulty file into Swedish
// that tells which line it is and what to write instead.
package yamlfault

import (
	"errors"
	"fmt"
	"regexp"
	"strings"

	"github.com/goccy/go-yaml"

	"github.com/kommunpuls/kommunpuls/internal/closest"
)

// Text is a fault with its line, "rad 4: …", and below it the lines of the file
// around it. Known are the fields that a file may have, so that the nearest of
// them is told where one does not exist.
func Text(err error, known ...string) string {
	line, message := Message(err, known...)
	if line == 0 {
		return message
	}
	text := fmt.Sprintf("rad %d: %s", line, message)
	if _, excerpt, ok := strings.Cut(strings.TrimSpace(yaml.FormatError(err, false, true)), "\n"); ok {
		text += "\n" + excerpt
	}
	return text
}

// Message is the line of a fault, 0 where it has none, and what is wrong there.
// An error that is not the library's is its own message.
func Message(err error, known ...string) (line int, message string) {
	var fault yaml.Error
	if !errors.As(err, &fault) {
		return 0, strings.TrimSpace(err.Error())
	}
	if t := fault.GetToken(); t != nil && t.Position != nil {
		line = t.Position.Line
	}
	message = Swedish(fault.GetMessage())
	if m := unknownField().FindStringSubmatch(fault.GetMessage()); m != nil {
		if name := closest.Name(m[1], known); name != "" && name != m[1] {
			message += "; menade du " + name + "?"
		}
	}
	return line, message
}

func unknownField() *regexp.Regexp { return regexp.MustCompile(`^unknown field "(.*)"$`) }

// Swedish is what one of the library's messages means. One that is not known
// here stands after what to look for.
func Swedish(said string) string {
	said = strings.Join(strings.Fields(strings.ReplaceAll(said, "\t", `\t`)), " ")
	for _, m := range meanings() {
		if parts := m.says.FindStringSubmatch(said); parts != nil {
			return m.swedish(parts)
		}
	}
	return "raden går inte att tolka; se över indrag, kolon och citattecken (" + said + ")"
}

// meaning is one message of the library and what it is in Swedish.
type meaning struct {
	says    *regexp.Regexp
	swedish func(part []string) string
}

func meanings() []meaning {
	is := func(says string, swedish func([]string) string) meaning {
		return meaning{regexp.MustCompile("^(?:" + says + ")$"), swedish}
	}
	means := func(says, swedish string) meaning {
		return is(says, func([]string) string { return swedish })
	}
	return []meaning{
		means(`found character '\\t' that cannot start any token|found a tab character where an indentation space is expected`,
			"raden är indragen med tabb; använd blanksteg"),
		is(`unknown field "(.*)"`, func(m []string) string { return fmt.Sprintf("fältet %q finns inte här", m[1]) }),
		is(`mapping key "(.*)" already defined at \[(\d+):\d+\]`, func(m []string) string {
			return fmt.Sprintf("fältet %q står två gånger, första gången på rad %s; ta bort det ena", m[1], m[2])
		}),
		means(`could not find end character of (?:single|double)-quoted text`, "citattecknet som börjar här får inget slut"),
		means(`unexpected key name`, "före raden fattas ett blanksteg efter ett kolon, eller också är raden för långt indragen"),
		means(`(?:mapping )?value is not allowed in this context(?:\. map key-value is pre-defined)?`,
			"raden är inte lika långt indragen som de den hör ihop med; är det i stället ett värde med kolon i, sätt citattecken om det"),
		means(`non-map value is specified`, "här ska det stå ett fält med kolon och värde: namn: värde"),
		is(`'(.)' is a reserved character`, func(m []string) string {
			return fmt.Sprintf("ett värde som börjar med %s behöver citattecken", m[1])
		}),
		means(`unexpected directive value\. document not started`, "ett värde som börjar med % behöver citattecken"),
		means(`could not find alias ".*"|undefined alias name`, "ett värde som börjar med * behöver citattecken"),
		means(`could not find flow mapping end token '\}'|',' or '\}' must be specified`, "klammern { som börjar här, eller strax före, får inget slut: } eller komma saknas"),
		means(`sequence end token '\]' not found|',' or '\]' must be specified`, "klammern [ som börjar här, eller strax före, får inget slut: ] eller komma saknas"),
		is(`(.*) was used where (.*) is expected`, func(m []string) string { return wanted(m[2], m[1]) }),
		is(`cannot unmarshal .* into Go .*of type (\S+) \( overflow \)`, func([]string) string { return "talet är för stort" }),
		is(`cannot unmarshal (.*) into Go .*of type (\S+)`, func(m []string) string { return wanted(m[2], m[1]) }),
		is(`cannot convert "(.*)" to boolean`, func(m []string) string { return fmt.Sprintf("här ska det stå true eller false, inte %q", m[1]) }),
	}
}

// wanted says what should have stood where something else stands.
func wanted(want, got string) string {
	return "här ska det stå " + thing(want) + ", inte " + thing(got)
}

// thing is what one of the library's kinds, or one of Go's types, looks like in
// a file.
func thing(kind string) string {
	switch {
	case kind == "sequence" || strings.HasPrefix(kind, "[]"):
		return "en lista (- framför varje post)"
	case kind == "mapping" || strings.HasPrefix(kind, "map["):
		return "fält på egna rader (namn: värde)"
	case kind == "bool" || kind == "boolean":
		return "true eller false"
	case strings.HasPrefix(kind, "int") || strings.HasPrefix(kind, "uint"):
		return "ett heltal"
	case strings.HasPrefix(kind, "float"):
		return "ett tal"
	case kind == "null":
		return "ingenting"
	case strings.Contains(kind, "."): // a type of our own, written as fields
		return "fält på egna rader (namn: värde)"
	}
	return "en text"
}
