package probe

import (
	"encoding/json"
	"sync"
	"time"

	"github.com/kommunpuls/kommunpuls/internal/watchlist"
)

// maxTray is how many outcomes wait for a daemon that does not take them; more
// count as missed.
const maxTray = 200_000

// tray gathers outcomes between two batches. It knows which slots are still
// open, so that the cursor says exactly what has been told. It is safe for
// concurrent use.
type tray struct {
	mu       sync.Mutex
	outcomes []outcome
	open     map[slot]bool
	until    time.Time // every slot up to here has been taken from the plan
	hours    hours
}

// slot names one probe.
type slot struct {
	Target string `json:"t"`
	At     int64  `json:"at"` // milliseconds
}

// hours counts what was due and missed in the hour that begins at Hour.
type hours struct {
	Hour   int64 `json:"hour"`
	Due    int64 `json:"due"`
	Missed int64 `json:"missed"`
}

func (h *hours) count(at time.Time, due, missed int64) {
	if hour := at.Unix() / 3600 * 3600; hour > h.Hour {
		*h = hours{Hour: hour}
	}
	h.Due, h.Missed = h.Due+due, h.Missed+missed
}

// cursor is what the daemon keeps with the last batch that it took.
type cursor struct {
	Until int64  `json:"until"` // milliseconds
	Open  []slot `json:"open,omitempty"`
	Slots hours  `json:"slots"`
}

// readCursor reads a cursor; one of another kind begins anew.
func readCursor(raw []byte) (cursor, bool) {
	var c cursor
	if err := json.Unmarshal(raw, &c); err != nil || c.Until <= 0 {
		return cursor{}, false
	}
	return c, true
}

func newTray(c cursor) *tray { return &tray{open: map[slot]bool{}, hours: c.Slots} }

// opened notes a slot that is about to be probed.
func (t *tray) opened(d due) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.open[slot{d.target.ID, d.at.UnixMilli()}] = true
	t.until = d.at
	t.hours.count(d.at, 1, 0)
}

// passed notes a slot that nothing will come of.
func (t *tray) passed(at time.Time) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.until = at
	t.hours.count(at, 1, 1)
}

// put adds an outcome.
func (t *tray) put(o outcome) {
	t.mu.Lock()
	defer t.mu.Unlock()
	delete(t.open, slot{o.target.ID, o.slot.UnixMilli()})
	full := len(t.outcomes) >= maxTray
	if full || o.cause == watchlist.NotMeasured {
		t.hours.count(o.slot, 0, 1)
	}
	if !full {
		t.outcomes = append(t.outcomes, o)
	}
}

// abandon gives up the slots that are still open: their probes were cut off.
func (t *tray) abandon() {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.hours.Missed += int64(len(t.open))
	clear(t.open)
}

// take empties the tray and says how far it has come.
func (t *tray) take() ([]outcome, cursor) {
	t.mu.Lock()
	defer t.mu.Unlock()
	c := cursor{Until: t.until.UnixMilli(), Slots: t.hours}
	if t.until.IsZero() {
		c.Until = 0
	}
	for s := range t.open {
		c.Open = append(c.Open, s)
	}
	out := t.outcomes
	t.outcomes = make([]outcome, 0, len(out))
	return out, c
}
