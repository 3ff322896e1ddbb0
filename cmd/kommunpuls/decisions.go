package main

import (
	"encoding/csv"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/kommunpuls/kommunpuls/internal/app"
	"github.com/kommunpuls/kommunpuls/internal/calendar"
	"github.com/kommunpuls/kommunpuls/internal/decision"
	"github.com/kommunpuls/kommunpuls/internal/expose/web"
	"github.com/kommunpuls/kommunpuls/internal/store"
)

type decisionsCmd struct {
	Log decisionsLogCmd `cmd:"" help:"Visa hur besluten har ändrats: när, av vilken nämnd, från, till och varför. (Every change of the decisions.)"`
}

type decisionsLogCmd struct {
	Since  string `placeholder:"ÅÅÅÅ-MM-DD" help:"Bara ändringar från och med den dagen, till exempel 2026-01-01. (From that day.)"`
	Names  bool   `help:"Visa i stället namn i källorna som har fått en annan innebörd. (Names that lead elsewhere than before.)"`
	Format string `enum:"table,json,csv" default:"table" help:"table, json eller csv."`
}

func (c decisionsLogCmd) Run(e *env) error {
	since, err := web.ParseInstant(c.Since)
	if err != nil {
		return usage("--since: %w", err)
	}
	if len(c.Since) == len(time.DateOnly) { // a day is its end elsewhere; here it begins
		since = since.AddDate(0, 0, -1).Add(time.Second)
	}
	a, err := e.open(true)
	if err != nil {
		return err
	}
	return errors.Join(c.show(e, a, since), a.Close())
}

func (c decisionsLogCmd) show(e *env, a *app.App, since time.Time) error {
	if c.Names {
		changes, err := a.MappingChanges(e.ctx, since)
		if err != nil {
			return err
		}
		rows := make([][]string, len(changes))
		for i, m := range changes {
			rows[i] = []string{day(m.At), app.SchemeName(m.Scheme), m.Name, m.Was, m.Became}
		}
		return c.write(e, []string{"när", "slag", "namn", "ledde till", "leder till"}, rows)
	}
	changes, err := a.DecisionLog(e.ctx, since)
	if err != nil {
		return err
	}
	rows := make([][]string, len(changes))
	for i, d := range changes {
		rows[i] = decisionRow(d)
	}
	return c.write(e, []string{"när", "blad", "vad", "uppgift", "från", "till", "beslut", "beslutat av", "skäl", "fil"}, rows)
}

func decisionRow(d store.DecisionChange) []string {
	return []string{day(d.At), decision.SectionName(d.Section), d.Key, decision.FieldName(d.Section, d.Field), d.Was, d.Became, d.Decision, d.By, d.Why, d.File}
}

// day is an instant as the municipality's clocks show it.
func day(t time.Time) string {
	return t.In(calendar.Location()).Format("2006-01-02 15:04")
}

// write prints rows as lines for people, as JSON objects or as CSV.
func (c decisionsLogCmd) write(e *env, heads []string, rows [][]string) error {
	switch c.Format {
	case "json":
		out := make([]map[string]string, len(rows))
		for i, r := range rows {
			out[i] = map[string]string{}
			for j, h := range heads {
				out[i][h] = r[j]
			}
		}
		enc := json.NewEncoder(e.out)
		enc.SetIndent("", "  ")
		return enc.Encode(out)
	case "csv":
		w := csv.NewWriter(e.out)
		w.Comma = ';'
		return errors.Join(w.Write(heads), w.WriteAll(rows))
	}
	if len(rows) == 0 {
		fmt.Fprintln(e.out, "Inga ändringar.")
		return nil
	}
	for _, r := range rows {
		c.line(e, r)
	}
	return nil
}

// line is one change: "2026-11-22 08:00  Mål, sso_coverage, Nivå: 0.8 → 0.9 (KS § 1)".
func (c decisionsLogCmd) line(e *env, r []string) {
	blank := func(s string) string {
		if s == "" {
			return "–"
		}
		return s
	}
	if c.Names {
		fmt.Fprintf(e.out, "%s  %s, %s: %s → %s\n", r[0], r[1], r[2], blank(r[3]), blank(r[4]))
		return
	}
	line := fmt.Sprintf("%s  %s, %s, %s: %s → %s", r[0], r[1], r[2], r[3], blank(r[4]), blank(r[5]))
	for _, s := range r[6:9] {
		if s != "" {
			line += "; " + s
		}
	}
	fmt.Fprintln(e.out, line)
}
