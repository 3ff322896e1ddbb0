package notify

import (
	"fmt"
	"strings"
	"time"

	"github.com/kommunpuls/kommunpuls/internal/alert"
)

// Kinds of messages.
const (
	News  = "larm"
	Again = "pagar"
	Over  = "aterstalld"
	Trial = "prov"
)

// Message is what is told at one time: one alert, or several that came together.
type Message struct {
	ID           string    `json:"id"`
	Kind         string    `json:"kind"`
	Municipality string    `json:"municipality"`
	Demo         bool      `json:"demo,omitempty"`
	At           time.Time `json:"at"`
	Title        string    `json:"title"`
	Alerts       []Told    `json:"alerts"`
}

// Told is one alert in a message.
type Told struct {
	Name        string            `json:"name"`
	Severity    string            `json:"severity"`
	Owner       string            `json:"owner"`
	Labels      map[string]string `json:"labels"`
	Since       time.Time         `json:"since"`
	Summary     string            `json:"summary"`
	Description string            `json:"description,omitempty"`
	// Notice is ready for the switchboard and the intranet.
	Notice  string `json:"notice,omitempty"`
	Link    string `json:"link,omitempty"`
	Runbook string `json:"runbook,omitempty"`
}

// told words an instance as of now.
func (i *instance) told(since, now time.Time) Told {
	v := alert.Values{Labels: i.labels, Value: i.value, Now: now, Each: i.each, Users: i.users}
	r := i.rule
	return Told{
		Name: r.Name, Severity: string(r.Severity), Owner: r.Owner, Labels: i.labels, Since: since,
		Summary: r.Summary.Fill("sv", v), Description: r.Description.Fill("sv", v), Notice: r.Notice.Fill("sv", v), Link: r.Link, Runbook: r.Runbook,
	}
}

// over is what is said of an alert that ended.
func (t Told) over() Told {
	t.Notice, t.Description = "", "Det larmades "+clock(t.Since)+" och är över."
	return t
}

// titled gives a message its headline.
func (m Message) titled() Message {
	prefix := map[string]string{Again: "Pågår: ", Over: "Återställd: "}[m.Kind]
	m.Title = prefix + m.Alerts[0].Summary
	if n := len(m.Alerts) - 1; n > 0 {
		m.Title += fmt.Sprintf(" och %d till", n)
	}
	if m.Demo {
		m.Title = "DEMODATA: " + m.Title
	}
	return m
}

// Text is the message as people read it without markup.
func (m Message) Text() string {
	var b strings.Builder
	for i, t := range m.Alerts {
		if i > 0 {
			b.WriteString("\n\n————\n\n")
		}
		b.WriteString(t.Summary + "\n")
		for _, s := range []string{t.Notice, t.Description} {
			if s != "" {
				b.WriteString("\n" + s + "\n")
			}
		}
		if t.Link != "" {
			b.WriteString("\nLäget: " + t.Link)
		}
		if t.Runbook != "" {
			b.WriteString("\nSå gör du: " + t.Runbook)
		}
	}
	fmt.Fprintf(&b, "\n\n%s, kommunpuls\n", m.Municipality)
	return b.String()
}
