package snapshot

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/kommunpuls/kommunpuls/internal/expose/snapshot/seal"
)

// besideChain is the chain of a folder and what does not hold in it.
type besideChain struct {
	chain  seal.Chain
	faults []Fault
	err    error
}

func chainOf(dir string) besideChain {
	c, faults, err := seal.ExamineChain(dir)
	b := besideChain{chain: c, err: err}
	for _, f := range faults {
		b.faults = append(b.faults, Fault{seal.ChainFile, f})
	}
	return b
}

// inChain holds a snapshot against the chain that lies beside it. It returns its
// entry, nil where there is none.
func (v *Verified) inChain(b besideChain, a About, sum string) *seal.Entry {
	if len(b.chain) == 0 && len(b.faults) == 0 {
		v.remark("Kedjan (%s) ligger inte bredvid, så det är inte kontrollerat vilka bilder som kom före och efter.", seal.ChainFile)
		return nil
	}
	e, ok := b.chain.Has(v.Name)
	if !ok {
		v.fault(v.Name, "står inte i %s", seal.ChainFile)
		return nil
	}
	v.Chained = true
	v.CorrectedBy = b.chain.Corrections(e)
	if e.Report != sum {
		v.fault(v.Name+seal.ReportEnd+seal.ZipEnd, "har inte den SHA-256-summa som står i %s", seal.ChainFile)
	}
	if a.Name == "" { // the report could not be read
		return &e
	}
	previous := ""
	if a.Previous != nil {
		previous = a.Previous.SHA256
	}
	for _, f := range []struct {
		same bool
		what string
	}{
		{e.AsOf.Equal(a.AsOf), "as_of"},
		{e.Created.Equal(a.Created), "created"},
		{e.Evidence == a.Evidence.SHA256, "underlag_sha256"},
		{e.Previous == previous, "previous_sha256"},
		{sameCorrection(e.Corrects, a.Corrects), "rattar"},
		{e.PseudonymKey == a.PseudonymKey, "pseudonym_key_id"},
	} {
		if !f.same {
			v.fault(seal.ChainFile, "raden om %s säger något annat i %s än redovisningen gör", v.Name, f.what)
		}
	}
	return &e
}

func sameCorrection(a, b *seal.Correction) bool {
	return a == nil && b == nil || a != nil && b != nil && *a == *b
}

// ChainVerified tells what a check of a whole chain found.
type ChainVerified struct {
	Faults    []Fault    // of the chain itself
	Snapshots []Verified // oldest first
}

// Holds tells whether nothing is wrong.
func (c ChainVerified) Holds() bool {
	return len(c.Faults) == 0 && !slices.ContainsFunc(c.Snapshots, func(v Verified) bool { return len(v.Faults) > 0 })
}

// VerifyChain checks every snapshot of a folder and that none has been taken
// out or put in. That the newest has been taken away only a fingerprint that
// somebody else has kept can show.
func (g Against) VerifyChain(ctx context.Context, dir string) (ChainVerified, error) {
	if _, err := os.Stat(filepath.Join(dir, seal.ChainFile)); err != nil {
		return ChainVerified{}, fmt.Errorf("%s: ingen kedja att kontrollera: %w", dir, err)
	}
	beside := chainOf(dir)
	if beside.err != nil {
		return ChainVerified{}, beside.err
	}
	out := ChainVerified{Faults: beside.faults}
	beside.faults = nil // told once
	for _, e := range beside.chain {
		v, err := g.verify(ctx, filepath.Join(dir, e.Name+seal.ReportEnd+seal.ZipEnd), beside)
		if errors.Is(err, fs.ErrNotExist) {
			v, err = Verified{Name: e.Name, AsOf: e.AsOf, Created: e.Created}, nil
			v.fault(e.Name+seal.ReportEnd+seal.ZipEnd, "finns i %s men inte i mappen", seal.ChainFile)
		}
		if err != nil {
			return out, err
		}
		if v.Name != e.Name {
			v.fault(e.Name+seal.ReportEnd+seal.ZipEnd, "innehåller en annan ögonblicksbild, %s", v.Name)
			v.Name = e.Name
		}
		out.Snapshots = append(out.Snapshots, v)
	}
	there, err := os.ReadDir(dir)
	if err != nil {
		return out, err
	}
	for _, f := range there {
		name, is := strings.CutSuffix(f.Name(), seal.ReportEnd+seal.ZipEnd)
		if _, known := beside.chain.Has(name); is && !known {
			out.Faults = append(out.Faults, Fault{f.Name(), "ligger i mappen men står inte i " + seal.ChainFile})
		}
	}
	return out, nil
}
