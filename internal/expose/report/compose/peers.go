package compose

import (
	"fmt"

	"github.com/kommunpuls/kommunpuls/internal/expose/report/document"
	"github.com/kommunpuls/kommunpuls/internal/peers"
)

// others is how the figures stand beside other municipalities', no section where
// none is compared.
func (c composer) others() []document.Section {
	t := document.Table{Columns: []document.Column{{Title: "Mått", Width: 0.34}, {Title: "Kommunen", Right: true}, {Title: "Medianen", Right: true}, {Title: "Kommunen ligger", Right: true}, {Title: "Ett år tidigare", Right: true}, {Title: "Andra kommuner", Right: true}}}
	group, otherwise := "", 0
	for _, f := range c.all() {
		p := f.Peers
		if p == nil {
			continue
		}
		group = p.Group
		if p.Median == nil || p.Own == nil || p.Difference == nil {
			otherwise++
			continue
		}
		per, earlier := p.Per != "", noEarlier
		if p.Earlier != nil && p.Earlier.Difference != nil {
			earlier = peers.Distance(c.w, *f, per, *p.Earlier.Difference, " medianen")
		}
		t.Rows = append(t.Rows, []document.Cell{
			{Text: c.title(f), Head: true}, {Text: peers.Amount(c.w, *f, per, *p.Own)}, {Text: peers.Amount(c.w, *f, per, *p.Median)},
			{Text: peers.Distance(c.w, *f, per, *p.Difference, " medianen")}, {Text: earlier}, {Text: fmt.Sprint(p.Count)},
		})
	}
	if group == "" {
		return nil
	}
	t.Caption = "Kommunens siffror bredvid andra kommuners (" + group + ")"
	blocks := []document.Block{document.Paragraph{Text: "Medianen är mittvärdet: hälften av de andra kommunerna ligger över och hälften under. Bara kommuner som räknar på samma sätt är med. De andras siffror är deras egna uppgifter."}}
	if len(t.Rows) > 0 {
		blocks = append(blocks, t)
	}
	switch {
	case otherwise == 1:
		blocks = append(blocks, document.Paragraph{Text: "Ett mått som andra kommuner har lämnat jämförs inte: för få räknar på samma sätt, eller så går det inte att jämföra."})
	case otherwise > 1:
		blocks = append(blocks, document.Paragraph{Text: fmt.Sprintf("%d mått som andra kommuner har lämnat jämförs inte: för få räknar på samma sätt, eller så går de inte att jämföra.", otherwise)})
	}
	return []document.Section{{ID: "andra-kommuner", Level: 1, Title: "Jämfört med andra kommuner", Blocks: blocks}}
}
