package setup

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"

	"github.com/kommunpuls/kommunpuls/internal/sheet/guess"
)

// desk asks questions and keeps what nobody answered.
type desk struct {
	opt  Options
	in   *bufio.Reader
	left []unanswered
	used map[string]bool // answers that concern some file
}

type unanswered struct {
	file string
	q    guess.Question
}

func newDesk(opt Options) *desk {
	d := &desk{opt: opt, used: map[string]bool{}}
	if opt.Interactive && opt.In != nil {
		d.in = bufio.NewReader(opt.In)
	}
	return d
}

// note remembers which answers concern a file.
func (d *desk) note(rep guess.Report, given map[string]string) {
	for id := range given {
		d.used[id] = d.used[id] || concerns(rep, id)
	}
}

// unused tells answers that belong to no question: a slip of the finger would
// otherwise leave the proposal standing in silence.
func (d *desk) unused() {
	for _, id := range sorted(d.opt.Answers.All) {
		if !d.used[id] && id != "municipality" {
			d.say("\nSvaret på ”%s” hör inte till någon fråga om listorna och används inte.\n", id)
		}
	}
}

func (d *desk) say(format string, args ...any) {
	_, _ = fmt.Fprintf(d.opt.Out, format, args...) // a terminal that is gone takes the run with it at the next read
}

// answer gives the key of a question's answer: one already given, a person's,
// or with Yes the proposal. ok is false when it is left open.
func (d *desk) answer(file string, q guess.Question, given map[string]string) (string, bool, error) {
	if a, ok := lookup(q, given); ok {
		key, ok := match(q, a)
		if !ok {
			return "", false, fmt.Errorf("%w: %s: %q är inget svar på frågan %s; välj något av %s", ErrInput, file, a, q.ID, strings.Join(keys(q), ", "))
		}
		return key, true, nil
	}
	if strings.HasPrefix(q.ID, "fill_down:") {
		return q.Default, true, nil // merged cells leave no doubt; the answer can still be given
	}
	if d.in != nil {
		key, err := d.prompt(q)
		return key, err == nil, err
	}
	if d.opt.Yes && q.Default != "" {
		d.say("\n%s\n  → %s (mitt förslag)\n", wrap(q.Text, 0), labelOf(q))
		return q.Default, true, nil
	}
	d.left = append(d.left, unanswered{file, q})
	return "", false, nil
}

// labelOf is what the proposal is called.
func labelOf(q guess.Question) string {
	for _, o := range q.Options {
		if o.Key == q.Default {
			return o.Label
		}
	}
	return q.Default
}

// lookup finds what was said of a question, by its id or by the header alone.
func lookup(q guess.Question, given map[string]string) (string, bool) {
	if a, ok := given[q.ID]; ok {
		return a, true
	}
	if q.Column != "" && strings.HasPrefix(q.ID, "column:") {
		a, ok := given[q.Column]
		return a, ok
	}
	return "", false
}

// match reads an answer: an option's key, its label or its number.
func match(q guess.Question, a string) (string, bool) {
	a = strings.TrimSpace(a)
	for i, o := range q.Options {
		if strings.EqualFold(a, o.Key) || strings.EqualFold(a, o.Label) || a == strconv.Itoa(i+1) {
			return o.Key, true
		}
	}
	if yes, no, ok := yesNo(q); ok {
		switch strings.ToLower(a) {
		case "j", "ja", "y", "yes":
			return yes, true
		case "n", "nej", "no":
			return no, true
		}
	}
	return a, len(q.Options) == 0 && a != ""
}

// yesNo tells whether a question is one of yes or no, and the keys of both.
func yesNo(q guess.Question) (yes, no string, ok bool) {
	if len(q.Options) != 2 {
		return "", "", false
	}
	for _, o := range q.Options {
		switch word, _, _ := strings.Cut(strings.ToLower(o.Label), " "); strings.Trim(word, ",.:;") {
		case "ja":
			yes = o.Key
		case "nej":
			no = o.Key
		}
	}
	return yes, no, yes != "" && no != ""
}

func keys(q guess.Question) []string {
	out := make([]string, len(q.Options))
	for i, o := range q.Options {
		out[i] = o.Key
	}
	return out
}

// prompt asks until it gets an answer that fits; the empty line takes the proposal.
func (d *desk) prompt(q guess.Question) (string, error) {
	d.say("\n%s\n", wrap(q.Text, 0))
	short, isYesNo := "", false
	if yes, _, ok := yesNo(q); ok {
		isYesNo, short = true, "j/N"
		if q.Default == yes {
			short = "J/n"
		}
	}
	if !isYesNo {
		for i, o := range q.Options {
			mark := " "
			if o.Key == q.Default {
				mark, short = "*", strconv.Itoa(i+1)
			}
			d.say("  %s %d  %s\n", mark, i+1, o.Label)
		}
		if len(q.Options) == 0 {
			short = q.Default
		}
	}
	for range 5 {
		d.say("[%s] ", short)
		line, err := d.in.ReadString('\n')
		if err != nil && (!errors.Is(err, io.EOF) || strings.TrimSpace(line) == "") {
			d.say("\n")
			return "", fmt.Errorf("%w: %s", ErrQuestions, q.ID)
		}
		if strings.TrimSpace(line) == "" && q.Default != "" {
			return q.Default, nil
		}
		if key, ok := match(q, line); ok {
			return key, nil
		}
		d.say("Det förstod jag inte. Skriv %s, eller bara Enter för förslaget.\n", choices(q, isYesNo))
	}
	return "", fmt.Errorf("%w: %s", ErrQuestions, q.ID)
}

func choices(q guess.Question, isYesNo bool) string {
	if isYesNo {
		return "j eller n"
	}
	return fmt.Sprintf("en siffra 1–%d", len(q.Options))
}

// openQuestions lists what is left to answer and how.
func (d *desk) openQuestions() {
	d.say("\nInnan jag kan räkna behöver jag veta:\n")
	for i, u := range d.left {
		d.say("\n%d. %s\n", i+1, wrap(u.file+": "+u.q.Text, 3))
		if len(u.q.Options) == 0 {
			d.say("     --svar %s\n", quoted(u.q.ID+"="+u.q.Default))
		}
		for _, o := range u.q.Options {
			mark := ""
			if o.Key == u.q.Default {
				mark = "   ← mitt förslag"
			}
			d.say("     --svar %s   %s%s\n", quoted(u.q.ID+"="+o.Key), o.Label, mark)
		}
	}
	d.say("\nKör igen med svaren, lägg dem i en fil med --answers, eller ta alla förslag med --yes.\n")
}

// quoted makes one word of a flag's value in the shells of Linux and Windows.
func quoted(s string) string {
	if strings.ContainsAny(s, " \t&|<>()*?;!$`'") {
		return `"` + s + `"`
	}
	return s
}
