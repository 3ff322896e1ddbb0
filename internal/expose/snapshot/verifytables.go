package snapshot

import (
	"bytes"
	"errors"
	"io"
	"io/fs"
	"strings"

	"github.com/kommunpuls/kommunpuls/internal/expose/snapshot/bag"
	"github.com/kommunpuls/kommunpuls/internal/finding"
)

// tables holds what the report says once more, in tables and in the heads of its
// queries, against the JSON files that are its word: sums that were made anew
// for a changed table tell nothing.
func (v *Verified) tables(b *bag.Bag, figures []finding.Finding) error {
	var want bytes.Buffer
	if err := writeFigures(&want, figures); err != nil {
		return err
	}
	v.sameTable(b, figuresTable, figuresFile, want.Bytes())
	var sources []Source
	if v.read(b, sourcesFile, &sources) {
		want.Reset()
		if err := writeSources(&want, sources); err != nil {
			return err
		}
		v.sameTable(b, sourcesCSV, sourcesFile, want.Bytes())
	}
	for _, f := range figures {
		v.sameHead(b, f)
	}
	return nil
}

// sameTable holds a table against what its JSON file makes of it.
func (v *Verified) sameTable(b *bag.Bag, name, of string, want []byte) {
	have, ok := v.begin(b, name, int64(len(want))+mostLine)
	if !ok || bytes.Equal(have, want) {
		return
	}
	is, should := strings.SplitAfter(string(have), "\n"), strings.SplitAfter(string(want), "\n")
	for i := range max(len(is), len(should)) {
		got, wanted := lineAt(is, i), lineAt(should, i)
		switch {
		case got == wanted:
			continue
		case got == "":
			v.fault(name, "rad %d saknas; enligt %s är den %q", i+1, of, shown(wanted))
		case wanted == "":
			v.fault(name, "rad %d, %q, finns inte i %s", i+1, shown(got), of)
		default:
			v.fault(name, "rad %d är %q, men enligt %s ska den vara %q", i+1, shown(got), of, shown(wanted))
		}
		return
	}
}

// sameHead holds the figures that a query begins with against what the report
// says. Not every figure has a query.
func (v *Verified) sameHead(b *bag.Bag, f finding.Finding) {
	name := sqlFolder + f.KPI + ".sql"
	runs, held := queryHead(f, SQL{Rows: true}), queryHead(f, SQL{})
	have, ok := v.begin(b, name, int64(max(len(runs), len(held))))
	if ok && !bytes.HasPrefix(have, []byte(runs)) && !bytes.HasPrefix(have, []byte(held)) {
		v.fault(name, "börjar inte med det som %s säger om siffran", figuresFile)
	}
}

// begin reads the first bytes of a file. A table that is missing is a fault, and
// so is a file that cannot be read.
func (v *Verified) begin(b *bag.Bag, name string, most int64) ([]byte, bool) {
	r, err := b.Read(name)
	if errors.Is(err, fs.ErrNotExist) {
		if name == figuresTable || name == sourcesCSV {
			v.fault(name, "saknas")
		}
		return nil, false
	}
	var text []byte
	if err == nil {
		text, err = io.ReadAll(io.LimitReader(r, most))
		err = errors.Join(err, r.Close())
	}
	if err != nil {
		v.fault(name, "går inte att läsa: %v", err)
	}
	return text, err == nil
}

// lineAt is a line of a text with its end, "" beyond the last.
func lineAt(lines []string, i int) string {
	if i >= len(lines) {
		return ""
	}
	return lines[i]
}

// shown is as much of a line as is told, without its end.
func shown(line string) string {
	r := []rune(strings.TrimSuffix(line, "\n"))
	return string(r[:min(len(r), 400)])
}
