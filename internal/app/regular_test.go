package app

import (
	"testing"

	"github.com/kommunpuls/kommunpuls/internal/expose/report/document"
)

func TestALetterOpensAsTheReportDoes(t *testing.T) {
	for _, c := range []struct {
		d    document.Document
		want string
	}{
		{document.Document{Lead: "Läget nu."}, "Läget nu."},
		{document.Document{Lead: "Läget nu.", Sections: []document.Section{{Blocks: []document.Block{document.Paragraph{Text: "Två mål är nådda."}}}}}, "Läget nu.\n\nTvå mål är nådda."},
		{document.Document{Sections: []document.Section{{Blocks: []document.Block{document.Paragraph{Text: "Två mål är nådda."}}}}}, "Två mål är nådda."},
		{document.Document{Lead: "Läget nu.", Sections: []document.Section{{Blocks: []document.Block{document.Table{}, document.Paragraph{Text: "Efter tabellen."}}}}}, "Läget nu."},
		{document.Document{Lead: "Läget nu.", Sections: []document.Section{{}}}, "Läget nu."},
	} {
		if got := opening(c.d); got != c.want {
			t.Errorf("%q, want %q", got, c.want)
		}
	}
}
