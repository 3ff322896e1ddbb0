package replay

import (
	"context"
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"strings"

	"github.com/kommunpuls/kommunpuls/plugins/http/profile"
	"github.com/kommunpuls/kommunpuls/plugins/http/profiles"
	"github.com/kommunpuls/kommunpuls/plugins/sdk"
)

// ErrFailed says that a profile does not do what its cases say.
var ErrFailed = errors.New("profilen gör inte det som dess testfall säger")

// Check tries a profile, a shipped one by id or a file by path: its form,
// every expression in it, and the cases that stand beside the file. It writes
// what it found, in Swedish. The error wraps profile.ErrInvalid, ErrCase or
// ErrFailed.
func Check(ctx context.Context, src sdk.Source, name string, w io.Writer) error {
	if !strings.ContainsAny(name, `/\.`) {
		p, err := profiles.Get(name)
		if err != nil {
			return err
		}
		fmt.Fprintf(w, "%s: formen stämmer och alla uttryck går att tolka (%s). Testfallen för profiler som följer med körs när kommunpuls byggs.\n", p.Title.SV, streams(p))
		return nil
	}
	p, _, err := profile.Load(name)
	if err != nil {
		return err
	}
	fmt.Fprintf(w, "%s: formen stämmer och alla uttryck går att tolka (%s).\n", p.Title.SV, streams(p))
	cases, err := Cases(filepath.Dir(name))
	if err != nil {
		return err
	}
	if len(cases) == 0 {
		fmt.Fprintf(w, "Inga testfall i %s.\n", filepath.Join(filepath.Dir(name), "testcases"))
		return nil
	}
	absolute, err := filepath.Abs(name)
	if err != nil {
		return err
	}
	failed := 0
	for _, dir := range cases {
		said, err := try(ctx, src, dir, absolute)
		if err != nil {
			return err
		}
		if len(said) == 0 {
			fmt.Fprintf(w, "Testfall %s: rätt.\n", filepath.Base(dir))
			continue
		}
		failed++
		fmt.Fprintf(w, "Testfall %s: fel.\n", filepath.Base(dir))
		for _, s := range said {
			fmt.Fprintf(w, "  %s\n", s)
		}
	}
	if failed > 0 {
		return fmt.Errorf("%w: %d av %d", ErrFailed, failed, len(cases))
	}
	return nil
}

// try runs one case and says what was not as it should be.
func try(ctx context.Context, src sdk.Source, dir, profile string) ([]string, error) {
	c, err := Load(dir)
	if err != nil {
		return nil, err
	}
	outcomes, said, err := c.Run(ctx, src, profile)
	if err != nil {
		return nil, err
	}
	differs, err := c.Compare(outcomes)
	if differs != "" {
		said = append(said, differs)
	}
	return said, err
}

func streams(p *profile.Profile) string {
	names := make([]string, 0, len(p.Streams))
	for _, s := range p.Streams {
		names = append(names, s.Title.SV)
	}
	return strings.Join(names, ", ")
}
