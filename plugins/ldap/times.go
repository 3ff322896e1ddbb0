package ldap

import (
	"errors"
	"fmt"
	"math"
	"strconv"
	"time"

	ber "github.com/go-asn1-ber/asn1-ber"
)

// epochGap is the seconds between 1601, where FILETIME begins, and 1970.
const epochGap = 11644473600

// errNoTime: the value says "never" or "not yet".
var errNoTime = errors.New("no time")

// filetime reads a FILETIME, 100 ns since 1601, as seconds since 1970. 0 and
// the largest value are errNoTime: both mean never.
func filetime(s string) (int64, error) {
	v, err := strconv.ParseInt(s, 10, 64)
	if err != nil {
		return 0, fmt.Errorf("FILETIME: %w", errors.Unwrap(err))
	}
	if v == 0 || v == math.MaxInt64 {
		return 0, errNoTime
	}
	if v < 0 {
		return 0, errors.New("FILETIME: negative")
	}
	return v/1e7 - epochGap, nil
}

// generalized reads a generalizedTime such as 20261121101112.0Z.
func generalized(s string) (int64, error) {
	if len(s) < 14 {
		return 0, errors.New("generalizedTime: too short")
	}
	t, err := ber.ParseGeneralizedTime([]byte(s))
	if err != nil {
		return 0, errors.New("generalizedTime: not understood")
	}
	if t.Year() < 1601 {
		return 0, errNoTime
	}
	return t.Unix(), nil
}

// clock coarsens times in the municipality's time zone.
type clock struct{ loc *time.Location }

// day is the first second of the day.
func (c clock) day(unix int64) int64 {
	t := time.Unix(unix, 0).In(c.loc)
	return time.Date(t.Year(), t.Month(), t.Day(), 0, 0, 0, 0, c.loc).Unix()
}

// month is the first second of the month.
func (c clock) month(unix int64) int64 {
	t := time.Unix(unix, 0).In(c.loc)
	return time.Date(t.Year(), t.Month(), 1, 0, 0, 0, 0, c.loc).Unix()
}
