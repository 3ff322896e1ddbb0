package grafana

import (
	"errors"
	"fmt"
	"hash/fnv"

	"github.com/grafana/grafana-foundation-sdk/go/dashboard"

	"github.com/kommunpuls/kommunpuls/internal/catalogue"
	"github.com/kommunpuls/kommunpuls/internal/finding"
)

// width is how many columns Grafana's grid has.
const width = 24

// Tag is on every dashboard; they link to each other by it.
const Tag = "kommunpuls"

// board is a dashboard that is being drawn. Faults are gathered and told by finish.
type board struct {
	id     string // "laget": words/laget.yaml, kommunpuls-laget.json
	lang   string
	kpis   map[string]catalogue.Definition
	words  boardWords
	common commonWords
	spent  map[string]bool // words that were used

	dash    classic
	folded  *dashboard.RowPanel // the row that is being filled, if it starts folded
	ids     map[uint32]string
	x, y, h uint32
	faults  []error
}

// start begins a dashboard whose words stand in words/<id>.yaml.
func start(o Options, id string) *board {
	b := &board{id: id, lang: o.Lang, kpis: map[string]catalogue.Definition{}, spent: map[string]bool{}, ids: map[uint32]string{}}
	for _, d := range o.Catalogue.KPIs {
		b.kpis[d.ID] = d
	}
	b.fault(readWords("common", &b.common))
	b.fault(readWords(id, &b.words))
	b.dash = *dashboard.NewDashboard()
	b.dash.Uid = some(Tag + "-" + id)
	b.dash.Title = some(b.text(b.words.Title))
	b.dash.Description = some(b.text(b.words.Description))
	b.dash.Tags = []string{Tag}
	b.dash.Editable = some(true)
	b.dash.Timezone = some("browser")
	b.dash.WeekStart = some("monday")
	b.dash.GraphTooltip = some(dashboard.DashboardCursorSyncCrosshair)
	b.span("now-1y", "5m")
	b.links()
	b.datasource()
	b.address()
	return b
}

// span sets the time that is shown at first, and how often it is shown anew.
func (b *board) span(from, refresh string) {
	b.dash.Time = &dashboard.DashboardDashboardTime{From: from, To: "now"}
	b.dash.Refresh = some(refresh)
}

// row begins a row of panels under a heading.
func (b *board) row(key string) { b.heading(key, false) }

// fold begins a row that is closed until somebody opens it.
func (b *board) fold(key string) { b.heading(key, true) }

func (b *board) heading(key string, collapsed bool) {
	b.next()
	r := dashboard.RowPanel{
		Type: "row", Collapsed: collapsed, Title: some(b.say("rows", b.words.Rows, key)), Id: b.number("row " + key),
		GridPos: &dashboard.GridPos{X: 0, Y: b.y, W: width, H: 1}, Panels: []dashboard.Panel{},
	}
	b.y++
	b.dash.Panels = append(b.dash.Panels, dashboard.PanelOrRowPanel{RowPanel: &r})
	b.folded = nil
	if collapsed {
		b.folded = &r
	}
}

// put places a panel to the right of the last one, or below where it does not fit.
func (b *board) put(w, h uint32, p *panel) {
	if b.x+w > width {
		b.next()
	}
	p.GridPos = &dashboard.GridPos{X: b.x, Y: b.y, W: w, H: h}
	p.Id = some(b.number(p.key))
	b.x += w
	b.h = max(b.h, h)
	if b.folded != nil {
		b.folded.Panels = append(b.folded.Panels, p.Panel)
		return
	}
	b.dash.Panels = append(b.dash.Panels, dashboard.PanelOrRowPanel{Panel: &p.Panel})
}

// next begins a new line of panels.
func (b *board) next() {
	b.y += b.h
	b.x, b.h = 0, 0
}

// number is a panel's id: it follows its key, so that links to a panel hold
// when others are put before it.
func (b *board) number(key string) uint32 {
	f := fnv.New32a()
	_, _ = f.Write([]byte(key))
	id := f.Sum32()%1_000_000 + 1
	if was, twice := b.ids[id]; twice {
		b.fault(fmt.Errorf("panels %q and %q have the same id", was, key))
	}
	b.ids[id] = key
	return id
}

func (b *board) fault(err error) {
	if err != nil {
		b.faults = append(b.faults, fmt.Errorf("grafana: %s: %w", b.id, err))
	}
}

// kpi finds a definition of the catalogue.
func (b *board) kpi(id string) catalogue.Definition {
	d, ok := b.kpis[id]
	if !ok {
		b.fault(fmt.Errorf("the catalogue has no %q", id))
		d.Title, d.Question, d.NotCounted = finding.Text{SV: id, EN: id}, finding.Text{SV: id, EN: id}, finding.Text{SV: id, EN: id}
	}
	return d
}

func (b *board) finish() (Dashboard, error) {
	b.leftOver()
	if err := errors.Join(b.faults...); err != nil {
		return Dashboard{}, err
	}
	text, err := write94(b.dash)
	if err != nil {
		return Dashboard{}, fmt.Errorf("grafana: %s: %w", b.id, err)
	}
	return Dashboard{UID: *b.dash.Uid, Title: *b.dash.Title, File: *b.dash.Uid + ".json", JSON: text}, nil
}

// some points at a copy of v: Grafana's types take pointers where a field may be missing.
func some[T any](v T) *T { return &v }
