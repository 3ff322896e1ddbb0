package snapshot

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/kommunpuls/kommunpuls/internal/expose/snapshot/bag"
	"github.com/kommunpuls/kommunpuls/internal/finding"
)

// Fault is one thing that does not hold: the file or figure, and why, in words
// for whoever checks.
type Fault struct{ What, Why string }

// Verified tells what a check found.
type Verified struct {
	Name         string
	Municipality string
	Faults       []Fault
	Remarks      []string // what could not be checked, and why
	Files        int      // files whose sums were computed
	Figures      int      // figures in the snapshot
	Recomputed   int      // of them computed anew and equal
	Signed       bool     // by the given key
	Fingerprint  string
}

// Verify checks a snapshot by its files alone: the report, and the evidence
// that lies beside it under the name that the report gives. key may be nil.
// An error means that there was nothing to check; what does not hold is a Fault.
func Verify(ctx context.Context, reportPath string, key *PublicKey) (v Verified, err error) {
	report, err := bag.Open(reportPath, bag.DefaultLimits())
	if err != nil {
		return v, err
	}
	defer func() { err = errors.Join(err, report.Close()) }()
	sum, err := sumOf(reportPath)
	if err != nil {
		return v, err
	}
	v.Fingerprint = Fingerprint(sum)
	if err := v.bag(ctx, reportPath, report, key); err != nil {
		return v, err
	}
	var a About
	var figures []finding.Finding
	if !v.read(report, aboutFile, &a) || !v.read(report, figuresFile, &figures) {
		return v, nil
	}
	v.Name, v.Municipality, v.Figures = a.Name, a.Municipality, len(figures)

	evidencePath := filepath.Join(filepath.Dir(reportPath), filepath.Base(a.Evidence.Name))
	evidence, err := bag.Open(evidencePath, bag.DefaultLimits())
	if errors.Is(err, fs.ErrNotExist) {
		v.Remarks = append(v.Remarks, fmt.Sprintf("Underlaget %s ligger inte bredvid, så inga siffror har räknats om.", a.Evidence.Name))
		return v, nil
	}
	if err != nil {
		v.fault(filepath.Base(evidencePath), "går inte att läsa: %v", err)
		return v, nil
	}
	defer func() { err = errors.Join(err, evidence.Close()) }()
	if sum, err = sumOf(evidencePath); err != nil {
		return v, err
	}
	if sum != a.Evidence.SHA256 {
		v.fault(filepath.Base(evidencePath), "är inte det underlag som redovisningen hör till: SHA-256-summan är en annan")
	}
	if err := v.bag(ctx, evidencePath, evidence, key); err != nil {
		return v, err
	}
	return v, v.recompute(ctx, evidence, figures)
}

func (v *Verified) fault(what, why string, args ...any) {
	v.Faults = append(v.Faults, Fault{what, fmt.Sprintf(why, args...)})
}

// bag checks the sums and signatures of one bag.
func (v *Verified) bag(ctx context.Context, path string, b *bag.Bag, key *PublicKey) error {
	name := filepath.Base(path)
	faults, err := b.Check(ctx)
	if err != nil {
		return err
	}
	for _, f := range faults {
		v.fault(name+": "+f.File, "%s", f.Reason)
	}
	v.Files += len(b.Files())
	if key == nil {
		v.Remarks = append(v.Remarks, name+": ingen nyckel angavs, så underskriften är inte kontrollerad.")
		return nil
	}
	ok, err := key.signedFile(path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		v.fault(name, "har ingen underskrift bredvid sig (%s)", name+signature)
	case err != nil:
		return err
	case !ok:
		v.fault(name, "underskriften är inte gjord med den angivna nyckeln, eller filen har ändrats")
	}
	m, err := b.Tag(bag.TagManifest)
	if err != nil {
		return nil // Check has told
	}
	sig, err := b.Tag(bag.TagManifest + signature)
	switch {
	case err != nil:
		v.fault(name+": "+bag.TagManifest, "är inte underskriven")
		ok = false
	case !key.signed(m, sig):
		v.fault(name+": "+bag.TagManifest, "underskriften är inte gjord med den angivna nyckeln, eller filen har ändrats")
		ok = false
	}
	v.Signed = ok
	return nil
}

// read reads a JSON file of a bag; what is wrong with it is a fault.
func (v *Verified) read(b *bag.Bag, name string, into any) bool {
	r, err := b.Read(name)
	if err == nil {
		err = json.NewDecoder(r).Decode(into)
		err = errors.Join(err, r.Close())
	}
	if err != nil {
		v.fault(name, "går inte att läsa: %v", err)
	}
	return err == nil
}

func sumOf(path string) (string, error) {
	f, err := os.Open(path)
	if err != nil {
		return "", err
	}
	h := sha256.New()
	_, err = io.Copy(h, f)
	return hex.EncodeToString(h.Sum(nil)), errors.Join(err, f.Close())
}
