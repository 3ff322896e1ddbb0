package fakes

import (
	"fmt"
	"strconv"
	"time"
)

// EasitTicket is a ticket as a test thinks of it. Zero times are not filled in.
type EasitTicket struct {
	No                                                             int
	Org, Group, Category, Service, Kind, Status, Priority, Channel string
	Closing                                                        string
	Opened, FirstResponse, Resolved, Closed, Due, Updated          time.Time
	Title, Reporter                                                string // never to be read
}

// SeedEasit is a year of tickets, one each 36 hours: incidents and orders,
// some cancelled, some duplicates, some still open, some made by monitoring.
func SeedEasit(now time.Time) []EasitTicket {
	var out []EasitTicket
	for i := range 240 {
		opened := now.Add(-2*time.Hour - time.Duration(i)*36*time.Hour).Truncate(time.Minute)
		t := EasitTicket{
			No: 10240 - i, Opened: opened, Updated: opened, Status: "Stängd", Kind: "Incident", Closing: "Löst",
			Org:      []string{"Socialförvaltningen", "Utbildningsförvaltningen", "Tekniska förvaltningen", "Kommunledningskontoret"}[i%4],
			Group:    []string{"Servicedesk", "2 linjen"}[i%2],
			Category: []string{"Inloggning", "Skrivare", "Nät"}[i%3],
			Service:  []string{"Ekonomisystemet", "Skolplattformen", "", "Lärportalen", "Okända systemet"}[i%5],
			Priority: strconv.Itoa(2 + i%3), Channel: []string{"Telefon", "E-post", "Självservice"}[i%3],
			Title: fmt.Sprintf("Kan inte logga in, anst%03d", i%40), Reporter: "Alva Almkvist",
		}
		if i%4 == 3 {
			t.Kind = "Beställning"
		}
		if i%15 == 14 {
			t.Channel, t.Reporter = "Övervakning", ""
		}
		if i%9 != 8 {
			t.FirstResponse = opened.Add(time.Duration(10+i%50) * time.Minute)
		}
		t.Resolved = opened.Add(time.Duration(1+6*(i%7)) * time.Hour)
		t.Due = opened.Add(48 * time.Hour)
		switch {
		case i%12 == 5:
			t.Status, t.Closing = "Makulerad", "Återkallat"
		case i%25 == 24:
			t.Closing = "Dubblett"
		case i%20 == 7:
			t.Status, t.Closing, t.Resolved = "Pågår", "", time.Time{}
		case i%20 == 13:
			t.Status, t.Closing, t.Resolved = "Väntar på användare", "", time.Time{}
		}
		if t.Resolved.After(now) {
			t.Status, t.Closing, t.Resolved = "Pågår", "", time.Time{}
		}
		if !t.Resolved.IsZero() {
			t.Closed, t.Updated = t.Resolved.Add(10*time.Minute), t.Resolved.Add(10*time.Minute)
			if t.Closed.After(now) {
				t.Closed, t.Updated = t.Resolved, t.Resolved
			}
		}
		out = append(out, t)
	}
	return out
}

// View makes the view that the profile's own settings describe. Like the
// standard view it has the title and the reporter too.
func View(identifier string, tickets []EasitTicket) (EasitView, error) {
	zone, err := time.LoadLocation("Europe/Stockholm")
	if err != nil {
		return EasitView{}, err
	}
	v := EasitView{Identifier: identifier, Columns: []EasitColumn{
		{Name: "Id", Datatype: "INTEGER"}, {Name: "Organisation", Datatype: "CONNECTION", Connection: "ITEM"},
		{Name: "Anmälare", Datatype: "CONNECTION", Connection: "ITEM"}, {Name: "Handläggargrupp", Datatype: "CONNECTION", Connection: "GROUP"},
		{Name: "Tjänst", Datatype: "CONNECTION", Connection: "ITEM"}, {Name: "Rubrik", Datatype: "STRING"},
		{Name: "Kategori_1", Datatype: "CONNECTION", Connection: "PROPERTY"}, {Name: "Typ", Datatype: "CONNECTION", Connection: "PROPERTY"},
		{Name: "Status", Datatype: "CONNECTION", Connection: "PROPERTY"}, {Name: "Prioritet", Datatype: "CONNECTION", Connection: "PROPERTY"},
		{Name: "Kontaktväg", Datatype: "CONNECTION", Connection: "PROPERTY"}, {Name: "Stängningskod", Datatype: "CONNECTION", Connection: "PROPERTY"},
		{Name: "Skapad", Datatype: "DATETIME"}, {Name: "Första svar", Datatype: "DATETIME"}, {Name: "Löst", Datatype: "DATETIME"},
		{Name: "Stängd", Datatype: "DATETIME"}, {Name: "Åtgärdas senast", Datatype: "DATETIME"}, {Name: "Uppdaterad", Datatype: "DATETIME"},
		// Two columns of one name: the free text and the reason in words.
		{Name: "Lösning", Datatype: "STRING"}, {Name: "Lösning", Datatype: "CONNECTION", Connection: "PROPERTY"},
	}}
	for i := range tickets {
		v.Items = append(v.Items, tickets[i].item(zone))
	}
	return v, nil
}

func (t *EasitTicket) item(zone *time.Location) EasitItem {
	it := EasitItem{ID: fmt.Sprintf("%d:2", t.No)}
	text := func(name, content string) { it.Values = append(it.Values, EasitValue{Name: name, Content: content}) }
	choice := func(name, content string) {
		raw := "null:1"
		if content != "" {
			raw = fmt.Sprintf("%d:1", 100+len(content))
		}
		it.Values = append(it.Values, EasitValue{Name: name, Content: content, Raw: raw})
	}
	at := func(name string, when time.Time) {
		v := EasitValue{Name: name}
		if !when.IsZero() {
			v.Content, v.Raw = when.In(zone).Format("2006-01-02 15:04"), when.UTC().Format("2006-01-02T15:04:05.000Z")
		}
		it.Values = append(it.Values, v)
	}
	it.Values = append(it.Values, EasitValue{Name: "Id", Content: strconv.Itoa(t.No), Raw: strconv.Itoa(t.No)})
	choice("Organisation", t.Org)
	choice("Anmälare", t.Reporter)
	choice("Handläggargrupp", t.Group)
	choice("Tjänst", t.Service)
	text("Rubrik", t.Title)
	choice("Kategori_1", t.Category)
	choice("Typ", t.Kind)
	choice("Status", t.Status)
	choice("Prioritet", t.Priority)
	choice("Kontaktväg", t.Channel)
	choice("Stängningskod", t.Closing)
	at("Skapad", t.Opened)
	at("Första svar", t.FirstResponse)
	at("Löst", t.Resolved)
	at("Stängd", t.Closed)
	at("Åtgärdas senast", t.Due)
	at("Uppdaterad", t.Updated)
	text("Lösning", "")
	choice("Lösning", t.Closing)
	return it
}
