package prometheus

import (
	"errors"
	"io"
	"math"
	"strings"
	"testing"

	"github.com/kommunpuls/kommunpuls/plugins/sdk"
)

func TestAnswersThatAreNotPrometheus(t *testing.T) {
	for _, c := range []struct {
		name, body, want string
		is               error
	}{
		{"a login page with 200", "<html>", "svarade inte som Prometheus", sdk.ErrBadInput},
		{"nothing", "", "för tidigt", sdk.ErrUnreachable},
		{"cut", `{"status":"success","data":{"resultType":"matrix","result":[{"metric":{},"values":[[1,"1"],[2`, "för tidigt", sdk.ErrUnreachable},
		{"another shape", `{"status":"success","data":{"resultType":"vector","result":{}}}`, "svarade inte som", sdk.ErrBadInput},
		{"a list", `[]`, "svarade inte som", sdk.ErrBadInput},
		{"no data", `{"status":"success"}`, "svarade inte som", sdk.ErrBadInput},
		{"an error with 200", `{"status":"error","error":"Anna Andersson","data":{}}`, "svarade inte som", sdk.ErrBadInput},
		{"another value", `{"status":"success","data":{"resultType":"vector","result":[{"metric":{},"value":[1,"ett"]}]}}`, "svarade inte som", sdk.ErrBadInput},
		{"a time without end", `{"status":"success","data":{"resultType":"vector","result":[{"metric":{},"value":[1e300,"1"]}]}}`, "svarade inte som", sdk.ErrBadInput},
		{"a histogram", `{"status":"success","data":{"resultType":"vector","result":[{"metric":{},"histogram":[1,{}]}]}}`, "histogram_quantile", sdk.ErrBadInput},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, err := readAnswer(strings.NewReader(c.body), func(series) error { return nil })
			if !errors.Is(err, c.is) || !strings.Contains(err.Error(), c.want) || strings.Contains(err.Error(), "Andersson") {
				t.Errorf("got %v", err)
			}
		})
	}
}

// endless is an answer that never ends.
type endless struct{ begun bool }

func (e *endless) Read(p []byte) (int, error) {
	if !e.begun {
		e.begun = true
		return copy(p, `{"status":"success","data":{"resultType":"matrix","result":[{"metric":{"a":"`), nil
	}
	for i := range p {
		p[i] = 'a'
	}
	return len(p), nil
}

func TestAnAnswerThatNeverEndsIsCut(t *testing.T) {
	if _, err := readAnswer(&endless{}, func(series) error { return nil }); !errors.Is(err, errTooLarge) {
		t.Errorf("got %v", err)
	}
}

func TestWarningsAreKeptAndValuesRead(t *testing.T) {
	var got []point
	w, err := readAnswer(strings.NewReader(`{"status":"success","x":{"y":[1]},"data":{"resultType":"matrix","result":[{"metric":{"a":"b"},"values":[[1.5,"NaN"],[2,"-Inf"],[3,"1e3"]]}]},"warnings":["a store is away"]}`),
		func(s series) error { got = append(got, s.points...); return nil })
	if err != nil || len(w) != 1 || len(got) != 3 || !math.IsNaN(got[0].v) || got[0].t != 1500 || !math.IsInf(got[1].v, -1) || got[2].v != 1000 {
		t.Errorf("%v, %v, %v", err, w, got)
	}
}

func TestOfWhatAServerSaysOnlyWhatCannotHoldALabelIsPassedOn(t *testing.T) {
	for said, want := range map[string]string{
		`invalid parameter "query": 1:5: parse error: unexpected end of input`:                                       `: invalid parameter "query": 1:5: parse error: unexpected end of input`,
		`1:9: parse error: unexpected {user="Anna Andersson"}`:                                                       `: 1:9: parse error: unexpected {…}`,
		`found duplicate series for {user="Anna Andersson"} and {user="Bo`:                                           "",
		`execution: found duplicate series for the match group {user="a}Anna Andersson"} on the right: [{x="Bo"}]`:   ": found duplicate series for the match group",
		`found duplicate series for the match group {};many-to-many matching not allowed: matching labels (Bo Berg)`: ": found duplicate series for the match group; many-to-many matching not allowed",
		"the tenant of Anna Andersson is out of order":                                                               "",
		"tenant Anna Andersson: 1:5: parse error: x":                                                                 "",
		"": "",
	} {
		if got := told(said); got != want {
			t.Errorf("%s: got %q, want %q", said, got, want)
		}
	}
	if got := told("parse error: " + strings.Repeat("å", 1000)); len([]rune(got)) > maxWords+4 {
		t.Error(len(got))
	}
}

// FuzzAnswer: whatever a server says, reading it ends with an error of a known
// kind or with points that are numbers of a time.
func FuzzAnswer(f *testing.F) {
	for _, s := range []string{
		`{"status":"success","data":{"resultType":"vector","result":[{"metric":{"a":"b"},"value":[1435781451.781,"1"]}]}}`,
		`{"status":"success","data":{"resultType":"scalar","result":[1,"NaN"]}}`, `{"status":"success","data":{"resultType":"matrix","result":[{"values":[[1,"1"]]}]},"warnings":["x"]}`,
		`{"data":{"result":[],"resultType":"vector"},"status":"success"}`, `{"status":"success","data":{"resultType":"string","result":[1,"a"]}}`, `{`, `null`,
	} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		_, err := readAnswer(strings.NewReader(s), func(s series) error {
			for _, p := range s.points {
				if p.t > 1e15 || p.t < -1e15 {
					t.Errorf("a time of %d", p.t)
				}
			}
			return nil
		})
		if err != nil && !errors.Is(err, sdk.ErrBadInput) && !errors.Is(err, sdk.ErrUnreachable) && !errors.Is(err, io.EOF) {
			t.Errorf("%q: %v", s, err)
		}
	})
}
