// Package document is a report as its reader meets it, before anyone decides on
// paper or screen: headings, sentences, figures, tables and charts, all of it
// finished text. The HTML and the PDF are made from the same document, so that
// they cannot say different things.
package document

import "time"

// Document is a whole report.
type Document struct {
	Title        string // "Läget i oktober 2026"
	Kind         string // ledning, revision, forvaltning, manad
	Municipality string
	Lang         string    // BCP 47, "sv"
	AsOf         time.Time // what the figures hold for
	Made         time.Time
	Version      string   // of the program
	Demo         bool     // every page bears DEMODATA
	Marks        []string // what every page bears, such as "Sekretessprövas före utlämnande"
	Lead         string   // the sentence under the title
	Sections     []Section
}

// Section is a heading and what stands under it. Level 1 is a chapter.
type Section struct {
	ID     string // unique in the document: an anchor
	Level  int    // 1–3
	Title  string
	Blocks []Block
}

// Block is one of the types below.
type Block interface{ block() }

// Paragraph is running text.
type Paragraph struct{ Text string }

// Note is what must be known to read something rightly; it stands out.
type Note struct{ Text string }

// List is sentences under each other.
type List struct {
	Ordered bool
	Items   []Item
}

// Item is a sentence of a list, with what it rests on in smaller letters.
type Item struct{ Text, Small string }

// Figures are measures that a reader should meet first.
type Figures struct{ Figures []Figure }

// Figure is one measure: the count before the share.
type Figure struct {
	Title string // "Ärenden lösta inom ett dygn"
	Value string // "812 av 1 140"
	Share string // "71 procent", "" if there is none
	State State
	Text  string // a sentence: how it was before, the target
}

// State is a word and a sign, so that no state is told by colour alone.
type State struct {
	Sign string // ●, ◐, ■, ○, △ …; "" for none
	Word string // "når målet"
	Good int    // 1 good, -1 bad, 0 neither: for a colour beside the word
}

// Table has a caption, headings and rows of as many cells.
type Table struct {
	Caption string
	Columns []Column
	Rows    [][]Cell
	Paper   int    // most rows that the HTML prints on paper, 0 for all
	More    string // what was left out: "och 214 rader till, se …", "" for nothing
}

// Column is a heading.
type Column struct {
	Title string
	Right bool    // numbers stand to the right
	Width float64 // share of the table's width, 0 for what is left
}

// Cell is a text, with a state before it if it has one.
type Cell struct {
	Text  string
	State *State
	Head  bool   // the cell names its row
	Link  string // id of the section that tells more, "" for none
}

// Chart is a figure over time, drawn as lines.
type Chart struct {
	Title  string
	Text   string // what the chart shows in a sentence, for who does not see it
	Unit   string // of the axis: "procent", "ärenden"
	Points []Point
	Target *float64
	Breaks []Break
}

// Point is a value at an instant, in the chart's unit; nil is not known, which
// breaks the line.
type Point struct {
	At    time.Time
	Label string // "okt 2026"
	Value *float64
	Text  string // "812 av 1 140, 71 procent"
}

// Break is a day from which the figure is counted otherwise.
type Break struct {
	At   time.Time
	Text string
}

func (Paragraph) block() {}
func (Note) block()      {}
func (List) block()      {}
func (Figures) block()   {}
func (Table) block()     {}
func (Chart) block()     {}
