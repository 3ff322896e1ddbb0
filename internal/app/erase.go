package app

import (
	"context"
	"path/filepath"
	"slices"

	"github.com/kommunpuls/kommunpuls/internal/catalogue"
	"github.com/kommunpuls/kommunpuls/internal/finding"
	"github.com/kommunpuls/kommunpuls/internal/privacy"
	"github.com/kommunpuls/kommunpuls/internal/source"
	"github.com/kommunpuls/kommunpuls/internal/store"
	"github.com/kommunpuls/kommunpuls/internal/wording"
)

// Erase removes one person by decision and proves it. Nothing of what is typed
// is kept, logged or repeated.
func (a *App) Erase(ctx context.Context, typed, decision, by string) (proof privacy.Proof, err error) {
	parts := a.Parts()
	cfg := parts.Config
	proof = privacy.Proof{Municipality: cfg.Municipality, Demo: cfg.Demo, Made: a.now(), Version: a.version, Decision: decision, By: by, Clean: true,
		Removed: []privacy.Count{}, Replaced: []privacy.Count{}, Figures: []privacy.FigureChange{}, Snapshots: []privacy.SubjectSnapshot{}, Searched: []privacy.Searched{}}
	keys, err := Pseudonymisers(cfg)
	if err != nil {
		return proof, err
	}
	p, _, err := a.lookUp(ctx, typed, keys)
	if err != nil || len(p.Keys) == 0 {
		return proof, err
	}
	proof.Found, proof.Accounts = true, len(p.Accounts)
	refs := refsOf(p)
	if proof.Snapshots, err = parts.inSnapshots(ctx, refs); err != nil {
		return proof, err
	}
	proof.SharedNames = len(p.Keys) - len(refs)
	a.evaluating.Lock()
	defer a.evaluating.Unlock()
	at := store.Point{AsOf: proof.Made, KnownAt: proof.Made}
	before, err := a.Engine().Evaluate(ctx, at)
	if err != nil {
		return proof, err
	}
	if err := a.erase(ctx, p, refs, &proof); err != nil {
		return proof, err
	}
	after, err := a.Engine().Evaluate(ctx, at)
	if err != nil {
		return proof, err
	}
	proof.Figures = a.figureChanges(before, after)
	return proof, a.searchErased(ctx, refs, &proof)
}

// refsOf are the pseudonyms that are a person's alone.
func refsOf(p store.Person) []string {
	var out []string
	for _, k := range p.Keys {
		if k.Others == 0 && !slices.Contains(out, k.Pseudonym) {
			out = append(out, k.Pseudonym)
		}
	}
	return out
}

// erase removes the person from the store. The log is written before and after.
func (a *App) erase(ctx context.Context, p store.Person, refs []string, proof *privacy.Proof) error {
	instead, err := privacy.Nobody()
	if err != nil {
		return err
	}
	key := []byte(a.Parts().Config.PseudonymKey.Value())
	e := store.Erasure{At: proof.Made, Refs: refs, Instead: instead}
	for _, ref := range refs {
		e.Marks = append(e.Marks, privacy.Mark(key, ref))
	}
	proof.KeptOut = len(e.Marks)
	log := a.Parts().gallringLog()
	entry := privacy.Entry{At: proof.Made, What: privacy.LogErasure + " påbörjad", Decision: proof.Decision, By: proof.By}
	if err := privacy.AppendLog(log, entry); err != nil {
		return err
	}
	done, err := a.store.Erase(ctx, p, e)
	if err != nil {
		return err
	}
	proof.Removed, proof.Replaced = privacy.Counts(done.Removed), privacy.Counts(done.Replaced)
	entry.At, entry.What, entry.Counts = a.now(), privacy.LogErasure, slices.Concat(proof.Removed, proof.Replaced)
	if err := privacy.AppendLog(log, entry); err != nil {
		return err
	}
	lines, err := privacy.ReadLog(log)
	proof.LogLine = len(lines)
	a.noteApplied()
	return err
}

// searchErased reads the files of the data folder for what was erased, and has
// the store written anew if something is left in it.
func (a *App) searchErased(ctx context.Context, refs []string, proof *privacy.Proof) (err error) {
	parts := a.Parts()
	dir := parts.Config.Rel(parts.Config.DataDir)
	hits := func(s privacy.Searched) bool { return s.Hits > 0 }
	search := func() error {
		proof.Searched, err = privacy.Search(ctx, dir, refs, parts.SnapshotDir())
		return err
	}
	if err := search(); err != nil {
		return err
	}
	inStore := func(s privacy.Searched) bool { return hits(s) && filepath.Dir(s.File) == "." }
	if slices.ContainsFunc(proof.Searched, inStore) {
		if err := a.store.Compact(ctx); err != nil {
			return err
		}
		proof.Compacted = true
		if err := search(); err != nil {
			return err
		}
	}
	proof.Clean = !slices.ContainsFunc(proof.Searched, hits)
	return nil
}

// figureChanges are the figures that have another value than before, in words.
func (a *App) figureChanges(before, after []finding.Finding) []privacy.FigureChange {
	out := []privacy.FigureChange{}
	say := func(f *finding.Finding) string {
		if f.Value == nil {
			return "inget värde"
		}
		w := wording.Words{}
		if f.Numerator != nil && f.Denominator != nil {
			return w.Count(int64(*f.Numerator)) + " av " + w.Count(int64(*f.Denominator))
		}
		return w.Value(f.Unit, *f.Value)
	}
	titles := titlesOf(a.Parts().Catalogue)
	for i := range before {
		b, f := &before[i], &after[i]
		if sameAmount(b.Value, f.Value) && sameAmount(b.Numerator, f.Numerator) && sameAmount(b.Denominator, f.Denominator) {
			continue
		}
		out = append(out, privacy.FigureChange{KPI: f.KPI, Title: titles[f.KPI], Before: say(b), After: say(f)})
	}
	return out
}

// Lift lets a person who was erased be read in again.
func (a *App) Lift(ctx context.Context, typed, decision, by string) (int64, error) {
	cfg := a.Parts().Config
	keys, err := Pseudonymisers(cfg)
	if err != nil {
		return 0, err
	}
	candidates, err := privacy.Candidates(typed, keys)
	if err != nil {
		return 0, err
	}
	kept, err := a.store.KeptOut(ctx)
	if err != nil {
		return 0, err
	}
	key := []byte(cfg.PseudonymKey.Value())
	instead := ""
	for _, c := range candidates {
		if i, out := kept[privacy.Mark(key, c)]; out {
			instead = i
		}
	}
	if instead == "" {
		return 0, nil
	}
	// What stands instead is one for all that the person answered to.
	var marks []string
	for mark, i := range kept {
		if i == instead {
			marks = append(marks, mark)
		}
	}
	entry := privacy.Entry{At: a.now(), What: privacy.LogLifted, Decision: decision, By: by}
	if err := privacy.AppendLog(a.Parts().gallringLog(), entry); err != nil {
		return 0, err
	}
	return a.store.LetIn(ctx, marks)
}

// keptOut is what the collector asks for those who have been erased.
func (a *App) keptOut(ctx context.Context, key, former string) (source.KeptOut, error) {
	marks, err := a.store.KeptOut(ctx)
	if err != nil || len(marks) == 0 {
		return nil, err
	}
	return &privacy.Barred{Key: []byte(key), Former: []byte(former), Marks: marks, Keep: func(ctx context.Context, fresh map[string]string) error {
		return a.store.KeepOut(ctx, fresh, a.now())
	}}, nil
}

func titlesOf(c catalogue.Catalogue) map[string]string {
	out := make(map[string]string, len(c.KPIs))
	for i := range c.KPIs {
		out[c.KPIs[i].ID] = c.KPIs[i].Title.SV
	}
	return out
}
