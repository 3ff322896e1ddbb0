package probe

import (
	"time"

	"github.com/kommunpuls/kommunpuls/internal/watchlist"
)

// finding is what one probe found.
type finding struct {
	verdict watchlist.Verdict
	cause   watchlist.Cause
	value   float64   // ifOperStatus
	expires time.Time // of the certificate, when it was asked for and seen
}

func up() finding { return finding{verdict: watchlist.Up} }

func down(c watchlist.Cause) finding { return finding{verdict: watchlist.Down, cause: c} }

func unknown(c watchlist.Cause) finding { return finding{cause: c} }

// outcome is a finding with its target and times.
type outcome struct {
	finding
	target *watchlist.Target
	slot   time.Time // when it was due; the record's time
	began  time.Time
	ended  time.Time
}

func (o *outcome) result() watchlist.Result {
	r := watchlist.ResultFor(o.target, o.slot)
	r.Verdict, r.Cause, r.Value = o.verdict, o.cause, o.value
	if o.verdict == watchlist.Up {
		r.Latency = o.ended.Sub(o.began)
	}
	return r
}
