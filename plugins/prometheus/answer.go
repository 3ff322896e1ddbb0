package prometheus

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"
	"strconv"

	"github.com/kommunpuls/kommunpuls/plugins/sdk"
)

// series is one series of an answer.
type series struct {
	labels map[string]string
	points []point
}

// point is one value; t is milliseconds since 1970.
type point struct {
	t int64
	v float64
}

// limited tells a body that is cut from one that ends.
type limited struct {
	r    io.Reader
	left int64
}

var errTooLarge = fmt.Errorf("svaret är större än %d MB; fråga efter färre serier eller med längre steg: %w", maxBody>>20, sdk.ErrBadInput)

func (l *limited) Read(p []byte) (int, error) {
	if l.left <= 0 {
		return 0, errTooLarge
	}
	if int64(len(p)) > l.left {
		p = p[:l.left]
	}
	n, err := l.r.Read(p)
	l.left -= int64(n)
	return n, err
}

// readAnswer reads an answer of the HTTP API and gives its series one by one;
// no more than one is held. What the server warns of is returned.
func readAnswer(body io.Reader, each func(series) error) (warnings []string, err error) {
	a := answer{dec: json.NewDecoder(&limited{r: body, left: maxBody}), each: each}
	if err := a.object(a.top); err != nil {
		return nil, a.explained(err)
	}
	if a.status != "success" || !a.data {
		return nil, fmt.Errorf("servern svarade inte som Prometheus gör: %w", sdk.ErrBadInput)
	}
	return a.warnings, nil
}

// answer is an answer while it is read.
type answer struct {
	dec      *json.Decoder
	each     func(series) error
	status   string
	kind     string
	data     bool
	warnings []string
	own      error // of each, or a fault that has its own words
}

func (a *answer) explained(err error) error {
	switch {
	case a.own != nil:
		return a.own
	case errors.Is(err, errTooLarge):
		return errTooLarge
	case errors.Is(err, io.ErrUnexpectedEOF), errors.Is(err, io.EOF):
		return fmt.Errorf("svaret tog slut för tidigt: %w", sdk.ErrUnreachable)
	}
	var syntax *json.SyntaxError
	var typ *json.UnmarshalTypeError
	if errors.As(err, &syntax) || errors.As(err, &typ) || errors.Is(err, errShape) {
		return fmt.Errorf("servern svarade inte som Prometheus gör: %w", sdk.ErrBadInput)
	}
	return err
}

// errShape is JSON of another shape than the API's.
var errShape = errors.New("another shape")

// object reads an object, each member by read.
func (a *answer) object(read func(key string) error) error {
	if err := a.delim('{'); err != nil {
		return err
	}
	for a.dec.More() {
		t, err := a.dec.Token()
		if err != nil {
			return err
		}
		key, ok := t.(string)
		if !ok {
			return errShape
		}
		if err := read(key); err != nil {
			return err
		}
	}
	return a.delim('}')
}

func (a *answer) delim(want json.Delim) error {
	t, err := a.dec.Token()
	if err != nil {
		return err
	}
	if t != want {
		return errShape
	}
	return nil
}

func (a *answer) top(key string) error {
	switch key {
	case "status":
		return a.dec.Decode(&a.status)
	case "warnings":
		return a.dec.Decode(&a.warnings)
	case "data":
		a.data = true
		return a.object(a.member)
	}
	return a.skip()
}

func (a *answer) skip() error {
	var v json.RawMessage
	return a.dec.Decode(&v)
}

func (a *answer) member(key string) error {
	switch key {
	case "resultType":
		return a.dec.Decode(&a.kind)
	case "result":
		return a.result()
	}
	return a.skip()
}

// result reads the series. Prometheus says the type before them.
func (a *answer) result() error {
	if a.kind == "scalar" {
		var v [2]json.RawMessage
		if err := a.dec.Decode(&v); err != nil {
			return err
		}
		p, err := parsePoint(v)
		if err != nil {
			return err
		}
		return a.give(series{points: []point{p}})
	}
	if a.kind != "vector" && a.kind != "matrix" {
		a.own = fmt.Errorf("frågan ger en text och inga mätvärden: %w", sdk.ErrBadInput)
		return a.own
	}
	if err := a.delim('['); err != nil {
		return err
	}
	for a.dec.More() {
		var raw struct {
			Metric     map[string]string    `json:"metric"`
			Value      *[2]json.RawMessage  `json:"value"`
			Values     [][2]json.RawMessage `json:"values"`
			Histogram  json.RawMessage      `json:"histogram"`
			Histograms json.RawMessage      `json:"histograms"`
		}
		if err := a.dec.Decode(&raw); err != nil {
			return err
		}
		if raw.Histogram != nil || raw.Histograms != nil {
			a.own = fmt.Errorf("frågan ger histogram; ta ut ett tal ur dem, till exempel med histogram_quantile: %w", sdk.ErrBadInput)
			return a.own
		}
		if raw.Value != nil {
			raw.Values = [][2]json.RawMessage{*raw.Value}
		}
		s := series{labels: raw.Metric, points: make([]point, 0, len(raw.Values))}
		for _, v := range raw.Values {
			p, err := parsePoint(v)
			if err != nil {
				return err
			}
			s.points = append(s.points, p)
		}
		if err := a.give(s); err != nil {
			return err
		}
	}
	return a.delim(']')
}

func (a *answer) give(s series) error {
	a.own = a.each(s)
	return a.own
}

// parsePoint reads [1435781451.781, "1"].
func parsePoint(raw [2]json.RawMessage) (point, error) {
	t, err := strconv.ParseFloat(string(raw[0]), 64)
	if err != nil || math.Abs(t) > 1e11 {
		return point{}, errShape
	}
	var s string
	if err := json.Unmarshal(raw[1], &s); err != nil {
		return point{}, errShape
	}
	v, err := strconv.ParseFloat(s, 64)
	if err != nil {
		return point{}, errShape
	}
	return point{t: int64(math.Round(t * 1000)), v: v}, nil
}
