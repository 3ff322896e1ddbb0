package sdk

// HoldsPersonalNumber tells whether a text holds something that is a Swedish
// personal or coordination number: a date, with or without its century, three
// digits and the right check digit, and no digit before or after. The daemon
// holds back every text in which one stands; a source needs it where it keeps a
// text itself, in a cursor or in an id.
func HoldsPersonalNumber(s string) bool {
	for i := 0; i < len(s); {
		if !digit(s[i]) {
			i++
			continue
		}
		end := i
		for end < len(s) && digit(s[end]) {
			end++
		}
		first := s[i:end]
		switch n := end - i; {
		case n == 10 && checked(first), n == 12 && checked(first[2:]):
			return true
		case n == 6, n == 8:
			if last := after(s[end:]); last != "" && checked(first[n-6:]+last) {
				return true
			}
		}
		i = end
	}
	return false
}

// after is the four digits that follow a sign, or "".
func after(s string) string {
	if len(s) < 5 || s[0] != '-' && s[0] != '+' && s[0] != ' ' || len(s) > 5 && digit(s[5]) {
		return ""
	}
	for i := 1; i < 5; i++ {
		if !digit(s[i]) {
			return ""
		}
	}
	return s[1:5]
}

// checked tells whether ten digits are a personal number: a month, a day (60
// more in a coordination number), and the check digit.
func checked(d string) bool {
	two := func(i int) int { return int(d[i]-'0')*10 + int(d[i+1]-'0') }
	month, day := two(2), two(4)
	if day > 60 {
		day -= 60
	}
	if month < 1 || month > 12 || day < 1 || day > 31 {
		return false
	}
	sum := 0
	for i := range 10 {
		n := int(d[i]-'0') * (2 - i%2)
		sum += n/10 + n%10
	}
	return sum%10 == 0
}

func digit(c byte) bool { return '0' <= c && c <= '9' }
