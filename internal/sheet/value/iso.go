package value

// iso reads the form that exports use, without regular expressions because a
// ticket history has millions of them: 2026-11-21, optionally T or space and
// 14:05, :30, .123, and Z or +01:00.
func iso(s string) (Civil, bool) {
	var c Civil
	if len(s) < 10 || s[4] != '-' || s[7] != '-' {
		return c, false
	}
	ok := true
	num := func(i, n int) int {
		v := 0
		for _, b := range []byte(s[i : i+n]) {
			if b < '0' || b > '9' {
				ok = false
			}
			v = v*10 + int(b-'0')
		}
		return v
	}
	c.Year, c.Month, c.Day = num(0, 4), num(5, 2), num(8, 2)
	if len(s) == 10 {
		return c, ok
	}
	if len(s) < 16 || (s[10] != 'T' && s[10] != ' ') || s[13] != ':' {
		return c, false
	}
	c.HasTime, c.Hour, c.Minute = true, num(11, 2), num(14, 2)
	rest := s[16:]
	if len(rest) >= 3 && rest[0] == ':' {
		c.Sec, rest = num(17, 2), rest[3:]
		if len(rest) > 1 && (rest[0] == '.' || rest[0] == ',') {
			i := 1
			for i < len(rest) && rest[i] >= '0' && rest[i] <= '9' {
				i++
			}
			rest = rest[i:]
		}
	}
	if rest == "" || !ok {
		return c, ok
	}
	c.Offset, c.Fixed = offset(rest)
	return c, c.Fixed
}

// offset reads Z, +01:00, +0100 or +01, in seconds.
func offset(s string) (int, bool) {
	if s == "Z" || s == "z" || s == " UTC" {
		return 0, true
	}
	sign := 1
	switch {
	case s[0] == '-':
		sign = -1
	case s[0] != '+':
		return 0, false
	}
	var digits []byte
	for i, b := range []byte(s[1:]) {
		if b == ':' && i == 2 {
			continue
		}
		if b < '0' || b > '9' {
			return 0, false
		}
		digits = append(digits, b-'0')
	}
	var h, m int
	switch len(digits) {
	case 4:
		m = int(digits[2])*10 + int(digits[3])
		fallthrough
	case 2:
		h = int(digits[0])*10 + int(digits[1])
	default:
		return 0, false
	}
	return sign * (h*3600 + m*60), h <= 14 && m < 60
}
