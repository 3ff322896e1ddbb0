package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/kommunpuls/kommunpuls/internal/finding"
	"github.com/kommunpuls/kommunpuls/internal/setup"
	"github.com/kommunpuls/kommunpuls/internal/sheet/guess"
	"github.com/kommunpuls/kommunpuls/plugins/ldap"
	"github.com/kommunpuls/kommunpuls/plugins/sdk"
	"github.com/kommunpuls/kommunpuls/plugins/sdk/record"
)

// directoryFlags say which directory init looks at, and as whom.
type directoryFlags struct {
	AD       string   `name:"ad" placeholder:"URL" help:"Katalogen att läsa: ldaps://dc1.kommunen.se. (The directory.)"`
	User     string   `name:"konto" placeholder:"KONTO" help:"Kontot som läser katalogen; utan det tjänstens eget (Kerberos). (The reading account.)"`
	Password string   `name:"losenord-fil" placeholder:"FIL" help:"Fil med kontots lösenord. (File with its password.)"`
	CAFile   string   `name:"ca-fil" placeholder:"FIL" help:"Egen certifikatutfärdare, PEM. (Own CA.)"`
	Bases    []string `name:"ou" sep:"none" placeholder:"DN" help:"OU att läsa, kan upprepas; annars hela katalogen. (OU to read.)"`
}

// system makes the directory one of init's systems. dir is where the
// configuration is written, which relative paths start from.
func (f directoryFlags) system(dir string) (setup.System, error) {
	d := ldap.Directory{URL: f.AD, Bases: f.Bases, StartTLS: strings.HasPrefix(f.AD, "ldap://")}
	look := d
	look.Bind = ldap.Bind{User: f.User, Method: "simple"}
	if f.User == "" {
		look.Bind = ldap.Bind{Method: "gssapi"}
	}
	d.Bind = look.Bind
	if f.Password != "" {
		password, err := os.ReadFile(f.Password)
		if err != nil {
			return setup.System{}, usage("lösenordsfilen: %w", err)
		}
		look.Bind.Password = strings.TrimRight(string(password), "\r\n")
		path, err := fromFolder(dir, f.Password)
		if err != nil {
			return setup.System{}, err
		}
		d.Bind.Password = "${file:" + path + "}"
	} else if f.User != "" {
		return setup.System{}, usage("--konto kräver --losenord-fil: lägg lösenordet i en fil som bara tjänsten får läsa")
	}
	if f.CAFile != "" {
		abs, err := filepath.Abs(f.CAFile)
		if err != nil {
			return setup.System{}, err
		}
		look.CAFile = abs
		if d.CAFile, err = fromFolder(dir, f.CAFile); err != nil {
			return setup.System{}, err
		}
	}
	survey := &ldap.Survey{}
	return setup.System{
		Name: "katalog", Type: "ldap", Every: "1h", Kind: record.Account,
		Look: func(ctx context.Context) ([]string, []guess.Question, error) {
			raw, err := json.Marshal(ldap.Settings{Directory: look})
			if err != nil {
				return nil, nil, err
			}
			if *survey, err = ldap.LookAround(ctx, sdk.Settings{Instance: "katalog", JSON: raw}); err != nil {
				if errors.Is(err, sdk.ErrUnreachable) {
					return nil, nil, fmt.Errorf("%w: %w", errReached, err)
				}
				return nil, nil, usageError{err}
			}
			return surveyLines(survey), surveyQuestions(survey), nil
		},
		Settings: func(answers map[string]string) (json.RawMessage, error) { return directorySettings(d, survey, answers) },
	}, nil
}

// fromFolder writes a path as the configuration holds it: relative to its
// folder where it lies beneath, else absolute.
func fromFolder(dir, path string) (string, error) {
	absDir, err := filepath.Abs(dir)
	if err != nil {
		return "", err
	}
	abs, err := filepath.Abs(path)
	if err != nil {
		return "", err
	}
	if rel, err := filepath.Rel(absDir, abs); err == nil && filepath.IsLocal(rel) {
		return filepath.ToSlash(rel), nil
	}
	return filepath.ToSlash(abs), nil
}

// directorySettings turns the answers into the source's settings.
func directorySettings(d ldap.Directory, v *ldap.Survey, answers map[string]string) (json.RawMessage, error) {
	p := ldap.Proposal{Directory: d, Category: answers["category"]}
	if len(p.Directory.Bases) == 0 {
		p.Directory.Bases = []string{v.Base}
	}
	if reason, none := strings.CutPrefix(answers["protected"], "inga:"); none {
		if p.NoneReason = strings.TrimSpace(reason); p.NoneReason == "" {
			return nil, errors.New("skriv varför det inte finns några skyddade konton: inga: orsaken")
		}
	} else {
		for g := range strings.SplitSeq(answers["protected"], ";") {
			if g = strings.TrimSpace(g); g != "" {
				p.Protected = append(p.Protected, g)
			}
		}
	}
	if answers["pupils"] == "yes" {
		for _, u := range v.Pupils {
			p.Pupils = append(p.Pupils, u.DN)
		}
	}
	return p.Settings()
}

// surveyQuestions asks what no program may decide by itself.
func surveyQuestions(v *ldap.Survey) []guess.Question {
	var groups []string
	for _, g := range v.Protected {
		groups = append(groups, g.DN)
	}
	protected := "Vilken grupp har de konton som har skyddade personuppgifter? De läses aldrig. Skriv gruppens namn eller DN, flera med semikolon mellan. Finns inga: skriv inga: och orsaken."
	if len(groups) > 0 {
		protected += " Grupper vars namn tyder på det står som förslag."
	}
	qs := []guess.Question{{ID: "protected", Text: protected, Default: strings.Join(groups, "; ")}}
	if len(v.Pupils) > 0 {
		var names []string
		for _, u := range v.Pupils {
			names = append(names, fmt.Sprintf("%s (%s)", u.Name, count(u.Accounts, "konto", "konton")))
		}
		qs = append(qs, guess.Question{
			ID: "pupils", Text: "Är detta elever: " + strings.Join(names, ", ") + "? Elever räknas per enhet och läses aldrig som konton.", Default: "yes",
			Options: []guess.Option{{Key: "yes", Label: "ja"}, {Key: "no", Label: "nej"}},
		})
	}
	return append(qs, guess.Question{
		ID: "category", Text: "Vad är konton som ingen regel träffar? Regler för inhyrda, förtroendevalda och tjänstekonton skriver ni sedan i inställningarna.", Default: "employee",
		Options: []guess.Option{{Key: "employee", Label: "anställda"}, {Key: "unknown", Label: "okänt"}},
	})
}

// surveyLines say what the account can and cannot read.
func surveyLines(v *ldap.Survey) []string {
	kind := "Katalogen"
	if v.AD {
		kind = "Active Directory"
	}
	lines := []string{
		fmt.Sprintf("%s på %s, %s:", kind, v.Where, v.Base),
		fmt.Sprintf("  %s syns, %s av dem aktiva, %s och %s.", count(v.Accounts, "konto", "konton"), number(v.Enabled), count(v.Computers, "dator", "datorer"), count(v.Groups, "grupp", "grupper")),
	}
	var can, cannot []string
	for _, a := range v.Shown {
		if a.Accounts > 0 {
			can = append(can, fmt.Sprintf("%s %s", attributeName(a.Attribute), number(a.Accounts)))
		} else {
			cannot = append(cannot, attributeName(a.Attribute))
		}
	}
	if len(can) > 0 {
		lines = append(lines, fmt.Sprintf("  Av %s visar så här många: %s.", count(v.Enabled, "aktivt konto", "aktiva konton"), strings.Join(can, ", ")))
	}
	if len(cannot) > 0 {
		lines = append(lines, "  Inget konto visar: "+strings.Join(cannot, ", ")+". Antingen används det inte, eller så får läskontot inte se det.")
	}
	var seen, empty []string
	for _, u := range v.Units {
		switch {
		case u.Accounts > 0:
			seen = append(seen, u.Name+" "+number(u.Accounts))
		case u.Others == 0:
			empty = append(empty, u.Name)
		}
	}
	if len(seen) > 0 {
		lines = append(lines, "  Konton per enhet: "+strings.Join(seen, ", ")+".")
	}
	if len(empty) > 0 {
		slices.Sort(empty)
		lines = append(lines, "  Ingenting syns i: "+strings.Join(empty, ", ")+". Är de inte tomma saknar läskontot rätt att läsa där.")
	}
	return lines
}

func attributeName(a string) string {
	names := map[string]string{"lastLogonTimestamp": "senaste inloggning", "pwdLastSet": "när lösenordet byttes", "accountExpires": "när kontot upphör", "department": "avdelning", "mail": "e-post", "displayName": "visningsnamn"}
	if n, ok := names[a]; ok {
		return n
	}
	return a
}

func number(n int64) string { return finding.Number(float64(n), 0) }

func count(n int64, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return number(n) + " " + many
}
