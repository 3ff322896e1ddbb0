package main

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/alecthomas/kong"

	"github.com/kommunpuls/kommunpuls/internal/app"
	"github.com/kommunpuls/kommunpuls/internal/expose/report"
	"github.com/kommunpuls/kommunpuls/internal/expose/snapshot"
	"github.com/kommunpuls/kommunpuls/internal/expose/snapshot/diff"
)

type snapshotDiffCmd struct {
	A       string `arg:"" name:"tidigare" help:"Den tidigare redovisningens ZIP-fil. (The earlier report's ZIP.)"`
	B       string `arg:"" name:"senare" help:"Den senare redovisningens ZIP-fil. (The later report's ZIP.)"`
	Format  string `enum:"text,json,html" default:"text" help:"text, json eller html."`
	Output  string `short:"o" help:"Fil att skriva till; annars skrivs det ut här. (File to write.)" placeholder:"FIL"`
	Verbose bool   `help:"Visa varje siffra och varje rad. (Show every figure and every row.)"`
}

// Run compares two snapshots by their files. With --config, figures that are
// counted in a new way are computed anew from the store too.
func (c snapshotDiffCmd) Run(e *env, k *kong.Context) (err error) {
	var opened [2]*snapshot.Snapshot
	for i, path := range []string{c.A, c.B} {
		if opened[i], err = snapshot.Open(e.ctx, path); err != nil {
			return c.unreadable(err)
		}
		defer func() { err = errors.Join(err, opened[i].Close()) }()
	}
	var engines []diff.Engine
	if given(k, "config") {
		a, err := e.open(true)
		if err != nil {
			return err
		}
		defer func() { err = errors.Join(err, a.Close()) }()
		engines = append(engines, a.RestateFromStore())
	}
	d, err := diff.Compare(e.ctx, opened[0], opened[1], append(engines, app.RestateFromRows())...)
	switch {
	case errors.Is(err, diff.ErrOther):
		return usageError{err}
	case err != nil:
		return c.unreadable(err)
	}
	return c.write(e, d)
}

// unreadable is a fault of a file: what is not a snapshot is the operator's to mend.
func (c snapshotDiffCmd) unreadable(err error) error {
	if errors.Is(err, snapshot.ErrForeign) || errors.Is(err, fs.ErrNotExist) {
		return usageError{err}
	}
	return err
}

func (c snapshotDiffCmd) write(e *env, d *diff.Diff) (err error) {
	out := e.out
	if c.Output != "" {
		f, err := os.OpenFile(filepath.Clean(c.Output), os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o640)
		if errors.Is(err, fs.ErrExist) {
			return usage("%s finns redan", c.Output)
		}
		if err != nil {
			return err
		}
		defer func() { err = errors.Join(err, f.Close()) }()
		out = f
	}
	o := diff.Options{Verbose: c.Verbose}
	switch c.Format {
	case "json":
		return d.JSON(out)
	case "html":
		return report.HTML(out, d.Document(o))
	}
	return d.Text(out, o)
}

// given tells whether a flag stands on the command line.
func given(k *kong.Context, flag string) bool {
	for _, p := range k.Path {
		if p.Flag != nil && p.Flag.Name == flag {
			return true
		}
	}
	return false
}
