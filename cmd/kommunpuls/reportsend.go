package main

import (
	"errors"
	"fmt"
	"strings"

	"github.com/kommunpuls/kommunpuls/internal/app"
	"github.com/kommunpuls/kommunpuls/internal/reporting"
	"github.com/kommunpuls/kommunpuls/internal/store"
)

type reportSendCmd struct {
	Name   string `arg:"" name:"namn" help:"Namnet under reports. (The report's name.)"`
	DryRun bool   `help:"Visa brevet i stället för att skicka det. (Show the letter.)"`
}

// Run makes a regular report beside a running daemon and mails it to those who
// get it. What the daemon keeps and when it makes the next are left as they are.
func (c reportSendCmd) Run(e *env) error {
	return e.read(when{}, func(a *app.App, _ store.Point) error {
		letters, err := a.LettersOf(e.ctx, c.Name)
		if err != nil {
			return err
		}
		server := a.Parts().MailSettings()
		for i := range letters {
			l := &letters[i]
			switch {
			case c.DryRun:
				c.show(e, l)
			case len(l.Letter.To) == 0:
				return usage("reports.%s.to: ingen mottagare är angiven", c.Name)
			case server == nil:
				return usage("mail: ingen e-postserver är angiven")
			default:
				if err := server.Send(e.ctx, l.Letter); err != nil {
					return fmt.Errorf("%s: %w: %w", l.Name, errReached, err)
				}
				fmt.Fprintf(e.out, "%s är mejlad till %s.\n", l.Name, recipients(len(l.Letter.To)))
			}
		}
		if len(letters) == 0 {
			return errors.New("det finns ingen förvaltning att göra en rapport till")
		}
		return nil
	})
}

func recipients(n int) string {
	if n == 1 {
		return "en mottagare"
	}
	return fmt.Sprintf("%d mottagare", n)
}

// show prints a letter as it would be sent.
func (c reportSendCmd) show(e *env, l *reporting.Outgoing) {
	m := l.Letter
	to := strings.Join(m.To, ", ")
	if to == "" {
		to = "ingen"
	}
	fmt.Fprintf(e.out, "Till: %s\nÄmne: %s\n", to, m.Subject)
	for _, a := range m.Attachments {
		fmt.Fprintf(e.out, "Bilaga: %s, %d kB\n", a.Name, (len(a.Data)+1023)/1024)
	}
	fmt.Fprintf(e.out, "\n%s\nIngenting är skickat.\n", m.Text)
}
