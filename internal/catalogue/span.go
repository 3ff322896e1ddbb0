package catalogue

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/kommunpuls/kommunpuls/internal/catalogue/expr"
)

// Span is a length of time as definitions write it: "12m" and "2y" are months
// of the calendar, "4w", "30d", "24h", "2min" and "90s" are fixed.
type Span struct {
	Months  int
	Seconds int64
}

// ParseSpan reads a length of time.
func ParseSpan(s string) (Span, error) {
	digits := len(s) - len(strings.TrimLeft(s, "0123456789"))
	n, err := strconv.ParseInt(s[:digits], 10, 32)
	units := map[string]Span{"y": {Months: 12}, "m": {Months: 1}, "w": {Seconds: 7 * 86400}, "d": {Seconds: 86400}, "h": {Seconds: 3600}, "min": {Seconds: 60}, "s": {Seconds: 1}}
	unit, ok := units[s[digits:]]
	if err != nil || !ok || n == 0 {
		return Span{}, fmt.Errorf("want a length of time such as 12m, 30d, 24h or 2min, got %q", s)
	}
	return Span{Months: unit.Months * int(n), Seconds: unit.Seconds * n}, nil
}

// Before goes back from an instant; months are those of the calendar in loc.
func (s Span) Before(t time.Time, loc *time.Location) time.Time {
	if s.Months > 0 {
		return expr.MonthsBefore(t, s.Months, loc)
	}
	return t.Add(-time.Duration(s.Seconds) * time.Second)
}
