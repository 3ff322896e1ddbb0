package grafana_test

import (
	"encoding/json"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/grafana/grafana-foundation-sdk/go/cog/plugins"
	"github.com/grafana/grafana-foundation-sdk/go/dashboard"

	"github.com/kommunpuls/kommunpuls/internal/generate/grafana"
)

// Grafana's own types take what is written, although it is of an older form.
func TestGrafanasTypesReadEachDashboard(t *testing.T) {
	plugins.RegisterDefaultPlugins()
	for _, d := range drawn(t, "sv") {
		var got dashboard.Dashboard //nolint:staticcheck // the form that 9.4 reads
		if err := json.Unmarshal(d.JSON, &got); err != nil {
			t.Errorf("%s: %v", d.File, err)
		}
		if got.Uid == nil || *got.Uid != d.UID || *got.Title != d.Title || len(got.Panels) == 0 {
			t.Errorf("%s: came back as something else", d.File)
		}
	}
}

// box is a panel as these tests read it.
type box struct {
	ID          int `json:"id"`
	Type, Title string
	Description string
	GridPos     struct{ X, Y, W, H int }
	Panels      []box
	Targets     []struct{ Expr, RefID string }
	FieldConfig struct {
		Defaults struct{ NoValue string }
	}
}

func boxes(t *testing.T, d grafana.Dashboard) []box {
	t.Helper()
	var m struct{ Panels []box }
	if err := json.Unmarshal(d.JSON, &m); err != nil {
		t.Fatal(err)
	}
	return m.Panels
}

// flat lists every panel but the rows.
func flat(bs []box) []box {
	var out []box
	for _, b := range bs {
		if b.Type == "row" {
			out = append(out, flat(b.Panels)...)
			continue
		}
		out = append(out, b)
	}
	return out
}

func TestEveryPanelSaysWhatIsNotCountedAndWhatToSayOfNothing(t *testing.T) {
	for lang, say := range map[string]string{"sv": "Räknas inte:", "en": "Not counted:"} {
		for _, d := range drawn(t, lang) {
			for _, b := range flat(boxes(t, d)) {
				if b.Type == "text" {
					continue
				}
				if b.Title == "" || !strings.Contains(b.Description, say) {
					t.Errorf("%s: %q does not say what is not counted: %q", d.File, b.Title, b.Description)
				}
				if b.FieldConfig.Defaults.NoValue == "" {
					t.Errorf("%s: %q says nothing where there is no data", d.File, b.Title)
				}
				if len(b.Targets) == 0 {
					t.Errorf("%s: %q asks for nothing", d.File, b.Title)
				}
			}
		}
	}
}

func TestPanelsHaveTheirOwnIDsAndDoNotOverlap(t *testing.T) {
	for _, d := range drawn(t, "sv") {
		ids, cells := map[int]string{}, map[string]string{}
		var place func(bs []box)
		place = func(bs []box) {
			for _, b := range bs {
				if was, twice := ids[b.ID]; twice {
					t.Errorf("%s: %q and %q have the id %d", d.File, was, b.Title, b.ID)
				}
				ids[b.ID] = b.Title
				for x := b.GridPos.X; x < b.GridPos.X+b.GridPos.W; x++ {
					for y := b.GridPos.Y; y < b.GridPos.Y+b.GridPos.H; y++ {
						at := fmt.Sprint(x, ",", y)
						if was, taken := cells[at]; taken || x > 23 {
							t.Fatalf("%s: %q lies on %q, or outside", d.File, b.Title, was)
						}
						cells[at] = b.Title
					}
				}
				place(b.Panels)
			}
		}
		place(boxes(t, d))
	}
}

// Words that people who run a municipality should not have to know, as whole
// words of what they read. Names of metrics and ids of figures are not read.
func TestSwedishTextsSpeakPlainly(t *testing.T) {
	never := regexp.MustCompile(`(?i)\b(kpi:?e?r?|coverage|sso|dashboards?|p90|quantile|metakatalog|percentil)\b`)
	for _, d := range drawn(t, "sv") {
		var m any
		if err := json.Unmarshal(d.JSON, &m); err != nil {
			t.Fatal(err)
		}
		read(m, "", func(field, text string) {
			if w := never.FindString(text); w != "" {
				t.Errorf("%s: %s says %q: %s", d.File, field, w, text)
			}
		})
	}
}

// read visits the texts that a person reads.
func read(v any, field string, visit func(field, text string)) {
	switch v := v.(type) {
	case map[string]any:
		for k, x := range v {
			read(x, k, visit)
		}
	case []any:
		for _, x := range v {
			read(x, field, visit)
		}
	case string:
		if slices.Contains([]string{"title", "description", "noValue", "text", "content", "displayName", "legendFormat", "label", "unit", "tooltip"}, field) {
			visit(field, v)
		}
	}
}

// Red beside green is what the most common colour blindness does not tell apart.
func TestNoStateHangsOnRedAndGreen(t *testing.T) {
	for _, d := range drawn(t, "sv") {
		var m any
		if err := json.Unmarshal(d.JSON, &m); err != nil {
			t.Fatal(err)
		}
		colours(m, "", func(c string) {
			if strings.Contains(c, "red") || strings.Contains(c, "green") {
				t.Errorf("%s is painted %s", d.File, c)
			}
		})
	}
}

func colours(v any, field string, visit func(string)) {
	switch v := v.(type) {
	case map[string]any:
		for k, x := range v {
			colours(x, k, visit)
		}
	case []any:
		for _, x := range v {
			colours(x, field, visit)
		}
	case string:
		if field == "color" || field == "fixedColor" {
			visit(v)
		}
	}
}

// A link to a panel is an address that people keep.
func TestTheIDsOfPanelsFollowTheirKeys(t *testing.T) {
	for _, b := range flat(boxes(t, drawn(t, "sv")[0])) {
		if b.Title == "Äldsta innehåll" {
			if b.ID != 421059 {
				t.Errorf("%s has the id %d: whoever kept a link to it has lost it", b.Title, b.ID)
			}
			return
		}
	}
	t.Error("the panel is gone")
}
