package compose

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/kommunpuls/kommunpuls/internal/catalogue"
	"github.com/kommunpuls/kommunpuls/internal/expose/report/document"
	"github.com/kommunpuls/kommunpuls/internal/finding"
	"github.com/kommunpuls/kommunpuls/internal/followup"
	"github.com/kommunpuls/kommunpuls/internal/wording"
)

// ForAuditors is what a revisor asks for: what was achieved against the goals,
// what remains, and whether the figures can be trusted; by the areas of EY's
// reviews, by the articles of NIS2 and by what the auditors have recommended.
func ForAuditors(in Input, goals, recommendations []followup.Row) document.Document {
	c := newComposer(in)
	d := c.document(Audit, "Underlag för revisionen", "Läget den "+c.day(c.At.AsOf)+": mål, utfall, underlag och hur säkra uppgifterna är.")
	d.Marks = []string{toCheck}
	d.Sections = append(d.Sections, c.howToRead(), c.aimed())
	d.Sections = append(d.Sections, c.reviewAreas()...)
	d.Sections = append(d.Sections, c.directive()...)
	d.Sections = append(d.Sections, c.followUp("rekommendationer", "Revisorernas rekommendationer", "Ingen rekommendation från revisorerna finns i källorna.", "Rekommendation", recommendations))
	d.Sections = append(d.Sections, c.followUp("strategimal", "Målen i strategin", "Inget mål ur en strategi finns i källorna.", "Mål", goals))
	d.Sections = append(d.Sections, c.waivers())
	d.Sections = append(d.Sections, c.others()...)
	d.Sections = append(d.Sections, c.evidence(), c.unknowns(), c.quality())
	return d
}

func (c composer) howToRead() document.Section {
	l := document.List{Items: []document.Item{
		{Text: "Antalen står före procenten. Av färre än tio anges bara antalen."},
		{Text: "Noll är ett mätvärde. Där uppgifter saknas står att vi inte vet."},
		{Text: "En brist som är godtagen genom beslut räknas fortfarande som en brist; nämnaren krymper aldrig."},
		{Text: "Ett mått kan höra till flera områden och står då under vart och ett av dem."},
		c.earlierSaid(),
	}}
	blocks := []document.Block{document.Note{Text: noLaw + " Siffrorna säger vad som finns dokumenterat i kommunens egna källor."}, l}
	if c.afterwards() {
		blocks = append(blocks, document.Note{Text: c.pastSaid()})
	}
	return document.Section{ID: "lasa", Level: 1, Title: "Så läses underlaget", Blocks: blocks}
}

// earlierSaid tells what stands where there is no figure of a year earlier.
func (c composer) earlierSaid() document.Item {
	if !c.Began.IsZero() && c.At.AsOf.AddDate(-1, 0, 0).Before(c.Began) {
		return document.Item{Text: fmt.Sprintf("”%s” betyder att ingen källa var läst för ett år sedan: den första lästes den %s. De siffror som ändå finns därifrån är räknade på det som fanns kvar i källorna eller i äldre listor.",
			wording.Capital(notMeasured), c.day(c.Began))}
	}
	return document.Item{Text: "”" + wording.Capital(noEarlier) + "” betyder att ingen siffra är sparad från tiden; källan, uppgiften eller måttet kan ha tillkommit senare."}
}

// pastSaid tells what was not known of an earlier day.
func (c composer) pastSaid() string {
	s := "Siffrorna är räknade i efterhand, med det som senare har blivit känt om dagen. Det som inte sparades då syns inte."
	if !c.Began.IsZero() && c.At.AsOf.Before(c.Began) {
		s += fmt.Sprintf(" Den första källan lästes den %s; om tiden dessförinnan finns bara det som då fanns kvar i källorna.", c.day(c.Began))
	}
	return s
}

// aimed is every decided target with its outcome.
func (c composer) aimed() document.Section {
	var fs []*finding.Finding
	for _, f := range c.all() {
		if f.Target != nil {
			fs = append(fs, f)
		}
	}
	s := document.Section{ID: "mal", Level: 1, Title: "Beslutade mål och utfall", Blocks: c.aims()}
	if len(fs) == 0 {
		return s
	}
	s.Blocks = append(s.Blocks, c.outcomes("Mål och utfall", fs))
	var l document.List
	for _, f := range fs {
		if f.Forecast != nil && f.Outcome != finding.Met {
			l.Items = append(l.Items, document.Item{Text: c.title(f) + ": " + c.w.Text(f.Forecast.Say())})
		}
	}
	if len(l.Items) > 0 {
		s.Blocks = append(s.Blocks, document.Paragraph{Text: "Så går det mot målen i den takt som hittills:"}, l)
	}
	return s
}

// reviewAreas are the four areas of EY's reviews of municipalities' IT.
func (c composer) reviewAreas() []document.Section {
	out := []document.Section{{ID: "omraden", Level: 1, Title: "Revisionens fyra områden", Blocks: []document.Block{
		document.Paragraph{Text: "Indelningen är den som EY har använt i granskningar av kommuners it: strategi, styrning, operativ it och övervakning."},
	}}}
	for _, a := range []struct{ id, name string }{{"strategi", "Strategi"}, {"styrning", "Styrning"}, {"operativ_it", "Operativ it"}, {"overvakning", "Övervakning"}} {
		with, without := known(c.tagged(func(t catalogue.Tags) bool { return slices.Contains(t.EY, a.id) }))
		s := document.Section{ID: "ey-" + a.id, Level: 2, Title: a.name}
		if len(with) > 0 {
			s.Blocks = append(s.Blocks, c.outcomes(a.name+": utfall mot mål", with))
		}
		s.Blocks = append(s.Blocks, c.unknown(without)...)
		out = append(out, s)
	}
	return out
}

// articles are what the directive asks for, by tag, shortened.
func articles() [][2]string {
	return [][2]string{
		{"art20.1", "Artikel 20.1: ledningen godkänner och följer upp säkerhetsarbetet"},
		{"art20.2", "Artikel 20.2: ledningen går utbildning"},
		{"art21.2.a", "Artikel 21.2 a: riskanalys och informationssystemens säkerhet"},
		{"art21.2.b", "Artikel 21.2 b: hantering av incidenter"},
		{"art21.2.c", "Artikel 21.2 c: kontinuitet, säkerhetskopior, återställning och kriser"},
		{"art21.2.d", "Artikel 21.2 d: säkerhet hos leverantörer"},
		{"art21.2.e", "Artikel 21.2 e: säkerhet när system köps, utvecklas och underhålls"},
		{"art21.2.f", "Artikel 21.2 f: hur det följs upp om åtgärderna har effekt"},
		{"art21.2.g", "Artikel 21.2 g: grundläggande cyberhygien och utbildning"},
		{"art21.2.h", "Artikel 21.2 h: kryptering"},
		{"art21.2.i", "Artikel 21.2 i: personal, behörigheter och tillgångar"},
		{"art21.2.j", "Artikel 21.2 j: stark inloggning och säker kommunikation"},
		{"art23", "Artikel 23: rapportering av incidenter"},
		{"csl", "Bestämmelser i cybersäkerhetslagen därutöver"},
	}
}

// directive is the figures by the articles of NIS2.
func (c composer) directive() []document.Section {
	out := []document.Section{{ID: "nis2", Level: 1, Title: "Cybersäkerhetslagen och NIS2", Blocks: []document.Block{
		document.Note{Text: noLaw + " Cybersäkerhetslagen (2025:1506) genomför NIS2-direktivet. Under varje artikel står de mått som kan visa något om den; ett mått täcker aldrig hela artikeln."},
	}}}
	for _, a := range articles() {
		tag := a[0]
		fs := c.tagged(func(t catalogue.Tags) bool {
			return slices.ContainsFunc(t.NIS2, func(s string) bool { return s == tag || strings.HasPrefix(s, tag+".") })
		})
		if len(fs) == 0 && tag == "csl" {
			continue
		}
		s := document.Section{ID: "nis2-" + strings.ReplaceAll(tag, ".", "-"), Level: 2, Title: a[1]}
		with, without := known(fs)
		switch {
		case len(fs) == 0:
			s.Blocks = append(s.Blocks, document.Paragraph{Text: "Inget mått visar något om den här artikeln. Underlag för den får hämtas på annat håll."})
		case len(with) > 0:
			s.Blocks = append(s.Blocks, c.outcomes("Utfall mot mål. "+noLaw, with))
		}
		s.Blocks = append(s.Blocks, c.unknown(without)...)
		out = append(out, s)
	}
	return out
}

// followUp is a list of goals or recommendations with how far each has come.
func (c composer) followUp(id, title, none, what string, rows []followup.Row) document.Section {
	s := document.Section{ID: id, Level: 1, Title: title}
	if len(rows) == 0 {
		s.Blocks = append(s.Blocks, document.Paragraph{Text: none})
		return s
	}
	n := followup.Count(rows)
	s.Blocks = append(s.Blocks, document.Paragraph{Text: fmt.Sprintf("Avslutade: %d av %d. Pågår i tid: %d. Försenade: %d. Lagda åt sidan genom beslut: %d.",
		n[followup.Closed], len(rows), n[followup.Open], n[followup.Overdue], n[followup.SetAside])})
	if odd := contradicted(rows); odd != "" {
		s.Blocks = append(s.Blocks, document.Note{Text: odd})
	}
	t := document.Table{Caption: title, Columns: []document.Column{
		{Title: what, Width: .3}, {Title: "Läge", Width: .13}, {Title: "Dagar öppen", Width: .1, Right: true}, {Title: "Senast", Width: .14}, {Title: "Visas av", Width: .2}, {Title: "Var", Width: .13},
	}}
	for i := range rows {
		r := &rows[i]
		t.Rows = append(t.Rows, []document.Cell{
			{Text: strings.TrimSpace(r.Reference + " " + r.Title), Head: true}, {State: progress(r)}, {Text: c.daysOpen(r)}, {Text: c.due(r)}, {Text: c.measuredBy(r)}, {Text: r.Place},
		})
	}
	s.Blocks = append(s.Blocks, t)
	return s
}

// contradicted names what the list says is done although its figure does not
// reach the target.
func contradicted(rows []followup.Row) string {
	var named []string
	for i := range rows {
		if rows[i].Contradicted() {
			named = append(named, cmp.Or(rows[i].Reference, "”"+rows[i].Title+"”"))
		}
	}
	if len(named) == 0 {
		return ""
	}
	return "Stängt enligt listan, men siffran når inte målet: " + wording.Words{}.List(named) + ". Vilket som stämmer får den ansvariga svara på."
}

func progress(r *followup.Row) *document.State {
	s := document.State{Word: r.State.Name().SV}
	switch r.State {
	case followup.Closed:
		s.Sign, s.Good = "●", 1
		if r.Contradicted() {
			s.Sign, s.Good, s.Word = "◐", 0, s.Word+" enligt listan"
		}
	case followup.Overdue:
		s.Sign, s.Good = "■", -1
	case followup.SetAside:
		s.Sign = "◇"
	case followup.Open:
		s.Sign = "△"
	}
	return &s
}

func (c composer) daysOpen(r *followup.Row) string {
	if r.Days == nil {
		return "okänt"
	}
	return c.w.Count(int64(*r.Days))
}

func (c composer) due(r *followup.Row) string {
	if r.Due.IsZero() {
		return "ingen dag satt"
	}
	return c.w.Day(r.Due)
}

func (c composer) measuredBy(r *followup.Row) string {
	switch {
	case r.Measure == nil && r.MeasuredBy == "":
		return "inget mått"
	case r.Measure == nil:
		return "måttet finns inte"
	}
	s := c.title(r.Measure)
	if fig := c.figure(r.Measure); fig != "" {
		s += ": " + fig
	} else {
		s += ": vi vet inte"
	}
	if r.Contradicted() {
		s += "; målet " + c.w.TargetLevel(r.Measure.Target, r.Measure.Unit) + " är inte nått"
	}
	return s
}
