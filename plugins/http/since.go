package http

import (
	"strings"
	"time"

	"github.com/kommunpuls/kommunpuls/internal/sheet/value"
	"github.com/kommunpuls/kommunpuls/plugins/http/expr"
	"github.com/kommunpuls/kommunpuls/plugins/http/profile"
)

// defaultOverlap is read once more unless the profile says.
const defaultOverlap = 10 * time.Minute

// since is where a stream's increment starts, as the request wants it: the
// newest change seen less the overlap, never after now.
func since(inc *profile.Increment, newest int64, now time.Time, zone *time.Location) any {
	at := time.Unix(newest, 0)
	if at.After(now) {
		at = now // a server whose clock is ahead hides nothing
	}
	at = at.Add(-inc.Overlap.Std(defaultOverlap))
	if z, err := time.LoadLocation(inc.Timezone); err == nil && inc.Timezone != "" {
		zone = z
	}
	switch inc.Format {
	case "", "rfc3339":
		return at.UTC().Format(time.RFC3339)
	case "epoch":
		return int(at.Unix())
	case "epoch_ms":
		return int(at.UnixMilli())
	}
	return at.In(zone).Format(goLayout(inc.Format))
}

func goLayout(l string) string {
	return strings.NewReplacer("yyyy", "2006", "yy", "06", "MM", "01", "dd", "02", "HH", "15", "mm", "04", "ss", "05").Replace(l)
}

// instantOf reads when something was changed, in any of the forms that $since
// may have; ok is false where nothing stands there or it cannot be read.
func instantOf(v any, format string, zone *time.Location) (at int64, ok bool) {
	text, err := expr.Text(v)
	if err != nil || text == "" {
		return 0, false
	}
	if format == "epoch" || format == "epoch_ms" {
		n, err := number(v)
		if format == "epoch_ms" {
			n /= 1000
		}
		return n, err == nil && n > 0
	}
	if at, ok := rfc3339(text); ok {
		return at, at > 0
	}
	layout := format
	if layout == "rfc3339" {
		layout = ""
	}
	for _, l := range []string{layout, ""} {
		if day, err := (value.Dates{Layout: l}).Text(text); err == nil {
			first, _, err := day.Instants(zone)
			return first.Unix(), err == nil && first.Unix() > 0
		}
	}
	return 0, false
}
