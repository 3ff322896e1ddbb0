package finding

// Peers is a figure beside those of other municipalities that count it in the
// same way, or why there is no such comparison. Where Per is "inhabitants" all
// amounts are per 1,000 inhabitants: plain counts and money say nothing between
// municipalities of different size. Else they are in the finding's own unit.
type Peers struct {
	Group      string        `json:"group"`
	Count      int           `json:"count"` // municipalities compared with
	Per        string        `json:"per,omitempty" jsonschema:"enum=inhabitants"`
	Own        *float64      `json:"own" jsonschema:"nullable"`
	Median     *float64      `json:"median" jsonschema:"nullable"`
	Difference *float64      `json:"difference" jsonschema:"nullable"`        // own less the median
	From       string        `json:"from,omitempty" jsonschema:"format=date"` // day of the oldest of the others' figures
	To         string        `json:"to,omitempty" jsonschema:"format=date"`   // and of the newest
	Values     []Peer        `json:"values,omitempty"`                        // each one's, where the group has agreed to show them
	Earlier    *PeersEarlier `json:"earlier,omitempty"`                       // the distance to the same municipalities a year before
	Otherwise  int           `json:"otherwise,omitempty"`                     // municipalities that count it in another way and are not compared with
	Few        int           `json:"few,omitempty"`                           // municipalities whose figure stands on too few rows
	Sentence   Text          `json:"sentence,omitzero"`                       // what there is to say, in full sentences
	Reason     *Text         `json:"reason,omitempty"`                        // why there is no comparison
}

// Peer is one other municipality's figure.
type Peer struct {
	Code        string   `json:"code"` // SCB's four digits
	Name        string   `json:"name"`
	Value       *float64 `json:"value" jsonschema:"nullable"` // as compared: see [Peers]
	Numerator   *float64 `json:"numerator,omitempty"`
	Denominator *float64 `json:"denominator,omitempty"`
	AsOf        string   `json:"as_of" jsonschema:"format=date"`
}

// PeersEarlier is the comparison with the same municipalities at an earlier day.
type PeersEarlier struct {
	AsOf       string   `json:"as_of" jsonschema:"format=date"`
	Count      int      `json:"count"`
	Median     *float64 `json:"median" jsonschema:"nullable"`
	Difference *float64 `json:"difference" jsonschema:"nullable"`
}

// Say tells what a comparison says, in words.
func (p Peers) Say() Text {
	if p.Reason != nil {
		return *p.Reason
	}
	return p.Sentence
}
