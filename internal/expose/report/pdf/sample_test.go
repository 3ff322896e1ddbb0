package pdf

import (
	"fmt"
	"time"

	"github.com/kommunpuls/kommunpuls/internal/expose/report/document"
)

func day(y int, m time.Month, d int) time.Time { return time.Date(y, m, d, 0, 0, 0, 0, time.UTC) }

func ptr(v float64) *float64 { return &v }

// sample is a document with every block in it, and rows of a table at will.
func sample(kind string, rows int) document.Document {
	states := []document.State{
		{Sign: "●", Word: "Når målet", Good: 1}, {Sign: "◐", Word: "Delvis"}, {Sign: "■", Word: "Når inte målet", Good: -1}, {Sign: "○", Word: "Inget mål"},
		{Sign: "△", Word: "I takt"}, {Sign: "▲", Word: "Efter"}, {Sign: "◇", Word: "Godtagen"}, {Sign: "–", Word: "Uppgift saknas"},
	}
	t := document.Table{
		Caption: "System utan ägare",
		Columns: []document.Column{{Title: "System"}, {Title: "Förvaltning"}, {Title: "Läge"}, {Title: "Ärenden", Right: true}, {Title: "Vad som behövs"}},
		More:    "och 214 rader till, se underlaget",
	}
	for i := range rows {
		st := states[i%len(states)]
		t.Rows = append(t.Rows, []document.Cell{
			{Text: fmt.Sprintf("Verksamhetssystem nummer %d", i+1), Head: true}, {Text: "Vård- och omsorgsförvaltningen"}, {State: &st},
			{Text: fmt.Sprintf("%d\u00a0%03d", i%9+1, i%1000)}, {Text: "Utse en ägare som finns kvar i kommunen, och skriv in den i förteckningen senast i mars."},
		})
	}
	c := document.Chart{Title: "Ärenden lösta inom ett dygn", Text: "Andelen steg från 62 procent i november till 71 procent i oktober.", Unit: "procent", Target: ptr(80),
		Breaks: []document.Break{{At: day(2026, 6, 15), Text: "Nytt ärendesystem"}}}
	for i := range 12 {
		at := day(2025, time.November, 30).AddDate(0, i, 0)
		pt := document.Point{At: at, Label: at.Format("2006-01"), Value: ptr(62 + float64(i*i%17))}
		if i == 3 {
			pt.Value = nil
		}
		if i == 11 {
			pt.Text = "812 av 1\u00a0140, 71 procent"
		}
		c.Points = append(c.Points, pt)
	}
	return document.Document{
		Title: "Läget i oktober 2026 för åtgärder på ön", Kind: kind, Municipality: "Exempelkommun", Lang: "sv", AsOf: day(2026, 10, 31), Made: day(2026, 11, 1), Version: "1.0.0", Demo: true,
		Marks: []string{"Sekretessprövas före utlämnande"}, Lead: "Av kommunens 212 verksamhetssystem har 148 (70\u00a0procent) en ägare som finns kvar i kommunen.",
		Sections: []document.Section{
			{ID: "lage", Level: 1, Title: "Var vi står", Blocks: []document.Block{
				document.Paragraph{Text: "Vi kan inte visa att 9 av våra 14 viktigaste system går att återställa efter ett haveri. Det betyder inte att det är omöjligt, men ingen övning finns dokumenterad."},
				document.Figures{Figures: []document.Figure{
					{Title: "Ärenden lösta inom ett dygn", Value: "812 av 1\u00a0140", Share: "71 procent", State: states[2], Text: "För ett år sedan var det 62 procent. Målet är 80 procent."},
					{Title: "System som har en ägare", Value: "148 av 212", Share: "70 procent", State: states[0], Text: "Siffran kan vara inaktuell."},
					{Title: "Avbrott i nätet", Value: "3", State: states[3]},
				}},
				document.Note{Text: "Visar underlag, inte att lagen följs."},
				document.List{Ordered: true, Items: []document.Item{{Text: "Utse ägare för sex system.", Small: "Gör störst skillnad: socialförvaltningen."}, {Text: "Öva återställning."}}},
			}},
			{ID: "tid", Level: 2, Title: "Utvecklingen", Blocks: []document.Block{c}},
			{ID: "lista", Level: 1, Title: "Arbetslista", Blocks: []document.Block{t}},
		},
	}
}
