package sql

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/kommunpuls/kommunpuls/internal/column"
	"github.com/kommunpuls/kommunpuls/internal/sheet/value"
	"github.com/kommunpuls/kommunpuls/plugins/sdk"
)

// The types of a mark, as the settings name them.
const (
	markTime   = "time"
	markUnix   = "unix"
	markNumber = "number"
	markText   = "text"
)

func markTypes() []string { return []string{"", markTime, markUnix, markNumber, markText} }

// mark is how far a reading has come: a value of the increment's column.
type mark struct {
	Type string `json:"type"`
	// Wall: a time without a zone, as if it stood in UTC.
	Wall bool   `json:"wall,omitempty"`
	N    int64  `json:"n,omitempty"` // microseconds of a time, seconds of unix, a number
	Text string `json:"text,omitempty"`
}

// startMark is the mark before everything.
func startMark(kind, start string, zone *time.Location) (mark, bool) {
	if kind == "" {
		kind = markTime
	}
	m := mark{Type: kind}
	switch kind {
	case markText:
		m.Text = start
		return m, true
	case markNumber, markUnix:
		if start == "" {
			return m, true
		}
		if kind == markUnix {
			if t, ok := startTime(start, zone); ok {
				m.N = t.Unix()
				return m, true
			}
		}
		n, err := strconv.ParseInt(start, 10, 64)
		m.N = n
		return m, err == nil
	case markTime:
		m.Wall = true
		if start == "" {
			return m, true
		}
		t, ok := startTime(start, time.UTC)
		m.N = t.UnixMicro()
		return m, ok
	}
	return m, false
}

// startTime reads a day or a time; a bare day begins at midnight.
func startTime(s string, zone *time.Location) (time.Time, bool) {
	d, err := value.Dates{Order: "ymd"}.Text(s)
	if err != nil || zone == nil {
		return time.Time{}, false
	}
	d.HasTime = true // a bare day begins at midnight
	t, _, err := d.Instants(zone)
	return t, err == nil
}

// of makes the mark of a row's value; ok is false for one that is no such value.
func (m mark) of(c column.Cell) (_ mark, ok bool) {
	n := mark{Type: m.Type}
	switch m.Type {
	case markTime:
		if c.Int > latest || c.Int < -latest {
			return m, false
		}
		switch c.Type {
		case column.Instant:
			n.N = c.Int * 1e6
		case column.Wall, column.Day:
			n.N, n.Wall = c.Int*1e6, true
		case column.Text: // SQLite's times are texts
			t, err := time.Parse("2006-01-02T15:04:05", strings.Replace(firstRunes(c.Text, 19), " ", "T", 1))
			if err != nil {
				return m, false
			}
			n.N, n.Wall = t.UnixMicro(), true
		default:
			return m, false
		}
	case markText:
		n.Text = c.Text
		return n, c.Type == column.Text
	default:
		switch c.Type {
		case column.Int:
			n.N = c.Int
		case column.Number:
			n.N = int64(c.Num)
		default:
			return m, false
		}
	}
	return n, true
}

// latest is a time that no row has: the year 5138.
const latest = 100_000_000_000

func firstRunes(s string, n int) string {
	if len(s) > n {
		return s[:n]
	}
	return s
}

// after tells whether m lies after o.
func (m mark) after(o mark) bool {
	if m.Type == markText {
		return m.Text > o.Text
	}
	return m.N > o.N
}

// when is the instant of a mark in time; zero for others.
func (m mark) when(zone *time.Location) time.Time {
	switch {
	case m.Type == markUnix:
		return time.Unix(m.N, 0).UTC()
	case m.Type == markTime && m.Wall:
		w := time.UnixMicro(m.N).UTC()
		return time.Date(w.Year(), w.Month(), w.Day(), w.Hour(), w.Minute(), w.Second(), 0, zone).UTC()
	case m.Type == markTime:
		return time.UnixMicro(m.N).UTC()
	}
	return time.Time{}
}

// bounded keeps a row with a time in the future from hiding what comes after.
func (m mark) bounded(now time.Time, zone *time.Location) mark {
	if when := m.when(zone); when.IsZero() || !when.After(now) {
		return m
	}
	switch {
	case m.Type == markUnix:
		m.N = now.Unix()
	case m.Wall:
		_, offset := now.In(zone).Zone()
		m.N = now.UnixMicro() + int64(offset)*1e6
	default:
		m.N = now.UnixMicro()
	}
	return m
}

// back moves a mark in time by the overlap.
func (m mark) back(d time.Duration) mark {
	switch m.Type {
	case markTime:
		m.N -= d.Microseconds()
	case markUnix:
		m.N -= int64(d / time.Second)
	}
	return m
}

// cursor is where the next collection goes on.
type cursor struct {
	Settings string `json:"settings"` // fingerprint
	Mark     *mark  `json:"mark,omitempty"`
	// Full is when everything was read last.
	Full time.Time `json:"full"`
	// Content is when the newest row changed, if known.
	Content time.Time `json:"content"`
}

// parseCursor returns an empty cursor for one that is not of these settings.
func parseCursor(b []byte, fingerprint string) cursor {
	var c cursor
	if err := json.Unmarshal(b, &c); err != nil || c.Settings != fingerprint {
		return cursor{Settings: fingerprint}
	}
	return c
}

// fingerprint tells other settings from these; the password is no part of it.
func (p *plan) fingerprint(s sdk.Settings) (string, error) {
	set := p.Settings
	set.Password = ""
	b, err := json.Marshal(set)
	if err != nil {
		return "", fmt.Errorf("sql: settings: %w", err)
	}
	sum := sha256.Sum256(append(b, s.KeyID...))
	return hex.EncodeToString(sum[:12]), nil
}
