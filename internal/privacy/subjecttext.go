package privacy

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/kommunpuls/kommunpuls/internal/calendar"
	"github.com/kommunpuls/kommunpuls/internal/expose/report/document"
	"github.com/kommunpuls/kommunpuls/internal/naming"
	"github.com/kommunpuls/kommunpuls/internal/store"
	"github.com/kommunpuls/kommunpuls/internal/wording"
	"github.com/kommunpuls/kommunpuls/plugins/sdk/record"
)

// Document is the answer as a text that can be handed to the person.
func (s Subject) Document() document.Document {
	d := document.Document{Title: "Registerutdrag", Kind: "personuppgifter", Municipality: s.Municipality, Lang: wording.Swedish, Made: s.Made, Version: s.Version, Demo: s.Demo,
		Lead: "De uppgifter om en person som programmet kommunpuls har (artikel 15 i dataskyddsförordningen). Personens namn finns inte i uppgifterna och står därför inte här."}
	b := sections{}
	b.begin("finns", "Vad som finns")
	if !s.Found {
		b.text("Inget finns. Det finns varken ett konto eller en roll som svarar mot det som söktes.")
	} else {
		b.text(s.summary())
	}
	if len(s.Keys) > 0 {
		b.begin("pseudonymer", "Vad personen är känd som")
		b.text("En pseudonym är ett kodat värde. Det går bara att få fram om någon som har kommunens nyckel skriver inloggningen, adressen eller namnet.")
		var rows [][]string
		for _, k := range s.Keys {
			others := ""
			if k.Others > 0 {
				others = fmt.Sprintf("ja, %d", k.Others)
			}
			rows = append(rows, []string{keyTitle(k.Of), k.Pseudonym, orDash(others)})
		}
		b.table("Pseudonymer", "", []string{"Gjord av", "Pseudonym", "Delas med andra konton"}, rows)
	}
	s.rows(&b)
	if s.Found {
		b.begin("siffror", "Siffror där kontot räknas nu")
		var rows [][]string
		for _, f := range s.Figures {
			how := "uppfyller"
			if !f.Pass {
				how = "uppfyller inte"
			}
			if f.Reason != "" {
				how += ": " + f.Reason
			}
			rows = append(rows, []string{f.Title, f.KPI, how})
		}
		b.table("Siffror", "Kontot räknas inte i någon siffra nu.", []string{"Siffra", "Id", "Hur"}, rows)
		b.text("I det som har sparats av siffror finns bara antal och andelar, aldrig personer.")
	}
	b.begin("bilder", "Ögonblicksbilder")
	var rows [][]string
	for _, p := range s.Snapshots {
		rows = append(rows, []string{p.Name, day(p.AsOf), p.State, orDash(p.Why)})
	}
	b.table("Ögonblicksbilder", "Det finns ingen ögonblicksbild.", []string{"Ögonblicksbild", "Visar läget", "Personen", "Anmärkning"}, rows)
	b.begin("inte", "Det här är inte genomsökt")
	b.list([]string{
		"Säkerhetskopior, och filer som någon har hämtat eller fått.",
		"Källorna själva: katalogen, ärendesystemet och listorna. De svarar för sina egna uppgifter.",
		"Pseudonymer gjorda med en nyckel som inte längre är angiven. Sökt med nyckel " + strings.Join(s.KeyIDs, ", ") + ".",
	})
	d.Sections = b.all
	return d
}

func (s Subject) summary() string {
	present, past := 0, 0
	for i := range s.Rows {
		if s.Rows[i].Present {
			present++
		} else {
			past++
		}
	}
	return fmt.Sprintf("%s nu och %s tidigare.", count(present, "rad gäller", "rader gäller"), count(past, "rad gällde", "rader gällde"))
}

func count(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return wording.Words{}.Count(int64(n)) + " " + many
}

// rows writes the rows by record, in the order of time.
func (s Subject) rows(b *sections) {
	if len(s.Rows) == 0 {
		return
	}
	b.begin("rader", "Uppgifterna")
	last := ""
	var table [][]string
	flush := func() {
		if len(table) > 0 {
			b.table("Vad som har gällt, i tidsordning", "", []string{"När", "Vad", "Uppgift"}, table)
			table = nil
		}
	}
	for i := range s.Rows {
		r := &s.Rows[i]
		if head := r.head(); head != last {
			flush()
			last = head
			b.sub(fmt.Sprintf("rad-%d", i+1), head)
		}
		var said []string
		for _, f := range r.Fields {
			said = append(said, f.Title+": "+f.Value)
		}
		if r.List == "key" {
			said = []string{r.keyText()}
		}
		table = append(table, []string{r.when(), r.what(), strings.Join(said, "; ")})
	}
	flush()
}

// keyText is a row of the list of what an account answers to.
func (r *SubjectRow) keyText() string {
	of, key := "", ""
	for _, f := range r.Fields {
		if f.Name == "of" {
			of = f.Value
		} else {
			key = f.Value
		}
	}
	return keyTitle(of) + ": " + key
}

func (r *SubjectRow) head() string {
	head := KindTitle(record.Kind(r.Kind))
	if r.Title != "" {
		return head + ": " + r.Title + " (källan " + r.Source + ")"
	}
	return head + " (källan " + r.Source + ")"
}

func (r *SubjectRow) what() string {
	what := map[string]string{"": "Posten", "key": "Pseudonym", "group": "Grupp", "role": "Roll"}[r.List]
	if what == "" {
		what = r.List
	}
	if r.Place != "" {
		what += ", " + r.Place
	}
	return what
}

// when says from and until when a version held, and whether it was wrong.
func (r *SubjectRow) when() string {
	from := r.From
	if from.IsZero() {
		from = r.Seen
	}
	text := "sedan " + day(from)
	switch {
	case !r.To.IsZero():
		text = day(from) + " – " + day(r.To)
	case !r.Withdrawn.IsZero():
		text = day(from) + " (rättad " + day(r.Withdrawn) + ")"
	}
	if r.Reconstructed {
		text += ", ur en äldre lista"
	}
	return text
}

func keyTitle(of string) string {
	switch of {
	case "id":
		return "katalogens eget id"
	case "login":
		return "inloggning"
	case "upn":
		return "inloggning med domän (UPN)"
	case "mail":
		return "e-postadress"
	case "name":
		return "namn"
	case "dn":
		return "plats i katalogen (DN)"
	case "sid":
		return "säkerhetsid (SID)"
	case "role":
		return "det som står i en förteckning"
	}
	return of
}

// valueText is a value in words.
func valueText(name string, f store.PersonField) string {
	switch v := f.Value.(type) {
	case int64:
		switch f.Field.Type {
		case record.Bool:
			return yesNo(v == 1)
		case record.Date:
			return day(time.Unix(v, 0))
		case record.Time:
			if f.Field.Coarse != "" {
				return day(time.Unix(v, 0))
			}
			return time.Unix(v, 0).In(calendar.Location()).Format("2006-01-02 15:04")
		}
		return strconv.FormatInt(v, 10)
	case float64:
		return strings.ReplaceAll(strconv.FormatFloat(v, 'f', -1, 64), ".", ",")
	case string:
		switch {
		case f.Field.Name == "holder":
			return map[string]string{"person": "person", "title": "titel", "vacant": "vakant"}[v]
		case f.Field.Type == record.Enum, f.Field.Name == "role":
			return naming.Of(name, v)
		}
		return v
	}
	return fmt.Sprint(f.Value)
}
