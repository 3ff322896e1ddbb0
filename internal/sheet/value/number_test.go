package value

import (
	"errors"
	"testing"
)

func TestNumbersAsPeopleWriteThem(t *testing.T) {
	for _, c := range []struct {
		in, decimal string
		want        float64
		bad         bool
	}{
		{"212", "", 212, false}, {"1 234,50", "", 1234.5, false}, {"1\u00a0234\u00a0567", "", 1234567, false},
		{"1.234,50", "", 1234.5, false}, {"1,234.50", "", 1234.5, false}, {"1.234.567", "", 1234567, false},
		{"1.234", "", 0, true}, {"1,234", "", 0, true}, {"1,234", ",", 1.234, false}, {"1,234", ".", 1234, false},
		{"0,125", "", 0.125, false}, {"0,5", "", 0.5, false}, {"50 %", "", 0.5, false}, {"−3", "", -3, false},
		{"12 tkr", "", 12000, false}, {"2,5 mkr", "", 2.5e6, false}, {"100:-", "", 100, false},
		{"1,2,3", "", 0, true}, {"", "", 0, true}, {"många", "", 0, true}, {"0x10", "", 0, true}, {"inf", "", 0, true}, {"1_000", "", 0, true},
	} {
		got, err := Number(c.in, c.decimal)
		if c.bad != (err != nil) || (err != nil && !errors.Is(err, ErrNumber)) {
			t.Errorf("%q: got %v, %v", c.in, got, err)
			continue
		}
		if got != c.want {
			t.Errorf("%q: got %v, want %v", c.in, got, c.want)
		}
	}
	if _, err := Int("12,5", ""); !errors.Is(err, ErrNumber) {
		t.Errorf("12,5 is no whole number: %v", err)
	}
	if n, err := Int("12,0", ""); err != nil || n != 12 {
		t.Errorf("12,0: got %d, %v", n, err)
	}
}

func TestYesAndNo(t *testing.T) {
	for in, want := range map[string]bool{"x": true, "X ": true, "Ja": true, "1": true, "sant": true, "nej": false, "0": false, "Falskt": false} {
		if got, err := Bool(in); err != nil || got != want {
			t.Errorf("%q: got %v, %v", in, got, err)
		}
	}
	if _, err := Bool("delvis"); !errors.Is(err, ErrBool) {
		t.Errorf("delvis: %v", err)
	}
}

func TestWordsForNothing(t *testing.T) {
	n := NewNulls([]string{"Utredning"})
	for _, s := range []string{"", "Vakant", "VAKANT!", "ej utsedd", "Okänd", "saknas", "TBD", "n/a", "xxx", "?", "-", "–", "(vakant)", "tom", "utredning", "\u00a0-\u00a0"} {
		if !n.Is(s) {
			t.Errorf("%q should mean nothing", s)
		}
	}
	for _, s := range []string{"0", "Nej", "Anna", "Saknas i listan"} {
		if n.Is(s) {
			t.Errorf("%q should mean something", s)
		}
	}
}
