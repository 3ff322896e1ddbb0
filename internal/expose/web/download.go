package web

import (
	"errors"
	"io"
	"net/http"

	"github.com/kommunpuls/kommunpuls/internal/expose/web/page"
)

// mostInFile is how many rows a file of the rows behind a figure holds at most.
const mostInFile = 100_000

// errRows names the page that says that a file would be too large.
var errRows = errors.New("too-many-rows")

// download serves every row behind a figure as a file, for the same choices as
// the page of the rows.
func (s *server) download(ending, kind string, write func(page.Sheet, io.Writer) error) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		a, err := s.ask(w, r)
		var sheet page.Sheet
		if err == nil {
			sheet, err = s.sheet(a)
		}
		if err != nil {
			s.fault(w, a, err)
			return
		}
		h := w.Header()
		h.Set("Content-Type", kind)
		h.Set("Content-Disposition", `attachment; filename="`+a.PathValue("id")+"_"+a.frame.AsOf.Format("2006-01-02")+ending+`"`)
		if err := write(sheet, w); err != nil {
			s.Log.Debug("the client went away", "err", err)
		}
	}
}

func (s *server) sheet(a *asked) (page.Sheet, error) {
	d, err := s.evidenceOf(a, page.EvidenceData{All: true, Page: 1, Size: mostInFile})
	switch {
	case err != nil:
		return page.Sheet{}, err
	case d.Finding.Withheld != nil:
		return page.Sheet{}, ErrForbidden
	case d.Finding.EvidenceTotal > mostInFile:
		return page.Sheet{}, errRows
	}
	return page.NewEvidence(a.frame, d).Sheet(d), nil
}
