// Package value reads what people write in cells: dates, times, numbers, yes
// and no, and the many words for nothing. What cannot be understood with
// certainty is refused with a reason in Swedish; nothing is guessed.
package value
