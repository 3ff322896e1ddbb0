package reporting

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/kommunpuls/kommunpuls/internal/mail"
)

// maxAge is how long it is tried to send a letter.
const maxAge = 7 * 24 * time.Hour

// deliver sends what waits, the oldest first, each to all or none of those who get it.
func (k *Keeper) deliver(ctx context.Context, s *Settings) {
	for _, r := range k.waiting() {
		plan := planOf(s, r.Plan)
		if ctx.Err() != nil || plan == nil || len(plan.To) == 0 || s.Mail == nil {
			continue
		}
		now := k.opt.Now()
		if now.Sub(r.Made) > maxAge {
			k.note(&r, nil, true)
			continue
		}
		if now.Before(r.Letter.Next) {
			continue
		}
		err := k.send(ctx, s, plan, &r)
		if ctx.Err() != nil && err != nil {
			return
		}
		k.note(&r, err, false)
	}
}

func planOf(s *Settings, name string) *Plan {
	for i := range s.Plans {
		if s.Plans[i].Name == name {
			return &s.Plans[i]
		}
	}
	return nil
}

// waiting are copies of the reports whose letters wait.
func (k *Keeper) waiting() []Kept {
	k.mu.Lock()
	defer k.mu.Unlock()
	var out []Kept
	for _, r := range k.state.Kept {
		if r.Letter.waits() {
			l := *r.Letter
			r.Letter = &l
			out = append(out, r)
		}
	}
	return out
}

func (k *Keeper) send(ctx context.Context, s *Settings, p *Plan, r *Kept) error {
	files := map[string][]byte{}
	if !p.Link {
		for _, f := range r.Formats {
			b, err := k.shelf.read(r, f)
			if err != nil {
				return err
			}
			files[f] = b
		}
	}
	m := Letter(s, p, r, files)
	m.At = r.Made
	// A letter that was sent a moment before the machine stopped bears the same
	// number when it is sent again.
	m.ID = fmt.Sprintf("%s.%d", r.Name, r.Made.Unix())
	return s.Mail.Send(ctx, m)
}

// note takes down what became of a letter.
func (k *Keeper) note(r *Kept, err error, tooOld bool) {
	k.mu.Lock()
	defer k.mu.Unlock()
	l := k.letter(r.Name)
	if l == nil {
		return
	}
	f := k.fares[r.Plan]
	if f == nil { // the plan was taken away meanwhile
		f = &fare{results: map[string]int64{}}
	}
	now := k.opt.Now()
	switch {
	case tooOld:
		l.Dropped = true
		f.results[dropped]++
		k.failing(f, "dropped", "Rapporten gick inte att mejla på sju dagar och skickas inte längre.")
		k.opt.Log.Error("a report was never mailed", "report", r.Plan, "file", r.Name)
	case err == nil:
		l.Sent = now
		f.results[sent]++
		k.succeeded(r.Plan, now)
		k.opt.Log.Info("mailed a report", "report", r.Plan, "file", r.Name)
	default:
		l.Attempts++
		l.Next = now.Add(backoff(l.Attempts))
		f.results[failed]++
		class, reason := why(err)
		if f.class != class {
			k.opt.Log.Warn("a report does not get through", "report", r.Plan, "class", class, "reason", reason)
		}
		k.failing(f, class, reason)
	}
	k.save()
}

func why(err error) (class, reason string) {
	var f *mail.Failure
	if errors.As(err, &f) {
		return f.Class, f.Reason
	}
	return "file", "En fil som skulle mejlas går inte att läsa."
}

// letter is that of a report that is kept. k.mu is held.
func (k *Keeper) letter(name string) *letter {
	for i := range k.state.Kept {
		if k.state.Kept[i].Name == name {
			return k.state.Kept[i].Letter
		}
	}
	return nil
}

// Letter words the letter that goes with a report.
func Letter(s *Settings, p *Plan, r *Kept, files map[string][]byte) mail.Message {
	subject := r.Title
	if s.Municipality != "" {
		subject = "[" + s.Municipality + "] " + subject
	}
	var b strings.Builder
	if s.Demo {
		subject = "DEMODATA: " + subject
		b.WriteString("DEMODATA – påhittad kommun.\n\n")
	}
	b.WriteString(r.Title + "\n\n")
	if r.Lead != "" {
		b.WriteString(r.Lead + "\n\n")
	}
	var what []string
	m := mail.Message{To: p.To, Subject: subject}
	for _, f := range []struct{ format, kind, name string }{{"html", "text/html; charset=utf-8", "webbsida"}, {"pdf", "application/pdf", "PDF"}} {
		if data, ok := files[f.format]; ok {
			m.Attachments = append(m.Attachments, mail.Attachment{Name: r.Name + "." + f.format, Type: f.kind, Data: data})
			what = append(what, f.name)
		}
	}
	if len(what) > 0 {
		b.WriteString("Rapporten följer med som " + strings.Join(what, " och som ") + ".\n")
	}
	if s.PublicURL != "" {
		where := "Rapporten finns här, för den som har behörighet:"
		if len(what) > 0 {
			where = "Den finns också här, för den som har behörighet:"
		}
		b.WriteString(where + "\n" + s.PublicURL + "/rapporter\n")
	}
	if r.Kind == "forvaltning" {
		b.WriteString("\nRapporten nämner enskilda system. Sekretessprövas före utlämnande; skicka den inte vidare utanför kommunen utan prövning.\n")
	}
	b.WriteString("\nDet här brevet skickas av kommunpuls enligt kommunens schema. Det går inte att svara på det; den som sköter kommunpuls ändrar vilka som får det.\n")
	m.Text = b.String()
	return m
}

// Outgoing is a report in its letter.
type Outgoing struct {
	Name   string // that its files would have
	Letter mail.Message
}

// Now makes the reports of a plan and words their letters, beside what is due.
func Now(ctx context.Context, s *Settings, p *Plan, m Maker, now time.Time) ([]Outgoing, error) {
	units := []string{p.Unit}
	if p.Unit == All {
		var err error
		if units, err = m.Units(ctx); err != nil {
			return nil, err
		}
	}
	var out []Outgoing
	for _, unit := range units {
		made, err := m.Make(ctx, Order{Kind: p.Kind, Unit: unit, Formats: p.Formats})
		if err != nil {
			return nil, err
		}
		r := Kept{Name: base(now, p.Kind, unit), Kind: p.Kind, Unit: unit, Title: made.Title, Lead: made.Lead, Made: now, Formats: p.Formats}
		files := made.Files
		if p.Link {
			files = nil
		}
		letter := Letter(s, p, &r, files)
		letter.At = now
		out = append(out, Outgoing{Name: r.Name, Letter: letter})
	}
	return out, nil
}
