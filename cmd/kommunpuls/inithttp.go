package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"github.com/kommunpuls/kommunpuls/internal/setup"
	"github.com/kommunpuls/kommunpuls/internal/sheet/guess"
	"github.com/kommunpuls/kommunpuls/plugins/http"
	"github.com/kommunpuls/kommunpuls/plugins/http/profile"
	"github.com/kommunpuls/kommunpuls/plugins/http/profiles"
	"github.com/kommunpuls/kommunpuls/plugins/sdk"
)

// leftOut is the answer that leaves a setting out.
const leftOut = "-"

// profileSystem makes a system that a profile knows one of init's systems. dir
// is where the configuration is written, which secrets' files are looked for
// from.
func profileSystem(id, dir string) (setup.System, error) {
	p, err := profiles.Get(id)
	if err != nil {
		return setup.System{}, usage("profilen %s finns inte; det finns %s", id, strings.Join(profiles.Names(), ", "))
	}
	return setup.System{
		Name: p.ID, Type: http.Name, Every: "1h", Kind: p.Streams[0].Kind,
		Look: func(context.Context) ([]string, []guess.Question, error) {
			lines := []string{p.Title.SV + ":", "  " + p.About.SV, "  " + p.Privacy.SV, "  " + p.Tried.SV}
			return lines, profileQuestions(p), nil
		},
		Settings: func(answers map[string]string) (json.RawMessage, error) { return profileSettings(p, answers, dir) },
	}, nil
}

// profileQuestions asks for what the profile needs: what is required, every
// secret, and what its own rules speak of. The rest has a default.
func profileQuestions(p *profile.Profile) []guess.Question {
	var qs []guess.Question
	for _, s := range p.Settings {
		ruled := slices.ContainsFunc(p.Check, func(r profile.Rule) bool {
			return r.Field == s.Name || strings.Contains(r.Holds, "."+s.Name+" ") || strings.Contains(r.Holds, "."+s.Name+")")
		})
		if !s.Required && s.Type != "secret" && !ruled {
			continue
		}
		q := guess.Question{ID: s.Name, Text: p.Title.SV + ", " + s.Name + ": " + s.Text.SV}
		switch s.Type {
		case "secret":
			q.Text += " Själva hemligheten skrivs aldrig i inställningarna: lägg den i en fil som bara tjänsten får läsa, eller i en miljövariabel, och svara ${file:…} eller ${env:…}."
			q.Default = "${file:data/" + p.ID + "." + s.Name + "}"
		case "choice":
			for _, c := range slices.Sorted(maps.Keys(s.Choices)) {
				q.Options = append(q.Options, guess.Option{Key: c, Label: s.Choices[c].SV})
			}
			q.Default = fmt.Sprint(s.Default)
		case "list":
			q.Text += " Flera med semikolon mellan."
		case "map":
			q.Text += " Skriv namn=värde, flera med semikolon mellan."
		}
		if !s.Required {
			q.Text += " Används den inte: svara " + leftOut + "."
			if s.Type != "choice" {
				q.Default = leftOut
			}
		}
		qs = append(qs, q)
	}
	return qs
}

// profileSettings turns the answers into the source's settings and checks them
// as the daemon will.
func profileSettings(p *profile.Profile, answers map[string]string, dir string) (json.RawMessage, error) {
	out := map[string]any{"profile": p.ID}
	var faults []error
	for _, s := range p.Settings {
		text := strings.TrimSpace(answers[s.Name])
		if text == "" || text == leftOut {
			continue
		}
		v, err := settingValue(s, text, dir)
		if err != nil {
			faults = append(faults, fmt.Errorf("%s: %w", s.Name, err))
			continue
		}
		out[s.Name] = v
	}
	if len(faults) > 0 {
		return nil, errors.Join(faults...)
	}
	raw, err := json.Marshal(out)
	if err != nil {
		return nil, err
	}
	for _, problem := range (http.Source{}).Validate(context.Background(), sdk.Settings{Instance: p.ID, JSON: raw, BaseDir: dir}) {
		faults = append(faults, fmt.Errorf("%s: %s", problem.Field, problem.Message))
	}
	return raw, errors.Join(faults...)
}

// settingValue reads an answer as the setting's type wants it.
func settingValue(s profile.Setting, text, dir string) (any, error) {
	switch s.Type {
	case "secret":
		return text, secretThere(text, dir)
	case "number":
		n, err := strconv.ParseFloat(strings.ReplaceAll(text, ",", "."), 64)
		if err != nil {
			return nil, errors.New("ska vara ett tal")
		}
		return n, nil
	case "bool":
		yes, known := map[string]bool{"ja": true, "true": true, "nej": false, "false": false}[strings.ToLower(text)]
		if !known {
			return nil, errors.New("svara ja eller nej")
		}
		return yes, nil
	case "list":
		return parts(text), nil
	case "map":
		m := map[string]string{}
		for _, part := range parts(text) {
			i := strings.LastIndex(part, "=")
			if i <= 0 {
				return nil, fmt.Errorf("%q: skriv namn=värde", part)
			}
			m[strings.TrimSpace(part[:i])] = strings.TrimSpace(part[i+1:])
		}
		return m, nil
	}
	return text, nil
}

func parts(text string) []string {
	var out []string
	for part := range strings.SplitSeq(text, ";") {
		if part = strings.TrimSpace(part); part != "" {
			out = append(out, part)
		}
	}
	return out
}

// secretThere makes sure that a secret is a reference, and that what it refers
// to is there. The error never repeats what was written.
func secretThere(text, dir string) error {
	if name, ok := strings.CutPrefix(text, "${env:"); ok && strings.HasSuffix(name, "}") {
		if os.Getenv(strings.TrimSuffix(name, "}")) == "" {
			return fmt.Errorf("miljövariabeln %s är inte satt", strings.TrimSuffix(name, "}"))
		}
		return nil
	}
	name, ok := strings.CutPrefix(text, "${file:")
	if !ok || !strings.HasSuffix(name, "}") {
		return errors.New("skriv inte hemligheten här; lägg den i en fil och svara ${file:sökväg}, eller ${env:NAMN}")
	}
	path := filepath.FromSlash(strings.TrimSuffix(name, "}"))
	if !filepath.IsAbs(path) {
		path = filepath.Join(dir, path)
	}
	if _, err := os.Stat(path); err != nil {
		return fmt.Errorf("filen %s finns inte; lägg hemligheten där och kör igen", path)
	}
	return nil
}
