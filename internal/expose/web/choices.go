package web

import (
	"errors"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/kommunpuls/kommunpuls/internal/calendar"
	"github.com/kommunpuls/kommunpuls/internal/expose/web/page"
	"github.com/kommunpuls/kommunpuls/internal/store"
	"github.com/kommunpuls/kommunpuls/internal/wording"
)

// What is wrong with what a page was asked for.
var (
	errDay  = errors.New("bad-day")
	errUnit = errors.New("bad-unit")
	errLong = errors.New("too-long")

	errMeasure = errors.New("bad-measure")
	errPage    = errors.New("bad-page")
)

// longest is how long a query may be, and longestWord one value of it.
const (
	longest     = 2_000
	longestWord = 200
)

// langCookie remembers the language.
const langCookie = "sprak"

// choices reads what the reader has chosen: a day, a förvaltning and a language.
// It also returns the point in time; the zero point is the last evaluation.
func choices(r *http.Request, now time.Time) (page.Choices, store.Point, error) {
	var c page.Choices
	var at store.Point
	if len(r.URL.RawQuery) > longest {
		return c, at, errLong
	}
	q := r.URL.Query()
	c.Lang = given(q)
	if c.Lang != "" && c.Lang == remembered(r) {
		c.Lang = ""
	}
	for _, values := range q {
		for _, v := range values {
			if len(v) > longestWord {
				return c, at, errLong
			}
		}
	}
	c.Unit = q.Get("forvaltning")
	if day := q.Get("datum"); day != "" {
		t, err := time.ParseInLocation(time.DateOnly, day, calendar.Location())
		if err != nil || t.After(now) || t.Year() < 1970 {
			return c, at, errDay
		}
		if y, m, d := now.In(calendar.Location()).Date(); t.Equal(time.Date(y, m, d, 0, 0, 0, 0, calendar.Location())) {
			return c, at, nil // the present has more than the end of a day
		}
		c.Date, at.AsOf = day, t.AddDate(0, 0, 1).Add(-time.Second)
	}
	return c, at, nil
}

// given is the language that the address asks for, "" if it does not.
func given(q url.Values) string {
	if l := strings.ToLower(q.Get("sprak")); l == wording.English || l == wording.Swedish {
		return l
	}
	return ""
}

// remembered is the language of the cookie, Swedish if there is none.
func remembered(r *http.Request) string {
	if c, err := r.Cookie(langCookie); err == nil && c.Value == wording.English {
		return wording.English
	}
	return wording.Swedish
}

// language is what a page is written in; what the address asks for is remembered.
func (s *server) language(w http.ResponseWriter, r *http.Request) string {
	l := given(r.URL.Query())
	if l == "" {
		return remembered(r)
	}
	if l != remembered(r) {
		http.SetCookie(w, &http.Cookie{
			Name: langCookie, Value: l, Path: "/", MaxAge: 365 * 24 * 3600,
			HttpOnly: true, Secure: s.Access.Secure(), SameSite: http.SameSiteLaxMode,
		})
	}
	return l
}
