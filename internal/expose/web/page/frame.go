package page

import (
	"fmt"
	"net/url"
	"time"

	"github.com/kommunpuls/kommunpuls/internal/finding"
	"github.com/kommunpuls/kommunpuls/internal/wording"
)

// Frame is what stands around every page's own content.
type Frame struct {
	wording.Words
	Municipality, Version string
	Demo                  bool
	Title                 string // of the page, without the municipality
	Here                  string // the place in the navigation: overview, kpis, units, sources, disruptions
	Style                 string // address of the style sheet
	Path                  string // of this page, with its own query but what Choices has
	Choices               Choices
	AsOf                  time.Time // what the figures show, in local time; zero where the page has none
	// Earlier, if not empty, says what is not known of a day before the first reading.
	Earlier string
	Units   []Unit // to choose from; none where there is nothing to choose
	Login   Login
	// Open is false for somebody who may see no figures: then there is no navigation.
	Open   bool
	Audits bool   // may see what may be secret as a whole
	Wanted string // what was searched for
}

// Login is what the frame says of who looks.
type Login struct {
	Name     string // "" is not told
	LoggedIn bool
	Possible bool // there is a page to log in at
}

// Unit is a förvaltning.
type Unit struct{ ID, Name string }

// Choices are what the reader has chosen and every link keeps.
type Choices struct {
	Date string // "2025-12-31", "" is now
	Unit string // id of a förvaltning, "" is all
	Lang string // kept in links until a cookie remembers it
}

// T returns a text of the page in its language. What it says of figures comes
// from the catalogue; see texts.
func (f Frame) T(key string, args ...any) (string, error) {
	t, ok := texts()[key]
	if !ok {
		return "", fmt.Errorf("no text %q", key)
	}
	s := f.Text(t)
	if len(args) > 0 {
		s = fmt.Sprintf(s, args...)
	}
	return s, nil
}

// say is T for keys that stand in the code.
func (f Frame) say(key string, args ...any) string {
	s, err := f.T(key, args...)
	if err != nil {
		return key // a key in the code that is wrong, which a test finds
	}
	return s
}

// To is the address of a page, keeping what the reader has chosen.
func (f Frame) To(path string) string { return f.Choices.to(path) }

// Measure is the address of a figure's page.
func (f Frame) Measure(id string) string { return f.To("/matt/" + url.PathEscape(id)) }

// Rows is the address of the rows behind a figure.
func (f Frame) Rows(id string) string { return f.To("/matt/" + url.PathEscape(id) + "/underlag") }

// UnitPage is the address of a förvaltning's work list.
func (f Frame) UnitPage(id string) string {
	c := f.Choices
	c.Unit = ""
	return c.to("/forvaltning/" + url.PathEscape(id))
}

// Other is this page in the other language.
func (f Frame) Other() string {
	c := f.Choices
	c.Lang = wording.English
	if f.Lang() == wording.English {
		c.Lang = wording.Swedish
	}
	return c.to(f.Path)
}

// UnitName is the name of the chosen förvaltning.
func (f Frame) UnitName() string {
	for _, u := range f.Units {
		if u.ID == f.Choices.Unit {
			return u.Name
		}
	}
	return f.Choices.Unit
}

func (c Choices) to(path string) string {
	u, err := url.Parse(path)
	if err != nil {
		return "/"
	}
	q := u.Query()
	for key, v := range map[string]string{"datum": c.Date, "forvaltning": c.Unit, "sprak": c.Lang} {
		if v != "" {
			q.Set(key, v)
		}
	}
	u.RawQuery = q.Encode()
	return u.String()
}

// SwedishOnly marks text of the municipality's own, which has no translation,
// on a page in another language; "" needs no mark.
func (f Frame) SwedishOnly() string {
	if f.Lang() == wording.Swedish {
		return ""
	}
	return wording.Swedish
}

// own is a text that may have no translation.
func own(t *finding.Text) finding.Text {
	if t == nil {
		return finding.Text{}
	}
	return *t
}
