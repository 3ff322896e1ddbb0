package decision

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"
)

var amountRE = regexp.MustCompile(`^(-?[0-9]+(?:[.,][0-9]+)?)\s*(\S.*)?$`)

// spans are the words people write for spans of time, in seconds.
func spans() map[string]float64 {
	return map[string]float64{
		"s": 1, "sek": 1, "sekunder": 1, "min": 60, "minuter": 60, "minut": 60,
		"h": 3600, "tim": 3600, "timmar": 3600, "timme": 3600,
		"d": 86400, "dygn": 86400, "dagar": 86400, "dag": 86400, "v": 604800, "veckor": 604800, "vecka": 604800,
	}
}

func crowns() map[string]float64 {
	return map[string]float64{"": 1, "kr": 1, "sek": 1, "kronor": 1, "tkr": 1e3, "mnkr": 1e6, "mkr": 1e6, "miljoner": 1e6}
}

// parseQuantity reads what a person wrote as a figure in a measure's unit:
// shares become 0–1, spans of time seconds, money kronor. An unknown unit
// ("") takes the figure as it stands, and a percent as its share.
func parseQuantity(c cell, unit string) (float64, error) {
	if c.isNum {
		return plain(c.number, c.text, unit)
	}
	text := strings.NewReplacer("\u00a0", "", "\u202f", "", "−", "-").Replace(strings.TrimSpace(c.text))
	text = joinThousands(text)
	m := amountRE.FindStringSubmatch(text)
	if m == nil {
		return 0, fmt.Errorf("”%s” är inte ett tal", c.text)
	}
	n, err := strconv.ParseFloat(strings.Replace(m[1], ",", ".", 1), 64)
	if err != nil {
		return 0, fmt.Errorf("”%s” är inte ett tal", c.text)
	}
	word := strings.ToLower(strings.TrimSpace(m[2]))
	if word == "" {
		return plain(n, c.text, unit)
	}
	return withWord(n, word, unit, c.text)
}

func withWord(n float64, word, unit, text string) (float64, error) {
	switch {
	case (word == "%" || word == "procent") && (unit == "share" || unit == ""):
		if n < 0 || n > 100 {
			return 0, fmt.Errorf("vill ha en andel mellan 0 och 100 %%, fick %s", text)
		}
		return n / 100, nil
	case unit == "seconds":
		if f, ok := spans()[word]; ok && n >= 0 {
			return n * f, nil
		}
		return 0, fmt.Errorf("”%s” är ingen tid; skriv till exempel 30 min, 4 h eller 2 dygn", text)
	case unit == "sek":
		if f, ok := crowns()[word]; ok {
			return n * f, nil
		}
		return 0, fmt.Errorf("”%s” är inget belopp; skriv till exempel 250000 kr eller 1,2 mnkr", text)
	case unit == "months" && (strings.HasPrefix(word, "mån") || word == "m"):
		return n, nil
	case unit == "count" && (word == "st" || strings.HasPrefix(word, "system")):
		return n, nil
	}
	return 0, fmt.Errorf("”%s” har en enhet som måttet inte har", text)
}

// plain takes a bare number. A share above 1 and a time without its unit are
// refused: both can be meant in two ways.
func plain(n float64, text, unit string) (float64, error) {
	switch unit {
	case "share":
		if n < 0 || n > 1 {
			return 0, fmt.Errorf("vill ha en andel 0–1 eller procent, till exempel 0,9 eller 90 %%; fick %s", text)
		}
	case "seconds":
		if n != 0 {
			return 0, fmt.Errorf("tiden saknar enhet; skriv till exempel 30 min, 4 h eller 2 dygn i stället för %s", text)
		}
	}
	return n, nil
}

var thousandsRE = regexp.MustCompile(`([0-9]) ([0-9]{3})\b`)

func joinThousands(s string) string {
	for {
		next := thousandsRE.ReplaceAllString(s, "$1$2")
		if next == s {
			return s
		}
		s = next
	}
}

// writeQuantity is the inverse of parseQuantity, as a person would write it.
func writeQuantity(v float64, unit string) string {
	num := func(f float64) string {
		return strings.Replace(strconv.FormatFloat(f, 'f', -1, 64), ".", ",", 1)
	}
	switch unit {
	case "seconds":
		switch {
		case v != 0 && v >= 172800 && whole(v/86400):
			return num(v/86400) + " dygn"
		case v != 0 && whole(v/3600):
			return num(v/3600) + " h"
		case v != 0 && whole(v/60):
			return num(v/60) + " min"
		}
		return num(v) + " s"
	case "sek":
		return num(v) + " kr"
	}
	return num(v)
}

func whole(f float64) bool { return f == float64(int64(f)) }
