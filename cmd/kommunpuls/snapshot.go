package main

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/kommunpuls/kommunpuls/internal/app"
	"github.com/kommunpuls/kommunpuls/internal/expose/snapshot"
	"github.com/kommunpuls/kommunpuls/internal/expose/snapshot/seal"
	"github.com/kommunpuls/kommunpuls/internal/store"
)

type snapshotCmd struct {
	Create    snapshotCreateCmd    `cmd:"" help:"Gör en ögonblicksbild. (Make a snapshot.)"`
	Verify    snapshotVerifyCmd    `cmd:"" help:"Kontrollera en ögonblicksbild, eller en hel mapp; behöver inget annat än filerna. (Check a snapshot, or a folder of them.)"`
	Diff      snapshotDiffCmd      `cmd:"" help:"Visa vad som ändrades mellan två ögonblicksbilder; behöver bara filerna. (Compare two snapshots.)"`
	List      snapshotListCmd      `cmd:"" help:"Visa kedjan av ögonblicksbilder. (List the chain.)"`
	Timestamp snapshotTimestampCmd `cmd:"" help:"Tidsstämpla en ögonblicksbild som saknar stämpel. (Time-stamp a snapshot.)"`
	Forget    snapshotForgetCmd    `cmd:"" help:"Förstör nyckeln till en ögonblicksbilds pseudonymer. (Destroy the key to its pseudonyms.)"`
	Key       snapshotKeyCmd       `cmd:"" help:"Gör nycklar att skriva under med. (Make keys to sign with.)"`
}

type snapshotCreateCmd struct {
	when
	Dir       string   `placeholder:"MAPP" help:"Mapp att skriva till; annars den i konfigurationen. (Folder.)"`
	Corrects  string   `help:"Ögonblicksbilden som den här rättar; läget är då samma dag som den om inget annat sägs. (Corrects an earlier one.)" placeholder:"NAMN"`
	Note      string   `placeholder:"TEXT" help:"Vad som var fel i den som rättas. (What was wrong.)"`
	Recipient []string `sep:"none" help:"Öppen nyckel för age till den som får öppna underlaget; kan anges flera gånger. (Encrypt the evidence.)" placeholder:"age1…"`
}

// Run writes the snapshot beside a running daemon. Exit code 3 means that the
// snapshot was made but has no time stamp.
func (c snapshotCreateCmd) Run(e *env) error {
	if (c.Corrects == "") != (c.Note == "") {
		return usageError{app.ErrCorrection}
	}
	for _, r := range c.Recipient {
		if _, err := seal.ParseRecipient(r); err != nil {
			return usage("--recipient: %w", err)
		}
	}
	return e.read(c.when, func(a *app.App, at store.Point) error {
		w, err := a.Snapshot(e.ctx, app.SnapshotOptions{At: at, Dir: c.Dir, Corrects: c.Corrects, Note: c.Note, Recipients: c.Recipient})
		if errors.Is(err, seal.ErrUnknown) || errors.Is(err, seal.ErrNote) {
			return usageError{err}
		}
		if err != nil {
			return err
		}
		return c.tell(e, w)
	})
}

func (c snapshotCreateCmd) tell(e *env, w snapshot.Written) error {
	fmt.Fprintf(e.out, "Redovisning    %s\nUnderlag       %s\n", w.Report.Path, w.Evidence.Path)
	if w.Encrypted {
		fmt.Fprintln(e.out, "Krypterat      underlaget öppnas bara av dem som det är krypterat till")
	}
	if w.Previous != "" {
		fmt.Fprintf(e.out, "Följer på      %s\n", w.Previous)
	}
	if w.Corrects != nil {
		fmt.Fprintf(e.out, "Rättar         %s: %s\n", w.Corrects.Name, w.Corrects.Note)
	}
	if !w.Before.IsZero() {
		fmt.Fprintf(e.out, "Observera      första källan lästes %s; om tiden före sägs bara det som fanns kvar i källorna då\n", day(w.Before))
	}
	if w.Signed {
		fmt.Fprintln(e.out, "Underskriven   ja")
	} else {
		fmt.Fprintln(e.out, "Underskriven   nej: ingen nyckel är angiven (kommunpuls snapshot key)")
	}
	switch {
	case !w.Stamped.IsZero():
		fmt.Fprintf(e.out, "Tidsstämplad   %s\n", day(w.Stamped))
	case w.NotStamped != nil:
		fmt.Fprintf(e.out, "Tidsstämplad   nej; försök igen med: kommunpuls snapshot timestamp %s\n", w.Name)
	}
	fmt.Fprintf(e.out, "Fingeravtryck  %s\n\nDiarieför fingeravtrycket i dag: då går bilden inte att byta ut i efterhand utan att det märks.\nSekretessprövas före utlämnande.\n", w.Fingerprint)
	if w.NotStamped != nil {
		return fmt.Errorf("%w: ögonblicksbilden är gjord men inte tidsstämplad: %w", errReached, w.NotStamped)
	}
	return nil
}

type snapshotKeyCmd struct {
	Dir string `default:"." help:"Mapp att lägga nycklarna i. (Folder.)"`
}

// Run makes a pair of keys, and overwrites none.
func (c snapshotKeyCmd) Run(e *env) error {
	private, public, err := seal.NewKey()
	if err != nil {
		return err
	}
	if err := os.MkdirAll(c.Dir, 0o750); err != nil {
		return usage("--dir: mappen går inte att göra: %w", err)
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
			return usage("--dir: nyckeln går inte att skriva: %w", err)
		}
		_, err = out.Write(f.text)
		if err := errors.Join(err, out.Close()); err != nil {
			return err
		}
	}
	secret := filepath.Join(c.Dir, "snapshot.key")
	if filepath.Dir(secret) != "." {
		if secret, err = filepath.Abs(secret); err != nil {
			return err
		}
	}
	_, err = fmt.Fprintf(e.out, "Hemlig nyckel  %s\nÖppen nyckel   %s\n\nLägg i konfigurationen:\n\nsnapshot:\n  key: ${file:%s}\n\nGe revisorn den öppna nyckeln på annan väg än ögonblicksbilderna.\n",
		filepath.Join(c.Dir, "snapshot.key"), filepath.Join(c.Dir, "snapshot.pub"), secret)
	return err
}
