package privacy

import (
	"bufio"
	"fmt"
	"io"
	"strings"

	"github.com/kommunpuls/kommunpuls/internal/expose/report/document"
)

// Markdown writes a document of this package as text that is read as it is and
// that other programs take in.
func Markdown(w io.Writer, d document.Document) error {
	b := bufio.NewWriter(w)
	fmt.Fprintf(b, "# %s\n\n%s", plain(d.Title), plain(d.Municipality))
	if !d.Made.IsZero() {
		fmt.Fprintf(b, ", %s", day(d.Made))
	}
	fmt.Fprintln(b)
	if d.Demo {
		fmt.Fprint(b, "\n**DEMODATA**\n")
	}
	for _, m := range d.Marks {
		fmt.Fprintf(b, "\n**%s**\n", plain(m))
	}
	if d.Lead != "" {
		fmt.Fprintf(b, "\n%s\n", plain(d.Lead))
	}
	for _, s := range d.Sections {
		fmt.Fprintf(b, "\n%s %s\n", strings.Repeat("#", s.Level+1), plain(s.Title))
		for _, block := range s.Blocks {
			fmt.Fprintln(b)
			writeBlock(b, block)
		}
	}
	return b.Flush()
}

func writeBlock(b *bufio.Writer, block document.Block) {
	switch x := block.(type) {
	case document.Paragraph:
		fmt.Fprintln(b, plain(x.Text))
	case document.Note:
		fmt.Fprintln(b, ">", plain(x.Text))
	case document.List:
		for i, item := range x.Items {
			if x.Ordered {
				fmt.Fprintf(b, "%d. %s\n", i+1, plain(item.Text))
			} else {
				fmt.Fprintln(b, "-", plain(item.Text))
			}
			if item.Small != "" {
				fmt.Fprintln(b, " ", plain(item.Small))
			}
		}
	case document.Table:
		cells := func(n int, text func(i int) string) {
			for i := range n {
				fmt.Fprint(b, "| ", strings.ReplaceAll(plain(text(i)), "|", `\|`), " ")
			}
			fmt.Fprintln(b, "|")
		}
		cells(len(x.Columns), func(i int) string { return x.Columns[i].Title })
		fmt.Fprintln(b, strings.Repeat("|---", len(x.Columns))+"|")
		for _, r := range x.Rows {
			cells(len(r), func(i int) string { return r[i].Text })
		}
		if x.More != "" {
			fmt.Fprintf(b, "\n%s\n", plain(x.More))
		}
	}
}

// plain keeps a text on one line.
func plain(s string) string {
	return strings.Join(strings.FieldsFunc(s, func(r rune) bool { return r == '\n' || r == '\r' }), " ")
}
