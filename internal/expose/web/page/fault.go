package page

// Fault is the page of what went wrong: what it was, and what to do instead.
type Fault struct {
	Frame
	Heading, Said string
	Suggestions   []Suggestion
	Search        bool
}

func (Fault) name() string { return "fault" }

// Suggestion is what may have been meant.
type Suggestion struct{ Title, Href string }

// NewFault makes the page of a fault by its kind: bad-day, bad-unit,
// bad-measure, too-long, not-found, forbidden, log-in-first, stopped or fault.
func NewFault(f Frame, kind string, suggestions []Suggestion) Fault {
	f.Title = f.say(kind)
	return Fault{
		Frame: f, Heading: f.Title, Said: f.say(kind + "-said"), Suggestions: suggestions,
		Search: f.Open && (kind == "not-found" || kind == "bad-measure"),
	}
}
