// Package page makes the pages of the daemon: findings and definitions in, HTML
// out. It asks nothing and knows no one: what a visitor may see is decided
// before it gets here.
package page

import (
	"bytes"
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"fmt"
	"html/template"
	"strconv"
	"strings"

	"github.com/kommunpuls/kommunpuls/internal/expose/chart"
)

//go:embed templates/*.tmpl
var templates embed.FS

//go:embed assets/page.css
var style string

//go:embed assets/icon.svg
var icon []byte

// IconPath is where the pages' icon stands.
const IconPath = "/static/icon.svg"

// Icon is the pages' icon, SVG.
func Icon() []byte { return icon }

// Pages writes pages. It is safe for concurrent use.
type Pages struct {
	sets map[string]*template.Template
	css  []byte
	path string
}

// New reads the templates, which are part of the program.
func New() *Pages {
	p := &Pages{sets: map[string]*template.Template{}, css: []byte(style + bars())}
	sum := sha256.Sum256(p.css)
	p.path = "/static/page-" + hex.EncodeToString(sum[:6]) + ".css"
	for _, name := range []string{"overview", "measure", "evidence", "catalogue", "units", "work", "sources", "disruptions", "goals", "reports", "snapshots", "fault"} {
		p.sets[name] = template.Must(template.Must(template.New(name).Parse(chart.Template)).ParseFS(templates, "templates/_*.tmpl", "templates/"+name+".tmpl"))
	}
	return p
}

// bars are the widths of bars: a page has no style of its own.
func bars() string {
	var b strings.Builder
	for i := range 101 {
		n := strconv.Itoa(i)
		b.WriteString(".w" + n + "{width:" + n + "%}")
	}
	return b.String()
}

// Style returns the style sheet and its address, which changes with it.
func (p *Pages) Style() (path string, css []byte) { return p.path, p.css }

// Render writes one page whole, or returns an error and nothing.
func (p *Pages) Render(view View) ([]byte, error) {
	name := view.name()
	set := p.sets[name]
	if set == nil {
		return nil, fmt.Errorf("page: no template %s", name)
	}
	var b bytes.Buffer
	if err := set.ExecuteTemplate(&b, "layout", view); err != nil {
		return nil, fmt.Errorf("page: %s: %w", name, err)
	}
	return b.Bytes(), nil
}

// View is the content of one page.
type View interface{ name() string }
