package notify

import (
	"context"
	"time"

	"github.com/kommunpuls/kommunpuls/internal/calendar"
)

// pingName is the ping's name among the channels.
const pingName = "ping"

// Ping is a sign of life to a service that alerts when it stops coming.
type Ping struct {
	URL    string
	Method string // GET or POST
	Every  time.Duration
}

// ping sends the sign of life while figures are computed; a daemon that runs
// and computes nothing is as good as down.
func (n *Notifier) ping(ctx context.Context, p Ping, c *channel) {
	tick := time.NewTicker(p.Every)
	defer tick.Stop()
	for {
		if n.alive(n.opt.Now()) {
			one, cancel := context.WithTimeout(ctx, min(c.timeout(), max(p.Every, time.Second)))
			err := request(one, p.Method, p.URL, nil, nil)
			cancel()
			if ctx.Err() == nil {
				c.note(err)
			}
		}
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
	}
}

// alive tells whether the figures are as new as the rules want them.
func (n *Notifier) alive(now time.Time) bool {
	n.mu.Lock()
	from, s := n.from, n.settings
	n.mu.Unlock()
	if from == nil || s == nil {
		return false
	}
	fs, _ := from.Gather() // what can be gathered counts
	at, ok := read(fs).find("kommunpuls_evaluation_timestamp_seconds", nil)
	return ok && since(now, at) <= s.Alerts.FiguresAge.Seconds()
}

// clock says when something was, as people say it in Sweden.
func clock(t time.Time) string { return t.In(calendar.Location()).Format("2/1 15.04") }
