package sheet

import "strings"

// style is what matters of a cell's format.
type style struct {
	struck bool
	date   bool
	pad    int // digits of a number format such as 00000
}

// style looks a cell format up once. An unknown one says nothing.
func (w *workbook) style(i int) style {
	if st, ok := w.styles[i]; ok {
		return st
	}
	var st style
	if s, err := w.small.GetStyle(i); err == nil && s != nil {
		st.struck = s.Font != nil && s.Font.Strike
		if s.CustomNumFmt != nil {
			st.date, st.pad = dateFormat(*s.CustomNumFmt), zeros(*s.CustomNumFmt)
		} else {
			st.date = builtinDate(s.NumFmt)
		}
	}
	w.styles[i] = st
	return st
}

// builtinDate knows the numbered formats that show dates, those of East Asian
// locales included.
func builtinDate(id int) bool {
	return id >= 14 && id <= 22 || id >= 27 && id <= 36 || id >= 45 && id <= 47 || id >= 50 && id <= 58
}

// dateFormat tells whether a number format shows a date or time: it has one of
// the letters for it outside quotes, brackets and escapes.
func dateFormat(f string) bool {
	for i := 0; i < len(f); i++ {
		switch f[i] {
		case '"':
			end := strings.IndexByte(f[i+1:], '"')
			if end < 0 {
				return false
			}
			i += end + 1
		case '\\', '_', '*':
			i++
		case '[':
			end := strings.IndexByte(f[i:], ']')
			if end < 0 {
				return false
			}
			if in := strings.ToLower(f[i+1 : i+end]); in != "" && strings.Trim(in, "hms") == "" {
				return true // elapsed time
			}
			i += end
		case 'y', 'Y', 'm', 'M', 'd', 'D', 'h', 'H', 's', 'S':
			return true
		case 'G', 'g':
			if len(f) >= i+7 && strings.EqualFold(f[i:i+7], "general") {
				i += 6
			}
		case ';':
			return false // the first section is the one for positive numbers
		}
	}
	return false
}

// zeros returns how many digits a format of zeros alone asks for.
func zeros(f string) int {
	if f == "" || strings.Trim(f, "0") != "" {
		return 0
	}
	return len(f)
}
