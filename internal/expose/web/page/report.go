package page

import (
	"net/url"
	"slices"
	"time"
)

// Reports is the page of the reports that are kept.
type Reports struct {
	Frame
	Kept []KeptReport
}

func (Reports) name() string { return "reports" }

// KeptReport is a report that is kept.
type KeptReport struct {
	Name, Kind, Title string
	Made              time.Time
	Formats           []string
}

// NewReports makes the page of the reports that are kept, the newest first.
func NewReports(f Frame, kept []KeptReport) Reports {
	f.Here, f.Title = "reports", f.say("title-reports")
	return Reports{Frame: f, Kept: kept}
}

// Moment writes an instant in local time.
func (r Reports) Moment(t time.Time) string { return r.moment(t) }

// Sort says what kind of report it is; one that a newer program made keeps its own word.
func (r Reports) Sort(kind string) string {
	s, err := r.T("report-" + kind)
	if err != nil {
		return kind
	}
	return s
}

// Page is the address of a report to read, "" if it is not kept as a page.
func (k KeptReport) Page() string { return k.file("html") }

// PDF is the address of a report to save, "" if it is not kept as one.
func (k KeptReport) PDF() string { return k.file("pdf") }

func (k KeptReport) file(format string) string {
	if !slices.Contains(k.Formats, format) {
		return ""
	}
	return "/rapporter/" + url.PathEscape(k.Name+"."+format)
}
