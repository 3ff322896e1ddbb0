package main

import (
	"errors"
	"regexp"
	"strings"

	"github.com/alecthomas/kong"
)

// wrongLine says in Swedish what is wrong with a command line, and where its
// help is. kong has no way to translate what it says.
func wrongLine(err error) string {
	commands, within := []string{"kommunpuls"}, false
	var parse *kong.ParseError
	if errors.As(err, &parse) && parse.Context != nil {
		for _, p := range parse.Context.Path {
			if p.Command != nil {
				commands, within = append(commands, p.Command.Name), len(p.Command.Children) > 0
			}
		}
	}
	return whatIsWrong(err.Error(), len(commands) == 1 || within) + "\nHjälp: " + strings.Join(commands, " ") + " --help"
}

// whatIsWrong translates a fault of kong's; one that is not known here stands as
// it is. Choosing tells that a command is to be chosen where the fault is.
func whatIsWrong(fault string, choosing bool) string {
	for _, f := range faults(choosing) {
		if m := f.says.FindStringSubmatch(fault); m != nil {
			return f.swedish(m)
		}
	}
	return "kommandot går inte att förstå: " + fault
}

// lineFault is one of kong's faults and what it is in Swedish.
type lineFault struct {
	says    *regexp.Regexp
	swedish func(part []string) string
}

func faults(choosing bool) []lineFault {
	is := func(says string, swedish func([]string) string) lineFault {
		return lineFault{regexp.MustCompile("^" + says + "$"), swedish}
	}
	const meant = `(?:, did you mean (?:one of )?(.*)\?)?`
	return []lineFault{
		is(`unknown flag (\S+?)`+meant, func(m []string) string { return "flaggan " + m[1] + " finns inte" + nearest(m[2]) }),
		is(`unexpected argument (.+?)`+meant, func(m []string) string {
			if choosing {
				return "kommandot " + m[1] + " finns inte" + nearest(m[2])
			}
			return m[1] + " är ett ord för mycket" + nearest(m[2])
		}),
		is(`expected one of (.*)`, func(m []string) string { return "säg vilket kommando: " + choice(m[1]) }),
		is(`expected "(.*)"`, func(m []string) string { return m[1] + " saknas" }),
		is(`missing positional arguments (.*)`, func(m []string) string { return m[1] + " saknas" }),
		is(`missing flags: (.*)`, func(m []string) string { return m[1] + " saknas" }),
		is(`(\S+) must be one of (.*) but got "(.*)"`, func(m []string) string { return m[1] + " ska vara " + choice(m[2]) + `, inte "` + m[3] + `"` }),
		is(`(\S+): expected \w+ value but got .*`, func(m []string) string { return m[1] + " behöver ett värde" }),
		is(`(\S+): expected a valid \d+ bit u?int but got "(.*)"`, func(m []string) string { return m[1] + ` ska vara ett heltal, inte "` + m[2] + `"` }),
		is(`(\S+): bool value must be .* but got "(.*)"`, func(m []string) string { return m[1] + ` ska vara true eller false, inte "` + m[2] + `"` }),
	}
}

// nearest adds the names that could have been meant.
func nearest(quoted string) string {
	if quoted == "" {
		return ""
	}
	return "; menade du " + choice(quoted) + "?"
}

// choice joins quoted names as a choice; "..." stands for those that are left out.
func choice(quoted string) string {
	names := strings.FieldsFunc(quoted, func(r rune) bool { return strings.ContainsRune(`," `, r) })
	if n := len(names); names[n-1] == "..." {
		return strings.Join(names[:n-1], ", ") + " eller något av de andra"
	} else if n > 1 {
		return strings.Join(names[:n-1], ", ") + " eller " + names[n-1]
	}
	return names[0]
}
