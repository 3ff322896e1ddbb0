package finding

import (
	"strconv"
	"strings"
)

// Round rounds half up (a half goes away from zero) to so many decimals. It
// works on the number as it is written, so that 1.005 becomes 1.01.
func Round(v float64, decimals int) float64 {
	r, err := strconv.ParseFloat(rounded(v, 0, decimals), 64)
	if err != nil {
		return v // infinite or not a number
	}
	return r
}

// rounded writes v × 10^shift with exactly so many decimals, rounded half up.
func rounded(v float64, shift, decimals int) string {
	s := strconv.FormatFloat(v, 'f', -1, 64)
	sign := ""
	if strings.HasPrefix(s, "-") {
		sign, s = "-", s[1:]
	}
	whole, part, _ := strings.Cut(s, ".")
	if strings.Trim(whole, "0123456789") != "" {
		return sign + s
	}
	part += strings.Repeat("0", max(0, shift+decimals+1-len(part)))
	whole, part = whole+part[:shift], part[shift:]
	up := part[decimals] >= '5'
	digits := []byte(whole + part[:decimals])
	for i := len(digits) - 1; up && i >= 0; i-- {
		if up = digits[i] == '9'; up {
			digits[i] = '0'
		} else {
			digits[i]++
		}
	}
	if up {
		digits = append([]byte{'1'}, digits...)
	}
	whole, part = string(digits[:len(digits)-decimals]), string(digits[len(digits)-decimals:])
	if whole = strings.TrimLeft(whole, "0"); whole == "" {
		whole = "0"
	}
	if strings.Trim(whole+part, "0") == "" {
		sign = ""
	}
	if decimals > 0 {
		part = "." + part
	}
	return sign + whole + part
}
