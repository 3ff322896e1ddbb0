package value

import (
	"errors"
	"fmt"
	"math"
	"regexp"
	"strconv"
	"strings"
)

// Reasons for refusing a cell, told apart with errors.Is; their codes are
// those of warnings.
var (
	ErrDate       = errors.New("bad_date")
	ErrAmbiguous  = errors.New("ambiguous_date")
	ErrVague      = errors.New("vague_date")
	ErrNoSuchHour = errors.New("no_such_hour")
	ErrNumber     = errors.New("bad_number")
	ErrBool       = errors.New("bad_bool")
)

// Refusal is a cell that cannot be understood. Its text is a Swedish clause
// that quotes no more of the cell than a date or number.
type Refusal struct {
	Reason error
	Text   string
}

// Error is the Swedish clause.
func (r *Refusal) Error() string { return r.Text }

// Unwrap gives the reason.
func (r *Refusal) Unwrap() error { return r.Reason }

// refuse quotes the cell if it is short and has a digit or a known word in it.
func refuse(reason error, cell, format string, args ...any) error {
	text := fmt.Sprintf(format, args...)
	if q := quote(cell); q != "" {
		text = q + " " + text
	} else {
		text = "cellens text " + text
	}
	return &Refusal{Reason: reason, Text: text}
}

// quotable are cells that can be shown without risk of showing a name: digits,
// signs, and the words of dates and units.
var quotable = regexp.MustCompile(`^(?i:[\d\s.,:/+\-–%TZ'´]|jan(uari)?|feb(ruari)?|mar(s)?|apr(il)?|maj|jun(i)?|jul(i)?|aug(usti)?|sep(t|tember)?|okt(ober)?|oct|nov(ember)?|dec(ember)?|våren?|sommaren?|hösten?|vintern?|vår|sommar|höst|vinter|vt|ht|kv(artal)?|q|v(ecka)?|den|slutet|början|av|ca|cirka|kr|sek|tkr|mkr|st|h|min|a|p|m|k)+$`)

// personal are cells with what may be a personal number, whatever its check digit.
var personal = regexp.MustCompile(`\d{6}[-+ –]?\d{4}`)

func quote(cell string) string {
	if len(cell) > 40 || !quotable.MatchString(cell) || personal.MatchString(cell) {
		return ""
	}
	return "”" + cell + "”"
}

// Number reads a number as written in Sweden or elsewhere: spaces, no-break
// spaces and apostrophes between thousands, decimal comma or point, a percent
// sign (divided by a hundred), kr, tkr and mkr. decimal is "," or "." if known.
// 1.234 and 1,234 are refused when it is not: they may be a thousand or one.
func Number(s, decimal string) (float64, error) {
	t := strings.Map(func(r rune) rune {
		switch r {
		case ' ', '\u00a0', '\u2007', '\u2009', '\u202f', '\'', '´', '’', '\t':
			return -1
		case '−', '–':
			return '-'
		}
		return r
	}, strings.TrimSpace(s))
	scale := 1.0
	lower := strings.ToLower(t)
	for _, u := range []struct {
		suffix string
		scale  float64
	}{{"%", 0.01}, {"mkr", 1e6}, {"tkr", 1e3}, {"kronor", 1}, {"kr", 1}, {"sek", 1}, {":-", 1}, {"st", 1}} {
		if rest, ok := strings.CutSuffix(lower, u.suffix); ok {
			lower, scale = rest, u.scale
			break
		}
	}
	plain, err := plainDecimal(lower, decimal)
	if err != nil {
		return 0, refuse(ErrNumber, s, "%s", err.Error())
	}
	f, err := strconv.ParseFloat(plain, 64)
	if err != nil || math.IsInf(f, 0) || math.IsNaN(f) || strings.ContainsAny(plain, "xXpPiInN_") {
		return 0, refuse(ErrNumber, s, "är inget tal")
	}
	if scale == 0.01 {
		return f / 100, nil
	}
	return f * scale, nil
}

var errUnclear = errors.New("kan vara tusental eller decimaler; ange decimal i inställningarna")

// plainDecimal leaves a point as the only separator.
func plainDecimal(s, decimal string) (string, error) {
	commas, points := strings.Count(s, ","), strings.Count(s, ".")
	switch {
	case commas == 0 && points == 0:
		return s, nil
	case commas > 0 && points > 0:
		if decimal == "" {
			if strings.LastIndexByte(s, ',') > strings.LastIndexByte(s, '.') {
				decimal = ","
			} else {
				decimal = "."
			}
		}
	case commas+points > 1 && decimal == "":
		decimal = map[bool]string{true: ".", false: ","}[commas > 0]
	case decimal == "":
		at := max(strings.IndexByte(s, ','), strings.IndexByte(s, '.'))
		head := strings.TrimLeft(s[:at], "-+")
		if len(s)-at-1 == 3 && len(head) >= 1 && len(head) <= 3 && head != "0" {
			return "", errUnclear
		}
		return strings.Replace(s, ",", ".", 1), nil
	}
	thousands := "."
	if decimal == "." {
		thousands = ","
	}
	whole, frac, has := strings.Cut(s, decimal)
	if strings.Contains(frac, thousands) || strings.Contains(frac, decimal) || !grouped(whole, thousands) {
		return "", errors.New("är inget tal")
	}
	whole = strings.ReplaceAll(whole, thousands, "")
	if has {
		return whole + "." + frac, nil
	}
	return whole, nil
}

// grouped tells that a whole number's groups have three digits each.
func grouped(whole, sep string) bool {
	parts := strings.Split(whole, sep)
	for _, p := range parts[1:] {
		if len(p) != 3 {
			return false
		}
	}
	return true
}

// Int reads a whole number; 12,0 is one and 12,5 is refused.
func Int(s, decimal string) (int64, error) {
	f, err := Number(s, decimal)
	if err != nil {
		return 0, err
	}
	if f != math.Trunc(f) || math.Abs(f) > 1<<53 {
		return 0, refuse(ErrNumber, s, "är inget heltal")
	}
	return int64(f), nil
}

// Bool reads yes and no: x, ja, 1, sant, yes, true, ✓ and their opposites.
// An empty cell is neither; see Nulls.
func Bool(s string) (bool, error) {
	switch strings.Trim(Fold(s), " .!") {
	case "x", "ja", "j", "1", "1.0", "sant", "sann", "yes", "y", "true", "t", "✓", "✔", "☑", "√", "ok", "finns", "klart", "klar", "på", "on", "aktiv", "aktiverad":
		return true, nil
	case "nej", "n", "0", "0.0", "falskt", "falsk", "no", "false", "f", "✗", "✘", "☐", "ej", "inte", "finns ej", "finns inte", "av", "off", "inaktiv", "avaktiverad":
		return false, nil
	}
	return false, refuse(ErrBool, s, "betyder varken ja eller nej")
}
