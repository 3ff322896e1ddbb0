package sdk

import "testing"

func TestAPersonalNumberIsKnownInEveryForm(t *testing.T) {
	for text, want := range map[string]bool{
		"850709-9805": true, "8507099805": true, "198507099805": true, "19850709-9805": true, "850709+9805": true, "850709 9805": true,
		"ring 850709-9805 om det": true, "(198507099805)": true, "INC850709-9805": true,
		"850769-9805":   false, // the check digit is that of another day
		"850769-9803":   false,
		"701063-2391":   true,  // a coordination number
		"850709-9806":   false, // the check digit
		"5560360793":    false, // an organisation
		"851309-9805":   false, // no month
		"1850709980500": false, "x8507099805123": false,
		"2026-11-22 10:51": false, "070-123 45 67": false, "": false, "åäö": false, "850709-98": false, "850709-": false,
	} {
		if got := HoldsPersonalNumber(text); got != want {
			t.Errorf("%q: %v", text, got)
		}
	}
}
