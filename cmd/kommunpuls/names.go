package main

import (
	"fmt"

	"github.com/kommunpuls/kommunpuls/internal/app"
)

// printUnmapped writes the names that lead to nothing, the most used first,
// and what each should perhaps have been.
func printUnmapped(e *env, groups []app.NameGroup) {
	if len(groups) == 0 {
		return
	}
	fmt.Fprintln(e.out, "Namn i källorna som inte känns igen. Knyt ihop dem i besluten (Organisation, Platser, Andra namn), eller för in systemet i förteckningen:")
	for _, g := range groups {
		fmt.Fprintf(e.out, "  %s: %s, %s\n", g.Title(), namesWord(g.Names), rowsWord(g.Records))
		for _, u := range g.Most {
			line := fmt.Sprintf("    %s i %s, %s", u.Name, u.Source, rowsWord(u.Records))
			switch {
			case u.Fits != "":
				line += "; oklart, passar " + u.Fits
			case u.Closest != "":
				line += "; närmast är " + u.Closest
			}
			fmt.Fprintln(e.out, line)
		}
		if more := g.Names - int64(len(g.Most)); more > 0 {
			fmt.Fprintf(e.out, "    … och %d till\n", more)
		}
	}
}

func namesWord(n int64) string {
	if n == 1 {
		return "1 namn"
	}
	return fmt.Sprintf("%d namn", n)
}
