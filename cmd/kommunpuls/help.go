package main

import (
	"bytes"
	"io"
	"regexp"

	"github.com/alecthomas/kong"
)

// helpText is what the flag --help says of itself; it is kong's own flag, so
// its text is given after the command line has been built.
const helpText = "Visa den här hjälpen. (Show this help.)"

// printHelp prints kong's help with its own words in Swedish: kong has no way to
// translate them.
func printHelp(options kong.HelpOptions, ctx *kong.Context) error {
	var said bytes.Buffer
	out := ctx.Stdout
	ctx.Stdout = &said
	err := kong.DefaultHelpPrinter(options, ctx)
	ctx.Stdout = out
	if err != nil {
		return err
	}
	_, err = io.WriteString(out, swedishHelp(said.String()))
	return err
}

// swedishHelp puts the words that kong frames a help with into Swedish.
func swedishHelp(said string) string {
	for _, f := range []struct{ says, swedish string }{
		{`(?m)^Usage: `, `Så här: `},
		{`(?m)^Arguments:$`, `Det som anges:`},
		{`(?m)^Flags:$`, `Flaggor:`},
		{`(?m)^Commands:$`, `Kommandon:`},
		{`(?m)^Run "(.*) <command> --help" for more information on a command\.$`, `Mer om ett kommando: $1 <kommando> --help`},
		{`(?m) <command>( |$)`, ` <kommando>$1`},
		{`(?m) \[flags\]$`, ` [flaggor]`},
	} {
		said = regexp.MustCompile(f.says).ReplaceAllString(said, f.swedish)
	}
	return said
}
