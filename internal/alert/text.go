package alert

import (
	"math"
	"regexp"
	"strconv"
	"strings"
	"time"

	"github.com/kommunpuls/kommunpuls/internal/calendar"
	"github.com/kommunpuls/kommunpuls/internal/finding"
)

// Text is a sentence in Swedish and in English with places to fill: {name} for
// a label, {value} for the value of the rule in a form after a colon
// ({value:clock}), {next} for when more is told, {each} for a list of names and
// {users} for a sentence on how many are concerned.
type Text finding.Text

// Form is how a value is written.
type Form string

// The forms.
const (
	Plain   Form = ""        // a number, rounded
	Percent Form = "percent" // a share 0–1
	Points  Form = "points"  // a difference of shares, in percentage points
	Span    Form = "span"    // seconds
	Clock   Form = "clock"   // a timestamp, local time of Sweden
	Figure  Form = "figure"  // by the label unit
)

// Piece is a part of a text: literal, a label, or one of the special places.
type Piece struct {
	Literal string
	Place   string // "" is literal; "value", "next", "each", "users", or a label
	Form    Form
}

var placeRE = regexp.MustCompile(`\{([a-z_]+)(?::([a-z]+))?\}`)

// Pieces takes one language of a text apart.
func Pieces(text string) []Piece {
	var out []Piece
	at := 0
	for _, m := range placeRE.FindAllStringSubmatchIndex(text, -1) {
		if m[0] > at {
			out = append(out, Piece{Literal: text[at:m[0]]})
		}
		p := Piece{Place: text[m[2]:m[3]]}
		if m[4] >= 0 {
			p.Form = Form(text[m[4]:m[5]])
		}
		out = append(out, p)
		at = m[1]
	}
	if at < len(text) {
		out = append(out, Piece{Literal: text[at:]})
	}
	return out
}

// Values are what a text is filled with.
type Values struct {
	Labels map[string]string
	Value  float64
	Now    time.Time
	Each   []string
	Users  int // 0 is not known
}

// Notice is how long those who look for a fault get at the least before more
// is told, which comes at an even quarter of an hour.
const (
	Notice  = 30 * time.Minute
	Quarter = 15 * time.Minute
)

// NextNotice is when more is told.
func NextNotice(now time.Time) time.Time {
	return now.Add(Notice + Quarter - time.Second).Truncate(Quarter)
}

// Fill writes a text in a language, "en" or else Swedish.
func (t Text) Fill(lang string, v Values) string {
	text := t.SV
	if lang == "en" {
		text = t.EN
	}
	var b strings.Builder
	for _, p := range Pieces(text) {
		switch p.Place {
		case "":
			b.WriteString(p.Literal)
		case "value":
			b.WriteString(number(p.Form, lang, v))
		case "next":
			b.WriteString(clock(NextNotice(v.Now), v.Now))
		case "each":
			b.WriteString(strings.Join(v.Each, ", "))
		case "users":
			b.WriteString(UsersSentence(lang, v.Users))
		default:
			said := v.Labels[p.Place]
			for _, s := range Said(p.Place, lang) {
				if said == s[0] {
					said = s[1]
					break
				}
			}
			b.WriteString(said)
		}
	}
	return b.String()
}

// Said lists what the values of a label are called in a language, where that
// is not what they are.
func Said(label, lang string) [][2]string {
	if label == "signal" && lang != "en" {
		return [][2]string{{"metrics", "mätvärden"}, {"traces", "spår"}}
	}
	return nil
}

// UsersSentence says how many are concerned, or nothing when that is not known.
func UsersSentence(lang string, n int) string {
	switch {
	case n <= 0:
		return ""
	case n == 1 && lang == "en":
		return " One person is concerned."
	case n == 1:
		return " En person berörs."
	case lang == "en":
		return " About " + strconv.Itoa(n) + " people are concerned."
	}
	return " Omkring " + strconv.Itoa(n) + " personer berörs."
}

func number(f Form, lang string, v Values) string {
	if f == Figure {
		switch v.Labels["unit"] {
		case "share":
			f = Percent
		case "seconds":
			f = Span
		case "sek":
			return strconv.FormatFloat(v.Value, 'f', 0, 64) + Kronor(lang)
		case "score", "index", "ratio", "months", "per_hundred":
			return tenths(v.Value, lang)
		default:
			f = Plain
		}
	}
	switch f {
	case Clock:
		return clock(time.Unix(int64(v.Value), 0), v.Now)
	case Percent:
		return hundredths(v.Value, lang) + percent(lang)
	case Points:
		return hundredths(v.Value, lang)
	case Span:
		return span(v.Value, lang)
	}
	return strconv.FormatFloat(v.Value, 'f', 0, 64)
}

// Kronor stands after an amount.
func Kronor(lang string) string {
	if lang == "en" {
		return " SEK"
	}
	return " kr"
}

// tenths writes a small figure with one decimal, if it has any.
func tenths(v float64, lang string) string {
	s := strings.TrimSuffix(strconv.FormatFloat(v, 'f', 1, 64), ".0")
	if lang == "en" {
		return s
	}
	return strings.Replace(s, ".", ",", 1)
}

func percent(lang string) string {
	if lang == "en" {
		return " percent"
	}
	return " procent"
}

// hundredths writes a share in percent, cut after one decimal: what is nearly
// there is not said to be there. Templates of Prometheus can do no other.
func hundredths(share float64, lang string) string {
	s := strconv.FormatFloat(share*100, 'g', 4, 64)
	if whole, rest, ok := strings.Cut(s, "."); ok {
		if s = whole; rest[0] != '0' {
			s += "." + rest[:1]
		}
	}
	if lang == "en" {
		return s
	}
	return strings.Replace(s, ".", ",", 1)
}

// Unit is a unit of time; Letter stands after the number where Prometheus
// writes it.
type Unit struct {
	Seconds   float64
	Letter    string
	One, Many finding.Text
}

// Units lists the units of time, the greatest first.
func Units() []Unit {
	return []Unit{
		{86400, "d", finding.Text{SV: "dygn", EN: "day"}, finding.Text{SV: "dygn", EN: "days"}},
		{3600, "h", finding.Text{SV: "timme", EN: "hour"}, finding.Text{SV: "timmar", EN: "hours"}},
		{60, "m", finding.Text{SV: "minut", EN: "minute"}, finding.Text{SV: "minuter", EN: "minutes"}},
		{1, "s", finding.Text{SV: "sekund", EN: "second"}, finding.Text{SV: "sekunder", EN: "seconds"}},
	}
}

// span says a length of time in whole ones of its greatest unit.
func span(seconds float64, lang string) string {
	units := Units()
	u := units[len(units)-1]
	for _, x := range units {
		if seconds >= x.Seconds {
			u = x
			break
		}
	}
	n, unit := math.Floor(seconds/u.Seconds), u.Many
	if n == 1 {
		unit = u.One
	}
	if lang == "en" {
		return strconv.FormatFloat(n, 'f', 0, 64) + " " + unit.EN
	}
	return strconv.FormatFloat(n, 'f', 0, 64) + " " + unit.SV
}

// clock writes an instant as it is said in Sweden: "09.38", or with the day if
// that is another.
func clock(at, now time.Time) string {
	at, now = at.In(calendar.Location()), now.In(calendar.Location())
	if at.Format(time.DateOnly) == now.Format(time.DateOnly) {
		return at.Format("15.04")
	}
	return at.Format("2/1 15.04")
}
