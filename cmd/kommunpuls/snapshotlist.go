package main

import (
	"errors"
	"fmt"
	"strings"

	"github.com/kommunpuls/kommunpuls/internal/app"
	"github.com/kommunpuls/kommunpuls/internal/expose/snapshot/seal"
	"github.com/kommunpuls/kommunpuls/internal/privacy"
)

type snapshotListCmd struct {
	Dir string `placeholder:"MAPP" help:"Mapp med ögonblicksbilder; annars den i konfigurationen. (Folder.)"`
}

// Run prints the chain, oldest first. With --dir it needs no configuration.
func (c snapshotListCmd) Run(e *env) error {
	dir := c.Dir
	if dir == "" {
		parts, err := app.Prepare(e.config, e.now())
		if err != nil {
			return err
		}
		dir = parts.SnapshotDir()
	}
	list, broken := seal.List(dir)
	if broken != nil && !errors.Is(broken, seal.ErrChain) {
		return broken
	}
	if len(list) == 0 && broken == nil {
		_, err := fmt.Fprintf(e.out, "Det finns inga ögonblicksbilder i %s.\n", dir)
		return err
	}
	for _, l := range list {
		fmt.Fprintf(e.out, "%s\n  läget %s, gjord %s\n  fingeravtryck %s\n  %s\n", l.Name, day(l.AsOf), day(l.Created), l.Fingerprint, strings.Join(listed(l), ", "))
		if l.Corrects != nil {
			fmt.Fprintf(e.out, "  rättar %s: %s\n", l.Corrects.Name, l.Corrects.Note)
		}
	}
	return broken
}

// listed says what is known of a snapshot, a few words each.
func listed(l seal.Listed) []string {
	out := []string{"inte underskriven"}
	if l.Signed {
		out[0] = "underskriven"
	}
	if l.Stamped.IsZero() {
		out = append(out, "inte tidsstämplad")
	} else {
		out = append(out, "tidsstämplad "+day(l.Stamped))
	}
	if l.Encrypted != "" {
		out = append(out, "underlaget krypterat")
	}
	if l.Forgotten {
		out = append(out, "nyckeln till pseudonymerna förstörd")
	}
	if len(l.CorrectedBy) > 0 {
		out = append(out, "rättad av "+strings.Join(l.CorrectedBy, " och "))
	}
	if l.ReportPath == "" {
		out = append(out, "redovisningen saknas i mappen")
	}
	return out
}

type snapshotTimestampCmd struct {
	Name string `arg:"" name:"namn" optional:"" help:"Ögonblicksbilden; alla som saknar tidsstämpel om inget sägs. (Name; all without one if left out.)"`
	Dir  string `placeholder:"MAPP" help:"Mapp med ögonblicksbilder; annars den i konfigurationen. (Folder.)"`
}

// Run asks the configured server. Exit code 3 means that it gave no time stamp.
func (c snapshotTimestampCmd) Run(e *env) error {
	parts, err := app.Prepare(e.config, e.now())
	if err != nil {
		return err
	}
	if c.Dir == "" {
		c.Dir = parts.SnapshotDir()
	}
	names := []string{c.Name}
	if c.Name == "" {
		if names, err = unstamped(c.Dir); err != nil {
			return err
		}
		if len(names) == 0 {
			_, err := fmt.Fprintln(e.out, "Alla ögonblicksbilder är tidsstämplade.")
			return err
		}
	}
	var errs []error
	for _, name := range names {
		at, err := parts.StampSnapshot(e.ctx, c.Dir, name, e.now())
		switch {
		case errors.Is(err, app.ErrNoTimestamp), errors.Is(err, seal.ErrUnknown), errors.Is(err, seal.ErrStamped):
			return usageError{err}
		case errors.Is(err, seal.ErrStampServer):
			errs = append(errs, fmt.Errorf("%s: %w: %w", name, errReached, err))
		case err != nil:
			errs = append(errs, fmt.Errorf("%s: %w", name, err))
		default:
			fmt.Fprintf(e.out, "%s  tidsstämplad %s\n", name, day(at))
		}
	}
	return errors.Join(errs...)
}

func unstamped(dir string) ([]string, error) {
	chain, err := seal.ReadChain(dir)
	var out []string
	for _, s := range chain {
		if s.Timestamp == "" {
			out = append(out, s.Name)
		}
	}
	return out, err
}

type snapshotForgetCmd struct {
	Name     string `arg:"" name:"namn" help:"Ögonblicksbilden vars nyckel ska förstöras. (Name.)"`
	Decision string `help:"Gallringsbeslutet, som det ska stå i loggen; utan det förstörs inget. (The decision; required.)" placeholder:"KS 2026/145"`
	Dir      string `placeholder:"MAPP" help:"Mapp med ögonblicksbilder; annars den i konfigurationen. (Folder.)"`
}

// Run destroys the key of a snapshot's pseudonyms, by decision. The snapshot stays as it is.
func (c snapshotForgetCmd) Run(e *env) error {
	parts, err := app.Prepare(e.config, e.now())
	if err != nil {
		return err
	}
	f, err := parts.ForgetSnapshot(c.Name, c.Dir, c.Decision, e.now())
	if errors.Is(err, privacy.ErrDecision) || errors.Is(err, seal.ErrUnknown) || errors.Is(err, seal.ErrForgotten) {
		return usageError{err}
	}
	if err != nil {
		return err
	}
	_, err = fmt.Fprintf(e.out, "Nyckeln till pseudonymerna i %s är förstörd.\nIngen kan längre säga vilket konto i kommunens uppgifter som en rad där handlar om.\nSäkerhetskopior av datamappen kan ha nyckeln kvar tills de skrivs över.\nInfört i gallringsloggen med beslutet %s.\n", strings.Join(f.Snapshots, " och "), f.Decision)
	return err
}
