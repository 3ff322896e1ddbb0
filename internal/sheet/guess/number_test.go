package guess

import (
	"strings"
	"testing"

	"github.com/kommunpuls/kommunpuls/plugins/sdk/record"
)

func TestAQuestionAboutOneRowIsAskedOfOne(t *testing.T) {
	for _, c := range []struct {
		name  string
		kind  record.Kind
		sheet Sheet
		text  string
		label string
	}{
		{"one struck system", record.System, Sheet{Struck: 1, StruckRows: []int64{8}}, "1 rad är överstruken (rad 8): räknas den som avvecklad?", "ja, som avvecklad; räkna den inte; räkna den som de andra"},
		{"struck systems", record.System, Sheet{Struck: 2, StruckRows: []int64{8, 12}}, "2 rader är överstrukna (rad 8 och 12): räknas de som avvecklade?", "ja, som avvecklade; räkna dem inte; räkna dem som de andra"},
		{"one struck ticket", record.Ticket, Sheet{Struck: 1, StruckRows: []int64{8}}, "1 rad är överstruken (rad 8). Räknas den inte alls, eller som de andra?", "räkna den inte; räkna den som de andra"},
		{"struck tickets", record.Ticket, Sheet{Struck: 2, StruckRows: []int64{8, 12}}, "2 rader är överstrukna (rad 8 och 12). Räknas de inte alls, eller som de andra?", "räkna dem inte; räkna dem som de andra"},
		{"one hidden row", record.System, Sheet{HiddenRows: 1, HiddenRowList: []int64{3}}, "1 rad är dold (rad 3). Ska den räknas?", "ja, räkna den; nej, hoppa över den"},
		{"hidden rows", record.System, Sheet{HiddenRows: 2, HiddenRowList: []int64{3, 4}}, "2 rader är dolda (rad 3 och 4). Ska de räknas?", "ja, räkna dem; nej, hoppa över dem"},
	} {
		t.Run(c.name, func(t *testing.T) {
			qs := rowQuestions(c.sheet, c.kind)
			if len(qs) != 1 {
				t.Fatalf("%d questions", len(qs))
			}
			var labels []string
			for _, o := range qs[0].Options {
				labels = append(labels, o.Label)
			}
			if qs[0].Text != c.text || strings.Join(labels, "; ") != c.label {
				t.Errorf("asked %q with %q", qs[0].Text, labels)
			}
		})
	}
}
