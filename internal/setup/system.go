package setup

import (
	"context"
	"encoding/json"
	"fmt"

	"github.com/kommunpuls/kommunpuls/internal/sheet/guess"
	"github.com/kommunpuls/kommunpuls/plugins/sdk/record"
)

// System is something that init reads over the network and not from a file: a
// directory, a ticket system, a cloud service.
type System struct {
	Name  string      // the source's name in the configuration, "katalog"
	Type  string      // the source's type, "ldap"
	Every string      // how often it is collected, "1h"
	Kind  record.Kind // what it tells of foremost, for the first figure
	// Look says what there is to see, in Swedish lines, and what is in doubt.
	// An error that wraps ErrInput is the person's to mend.
	Look func(ctx context.Context) (lines []string, questions []guess.Question, err error)
	// Settings are the source's own, of the answers by question id. Secrets are
	// references (${file:…}), never values.
	Settings func(answers map[string]string) (json.RawMessage, error)
}

// lookAtSystems looks at every system, says what it found and gets the answers.
func (d *desk) lookAtSystems(ctx context.Context, answers *Answers) ([]list, error) {
	var out []list
	for _, s := range d.opt.Systems {
		l, err := d.lookAtSystem(ctx, s, answers)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", s.Name, err)
		}
		out = append(out, l)
	}
	return out, nil
}

func (d *desk) lookAtSystem(ctx context.Context, s System, answers *Answers) (list, error) {
	l := list{file: s.Name, name: s.Name, kind: s.Kind, block: sourceHead{s.Type, s.Every, "Varifrån det läses, och vad som aldrig läses."}}
	lines, questions, err := s.Look(ctx)
	if err != nil {
		return l, err
	}
	d.say("\n")
	for _, line := range lines {
		d.say("%s\n", wrap(line, 2))
	}
	given, before := answers.of(s.Name), len(d.left)
	for _, q := range questions {
		key, ok, err := d.answer(s.Name, q, given)
		if err != nil {
			return l, err
		}
		d.used[q.ID] = true
		if ok {
			given[q.ID] = key
			answers.put(s.Name, q.ID, key)
		}
	}
	if len(d.left) > before {
		return l, nil
	}
	if l.settings, err = s.Settings(given); err != nil {
		return l, fmt.Errorf("%w: %w", ErrInput, err)
	}
	return l, nil
}

// called is what a list is called in a sentence.
func (l list) called() string {
	if l.path == "" {
		return "Systemet"
	}
	return l.file
}
