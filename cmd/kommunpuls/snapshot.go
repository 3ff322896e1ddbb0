package main

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/kommunpuls/kommunpuls/internal/app"
	"github.com/kommunpuls/kommunpuls/internal/expose/snapshot"
	"github.com/kommunpuls/kommunpuls/internal/expose/snapshot/bag"
	"github.com/kommunpuls/kommunpuls/internal/store"
)

type snapshotCmd struct {
	Create snapshotCreateCmd `cmd:"" help:"Gör en ögonblicksbild. (Make a snapshot.)"`
	Verify snapshotVerifyCmd `cmd:"" help:"Kontrollera en ögonblicksbild; behöver inget annat än filerna. (Check a snapshot.)"`
	Key    snapshotKeyCmd    `cmd:"" help:"Gör nycklar att skriva under med. (Make keys to sign with.)"`
}

type snapshotCreateCmd struct {
	AsOf string `help:"Läget den dagen, till exempel 2025-12-31; nu om inget sägs."`
	Dir  string `help:"Mapp att skriva till; annars den i konfigurationen. (Folder.)"`
}

// Run writes the snapshot beside a running daemon.
func (c snapshotCreateCmd) Run(e *env) error {
	return e.read(when{AsOf: c.AsOf}, func(a *app.App, at store.Point) error {
		w, err := a.Snapshot(e.ctx, at, c.Dir)
		if err != nil {
			return err
		}
		fmt.Fprintf(e.out, "Redovisning    %s\nUnderlag       %s\n", w.Report.Path, w.Evidence.Path)
		if w.Previous != "" {
			fmt.Fprintf(e.out, "Följer på      %s\n", w.Previous)
		}
		if !w.Before.IsZero() {
			fmt.Fprintf(e.out, "Observera      första källan lästes %s; om tiden före sägs bara det som fanns kvar i källorna då\n", day(w.Before))
		}
		if w.Signed {
			fmt.Fprintln(e.out, "Underskriven   ja")
		} else {
			fmt.Fprintln(e.out, "Underskriven   nej: ingen nyckel är angiven (kommunpuls snapshot key)")
		}
		_, err = fmt.Fprintf(e.out, "Fingeravtryck  %s\n\nDiarieför fingeravtrycket i dag: då går bilden inte att byta ut i efterhand utan att det märks.\nSekretessprövas före utlämnande.\n", w.Fingerprint)
		return err
	})
}

type snapshotVerifyCmd struct {
	File string `arg:"" help:"Redovisningens ZIP-fil; underlaget ska ligga bredvid. (The report's ZIP.)"`
	Key  string `help:"Kommunens öppna nyckel. (The municipality's public key.)" placeholder:"FIL"`
}

// Run checks a snapshot offline. Exit code 1 means that something does not hold.
func (c snapshotVerifyCmd) Run(e *env) error {
	var key *snapshot.PublicKey
	if c.Key != "" {
		text, err := os.ReadFile(c.Key)
		if err != nil {
			return usageError{err}
		}
		if key, err = snapshot.ParsePublicKey(text); err != nil {
			return usage("%s: %w", c.Key, err)
		}
	}
	v, err := snapshot.Verify(e.ctx, c.File, key)
	switch {
	case errors.Is(err, bag.ErrNotBag), errors.Is(err, fs.ErrNotExist):
		return usage("%s är ingen hel ögonblicksbild: %w", filepath.Base(c.File), err)
	case err != nil:
		return err
	}
	return c.tell(e, v)
}

func (c snapshotVerifyCmd) tell(e *env, v snapshot.Verified) error {
	fmt.Fprintf(e.out, "%s\nFingeravtryck  %s\n\n", v.Name, v.Fingerprint)
	for _, f := range v.Faults {
		fmt.Fprintf(e.out, "■ %s: %s\n", f.What, f.Why)
	}
	if len(v.Faults) > 0 {
		fmt.Fprintf(e.out, "\nÖgonblicksbilden håller inte: %d fel.\n", len(v.Faults))
		return errNo
	}
	fmt.Fprintf(e.out, "● %d filer är oförändrade.\n", v.Files)
	if v.Signed {
		fmt.Fprintln(e.out, "● Underskriften är gjord med den angivna nyckeln.")
	}
	fmt.Fprintf(e.out, "● %d siffror är omräknade ur raderna och stämmer.\n", v.Recomputed)
	for _, r := range v.Remarks {
		fmt.Fprintf(e.out, "○ %s\n", r)
	}
	_, err := fmt.Fprintln(e.out, "\nDet visar att bilden är hel. Det visar inte att uppgifterna var rätt när de skrevs, eller att lagen följs.")
	return err
}

type snapshotKeyCmd struct {
	Dir string `default:"." help:"Mapp att lägga nycklarna i. (Folder.)"`
}

// Run makes a pair of keys, and overwrites none.
func (c snapshotKeyCmd) Run(e *env) error {
	private, public, err := snapshot.NewKey()
	if err != nil {
		return err
	}
	for _, f := range []struct {
		name string
		text []byte
		mode os.FileMode
	}{{"snapshot.key", private, 0o600}, {"snapshot.pub", public, 0o644}} {
		out, err := os.OpenFile(filepath.Join(c.Dir, f.name), os.O_CREATE|os.O_EXCL|os.O_WRONLY, f.mode)
		if errors.Is(err, fs.ErrExist) {
			return usage("%s finns redan; en nyckel skrivs aldrig över", filepath.Join(c.Dir, f.name))
		}
		if err != nil {
			return err
		}
		_, err = out.Write(f.text)
		if err := errors.Join(err, out.Close()); err != nil {
			return err
		}
	}
	_, err = fmt.Fprintf(e.out, "Hemlig nyckel  %s\nÖppen nyckel   %s\n\nLägg i konfigurationen:\n\nsnapshot:\n  key: ${file:snapshot.key}\n\nGe revisorn den öppna nyckeln på annan väg än ögonblicksbilderna.\n",
		filepath.Join(c.Dir, "snapshot.key"), filepath.Join(c.Dir, "snapshot.pub"))
	return err
}
