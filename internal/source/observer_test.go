package source_test

import (
	"encoding/json"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/kommunpuls/kommunpuls/internal/source"
)

// heard writes down what an observer is told, indented by how deep it stands.
type heard struct {
	lines []string
	depth int
	times []time.Time
	res   source.Result
}

func (h *heard) say(what string, now time.Time) {
	h.lines = append(h.lines, strings.Repeat("  ", h.depth)+what)
	h.times = append(h.times, now)
}

func (h *heard) Collecting(cfg source.Config, _ source.CollectOptions, now time.Time) source.Observed {
	h.say("collecting "+cfg.Name+" "+cfg.Plugin, now)
	h.depth++
	return h
}

func (h *heard) Step(s source.Step, now time.Time) func(error, time.Time) {
	h.say(string(s), now)
	h.depth++
	return func(err error, now time.Time) {
		h.depth--
		h.say("/"+strings.TrimSpace(string(s)+" "+source.Class(err)), now)
	}
}

func (h *heard) Done(res source.Result, err error, now time.Time) {
	h.depth--
	h.res = res
	h.say(strings.TrimSpace("done "+source.Class(err)), now)
}

func TestAnObserverHearsEveryStepAndItsErrorByClass(t *testing.T) {
	read := []string{"    start plugin", "    /start plugin", "    check settings", "    /check settings"}
	for _, c := range []struct {
		plugin, settings string
		want             []string
	}{
		{"good", "7,8", slices.Concat(read, []string{"    read", "    /read", "  /stage", "  apply", "  /apply", "done"})},
		{"unreachable", "7,8", slices.Concat(read, []string{"    read", "    /read unreachable", "  /stage unreachable", "done unreachable"})},
		{"exits", "7,8", slices.Concat(read, []string{"    read", "    /read crashed", "  /stage crashed", "done crashed"})},
		{"good", "wrong", slices.Concat(read[:3], []string{"    /check settings bad_input", "  /stage bad_input", "done bad_input"})},
		{"nosuch", "7,8", []string{"    start plugin", "    /start plugin plugin", "  /stage plugin", "done plugin"}},
		{"floods", "7,8", slices.Concat(read, []string{"    read", "    /read flood", "  /stage flood", "done flood"})},
	} {
		t.Run(c.plugin+" "+c.settings, func(t *testing.T) {
			h := &heard{}
			w := source.NewCollector(source.CollectorOptions{
				Store: newMemStore(t), Host: newHost(t, nil), Now: time.Now, Observer: h,
				PseudonymKey: []byte("0123456789abcdef"), KeyID: "k1", Limits: source.Limits{Records: 50_000},
			})
			cfg := config(c.plugin)
			cfg.Settings = json.RawMessage(`"` + c.settings + `"`)
			res, err := w.Collect(t.Context(), cfg, source.CollectOptions{})
			if (err != nil) == (c.want[len(c.want)-1] == "done") {
				t.Fatal(err)
			}
			want := append([]string{"collecting s " + c.plugin, "  stage"}, c.want...)
			if !slices.Equal(h.lines, want) {
				t.Errorf("heard\n%s\nwant\n%s", strings.Join(h.lines, "\n"), strings.Join(want, "\n"))
			}
			if !reflect.DeepEqual(h.res.Counts, res.Counts) || h.res.Took != res.Took {
				t.Errorf("told of %+v, came to %+v", h.res, res)
			}
			if !slices.IsSortedFunc(h.times, time.Time.Compare) {
				t.Errorf("times go backwards: %v", h.times)
			}
		})
	}
}
