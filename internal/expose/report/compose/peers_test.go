package compose

import (
	"strings"
	"testing"

	"github.com/kommunpuls/kommunpuls/internal/catalogue"
	"github.com/kommunpuls/kommunpuls/internal/expose/report/document"
	"github.com/kommunpuls/kommunpuls/internal/finding"
)

func number(v float64) *float64 { return &v }

func TestTheReportsTellHowTheFiguresStandBesideOthers(t *testing.T) {
	def := catalogue.Definition{ID: "a", Title: finding.Text{SV: "Andel med ägare"}, Unit: "share"}
	f := finding.Finding{KPI: "a", Title: def.Title, Unit: "share", Value: number(0.15), Outcome: finding.Measured}
	in := Input{Catalogue: catalogue.Catalogue{KPIs: []catalogue.Definition{def}}, Findings: []finding.Finding{f}}
	if got := newComposer(in).others(); got != nil {
		t.Fatalf("nobody is compared with, and yet %+v", got)
	}
	in.Findings[0].Peers = &finding.Peers{Group: "Länet", Count: 4, Own: number(0.15), Median: number(0.485), Difference: number(-0.335), Earlier: &finding.PeersEarlier{Count: 4, Median: number(0.4), Difference: number(-0.295)}}
	got := newComposer(in).others()
	if len(got) != 1 || len(got[0].Blocks) != 2 {
		t.Fatalf("got %+v", got)
	}
	var cells []string
	for _, c := range got[0].Blocks[1].(document.Table).Rows[0] {
		cells = append(cells, strings.ReplaceAll(c.Text, "\u00a0", " "))
	}
	if said := strings.Join(cells, " | "); said != "Andel med ägare | 15,0 % | 48,5 % | 33,5 procentenheter under | 29,5 procentenheter under | 4" {
		t.Error(said)
	}
	in.Findings[0].Peers = &finding.Peers{Group: "Länet", Count: 1, Reason: &finding.Text{SV: "Ingen jämförelse."}}
	if got := newComposer(in).others(); len(got) != 1 || !strings.Contains(got[0].Blocks[1].(document.Paragraph).Text, "Ett mått som andra kommuner har lämnat jämförs inte") {
		t.Errorf("got %+v", got)
	}
}
