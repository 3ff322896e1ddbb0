// Package replay tries a profile on recorded exchanges: what is asked, what is
// answered, and the records that should come of it. A case is a folder beside
// the profile, and a new case needs no Go:
//
//	testcases/<case>/case.yaml    settings, and the exchanges of each collection
//	testcases/<case>/*.json …     answers that are too long to stand in it
//	testcases/<case>/want.json    what should come: records, warnings, header
//
// case.yaml:
//
//	about: a ticket that was changed comes again
//	settings: {url: "{{server}}", token: hemlig}     # {{server}} is where the answers come from
//	now: 2026-11-21T12:00:00Z                         # the daemon's clock
//	collections:                                      # each goes on from the cursor of the one before
//	  - exchanges:
//	      - request: {path: /REST/2.0/tickets, query: {page: "1", …}, headers: {Authorization: token hemlig}}
//	        answer: {file: page1.json}
//	  - now: 2026-11-21T13:00:00Z
//	    exchanges: […]
//
// A request must have exactly the query, the body and, of those named, the
// headers that are written. Exchanges are matched in any order unless ordered
// is true, and each must be asked for, once or as often as times says.
package replay

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/goccy/go-yaml"
)

// Case is one case.yaml.
type Case struct {
	About       string         `json:"about"`
	Settings    map[string]any `json:"settings"`
	Now         string         `json:"now"`
	Ordered     bool           `json:"ordered"`
	Collections []Collection   `json:"collections"`

	dir string
}

// Collection is one collection of a case.
type Collection struct {
	About     string     `json:"about"`
	Now       string     `json:"now"`  // default the case's
	Full      bool       `json:"full"` // a full pass is asked for
	Exchanges []Exchange `json:"exchanges"`
}

// Exchange is a request and its answer.
type Exchange struct {
	Request Request `json:"request"`
	Answer  Answer  `json:"answer"`
	Times   int     `json:"times"` // default 1
}

// Request is what must be asked.
type Request struct {
	Method  string            `json:"method"` // default GET
	Path    string            `json:"path"`
	Query   map[string]any    `json:"query"` // a text, or a list of texts
	Headers map[string]string `json:"headers"`
	JSON    any               `json:"json"`
	Form    map[string]string `json:"form"`
}

// Answer is what is answered: one of File, JSON and Text, or nothing.
type Answer struct {
	Status  int               `json:"status"` // default 200
	Headers map[string]string `json:"headers"`
	File    string            `json:"file"` // beside case.yaml
	JSON    any               `json:"json"`
	Text    string            `json:"text"`
}

// ErrCase is wrapped by every error that whoever wrote a case can mend.
var ErrCase = errors.New("testfallet går inte att använda")

// Load reads a case strictly.
func Load(dir string) (*Case, error) {
	path := filepath.Join(dir, "case.yaml")
	b, err := os.ReadFile(path)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrCase, err)
	}
	c := &Case{dir: dir}
	if err := yaml.UnmarshalWithOptions(b, c, yaml.Strict()); err != nil {
		return nil, fmt.Errorf("%w: %s: %s", ErrCase, path, strings.TrimSpace(yaml.FormatError(err, false, true)))
	}
	if len(c.Collections) == 0 {
		return nil, fmt.Errorf("%w: %s: collections saknas", ErrCase, path)
	}
	for i := range c.Collections {
		if c.Collections[i].Now == "" {
			c.Collections[i].Now = c.Now
		}
		if _, err := time.Parse(time.RFC3339, c.Collections[i].Now); err != nil {
			return nil, fmt.Errorf("%w: %s: now: ska vara en tid som 2026-11-21T12:00:00Z", ErrCase, path)
		}
		for j, x := range c.Collections[i].Exchanges {
			if !strings.HasPrefix(x.Request.Path, "/") {
				return nil, fmt.Errorf("%w: %s: collections[%d].exchanges[%d].request.path: ska börja med /", ErrCase, path, i, j)
			}
		}
	}
	return c, nil
}

// Cases lists the folders of a profile's cases, in order; there may be none.
func Cases(profileDir string) ([]string, error) {
	found, err := filepath.Glob(filepath.Join(profileDir, "testcases", "*", "case.yaml"))
	if err != nil {
		return nil, err
	}
	for i := range found {
		found[i] = filepath.Dir(found[i])
	}
	return found, nil
}
