package column

import (
	"strings"
	"unicode/utf8"

	"github.com/kommunpuls/kommunpuls/plugins/sdk/record"
)

// Supplements is what a header says of a source whose setting "supplements"
// holds a label: its rows complete those of another source.
func Supplements(kind record.Kind, label string) map[record.Kind]string {
	if label == "" {
		return nil
	}
	return map[record.Kind]string{kind: label}
}

// CheckSupplements returns what is wrong with the setting "supplements", as a
// Swedish sentence; "" if nothing is.
func CheckSupplements(kind record.Kind, label string) string {
	switch {
	case label == "":
		return ""
	case kind != record.System:
		return "Bara system kan komplettera en annan källas; den här källan läser något annat."
	case strings.TrimSpace(label) == "" || strings.ContainsAny(label, "\n\r\t") || utf8.RuneCountInString(label) > 40:
		return "Skriv vad raderna kallas, på en rad och med högst 40 tecken, till exempel Molntjänst enligt inköp."
	}
	return ""
}
