package snapshot

import (
	"context"
	"crypto/x509"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"
	"strings"
	"time"

	"filippo.io/age"

	"github.com/kommunpuls/kommunpuls/internal/expose/snapshot/bag"
	"github.com/kommunpuls/kommunpuls/internal/expose/snapshot/seal"
	"github.com/kommunpuls/kommunpuls/internal/finding"
)

// ErrEvidence is returned where the evidence was given to check and not the
// report, which says what belongs together.
var ErrEvidence = errors.New("filen är underlaget, och det är redovisningen som säger vad som hör ihop")

// Fault is one thing that does not hold: the file or figure, and why, in words
// for whoever checks.
type Fault struct{ What, Why string }

// Verified tells what a check found.
type Verified struct {
	Name         string
	Municipality string
	AsOf         time.Time
	Created      time.Time
	Faults       []Fault
	Remarks      []string // what could not be checked, and why
	Files        int      // files whose sums were computed
	Figures      int      // figures in the snapshot
	Recomputed   int      // of them computed anew and equal
	Parts        int      // cells and second figures computed anew and equal
	// NotRecomputed are the figures that do not follow from the rows, each with
	// the reason.
	NotRecomputed []Fault
	Signed        bool // by the given key, each ZIP and each tag manifest
	Decrypted     bool // the evidence was encrypted and has been opened
	Chained       bool // it stands in the chain beside it
	Stamped       time.Time
	StampedBy     string           // who the time stamp is from; "" where that was not checked
	Corrects      *seal.Correction // the snapshot that this one corrects
	CorrectedBy   []seal.Entry     // later ones that correct this
	Fingerprint   string
}

// Against is what a snapshot is held against besides itself. Each may be left
// out; what is not checked then is a remark.
type Against struct {
	Key        *seal.PublicKey
	Identities []age.Identity // who may open the evidence
	Issuers    *x509.CertPool // of time stamps
	// OpenTo is a file to write the opened evidence to; "" keeps it nowhere.
	OpenTo string
}

// Verify checks a snapshot by its files alone: the report, and the evidence
// that lies beside it under the name that the report gives. key may be nil.
// An error means that there was nothing to check; what does not hold is a Fault.
func Verify(ctx context.Context, reportPath string, key *seal.PublicKey) (Verified, error) {
	return Against{Key: key}.Verify(ctx, reportPath)
}

// Verify checks a snapshot as [Verify] does, and its place in the chain and its
// time stamp where those lie beside it.
func (g Against) Verify(ctx context.Context, reportPath string) (v Verified, err error) {
	if base := strings.TrimSuffix(reportPath, seal.AgeEnd); strings.HasSuffix(base, seal.EvidenceEnd+seal.ZipEnd) {
		return v, fmt.Errorf("%w: kontrollera %s i stället, med underlaget bredvid", ErrEvidence, strings.TrimSuffix(filepath.Base(base), seal.EvidenceEnd+seal.ZipEnd)+seal.ReportEnd+seal.ZipEnd)
	}
	return g.verify(ctx, reportPath, chainOf(filepath.Dir(reportPath)))
}

func (g Against) verify(ctx context.Context, reportPath string, beside besideChain) (v Verified, err error) {
	sum, err := seal.SumOf(reportPath)
	if err != nil {
		return v, err
	}
	v.Name, v.Fingerprint = seal.NameOf(reportPath), seal.Fingerprint(sum)
	if beside.err != nil {
		return v, beside.err
	}
	v.Faults = append(v.Faults, beside.faults...)
	report, err := bag.Open(reportPath, bag.DefaultLimits())
	if errors.Is(err, bag.ErrNotBag) {
		v.fault(filepath.Base(reportPath), "går inte att läsa: %v", err)
		v.inChain(beside, About{}, sum)
		return v, nil
	}
	if err != nil {
		return v, err
	}
	defer func() { err = errors.Join(err, report.Close()) }()
	v.Signed = g.Key != nil
	if err := v.bag(ctx, reportPath, report, g.Key); err != nil {
		return v, err
	}
	var a About
	if !v.read(report, aboutFile, &a) {
		v.inChain(beside, About{}, sum)
		return v, nil
	}
	v.Name, v.Municipality, v.AsOf, v.Created, v.Corrects = a.Name, a.Municipality, a.AsOf, a.Created, a.Corrects
	if a.Format > Format {
		v.fault(aboutFile, "har formatet %d, som är nyare än den här versionen läser (%d)", a.Format, Format)
	}
	entry := v.inChain(beside, a, sum)
	if err := v.stamp(reportPath, sum, a, entry, g.Issuers); err != nil {
		return v, err
	}
	var figures []finding.Finding
	if !v.read(report, figuresFile, &figures) {
		return v, nil
	}
	v.Figures = len(figures)
	if err := v.tables(report, figures); err != nil {
		return v, err
	}
	return v, v.evidence(ctx, evidenceCheck{Against: g, folder: filepath.Dir(reportPath), about: a, entry: entry, figures: figures})
}

func (v *Verified) fault(what, why string, args ...any) {
	v.Faults = append(v.Faults, Fault{what, fmt.Sprintf(why, args...)})
}

func (v *Verified) remark(text string, args ...any) {
	v.Remarks = append(v.Remarks, fmt.Sprintf(text, args...))
}

// bag checks the sums and signatures of one bag. path is of the file that it
// was opened from.
func (v *Verified) bag(ctx context.Context, path string, b *bag.Bag, key *seal.PublicKey) error {
	name := filepath.Base(path)
	faults, err := b.Check(ctx)
	if err != nil {
		return err
	}
	for _, f := range faults {
		v.fault(name+": "+f.File, "%s", f.Reason)
	}
	v.Files += len(b.Files())
	if len(faults) == 0 {
		if err := v.schemas(b); err != nil {
			return err
		}
	}
	sig, within := b.Tag(bag.TagManifest + seal.SignatureEnd)
	if key == nil {
		v.notJudged(name, within == nil || exists(path+seal.SignatureEnd))
		return nil
	}
	if err := v.signature(path, key); err != nil {
		return err
	}
	m, err := b.Tag(bag.TagManifest)
	if err != nil {
		return nil // Check has told
	}
	why := "är inte underskriven"
	if within == nil {
		why = key.Judge(m, sig)
	}
	if why != "" {
		v.Signed = false
		v.fault(name+": "+bag.TagManifest, "%s", why)
	}
	return nil
}

// notJudged tells of a signature that there was no key to check, or that there
// is none.
func (v *Verified) notJudged(name string, signed bool) {
	if signed {
		v.remark("%s: ingen nyckel angavs, så underskriften är inte kontrollerad.", name)
		return
	}
	v.remark("%s är inte underskriven.", name)
}

// signature checks the signature beside a file.
func (v *Verified) signature(path string, key *seal.PublicKey) error {
	name := filepath.Base(path)
	if key == nil {
		v.notJudged(name, exists(path+seal.SignatureEnd))
		return nil
	}
	why, err := key.JudgeFile(path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		why = fmt.Sprintf("har ingen underskrift bredvid sig (%s)", name+seal.SignatureEnd)
	case err != nil:
		return err
	}
	if why != "" {
		v.Signed = false
		v.fault(name, "%s", why)
	}
	return nil
}

// read reads a JSON file of a bag; what is wrong with it is a fault.
func (v *Verified) read(b *bag.Bag, name string, into any) bool {
	r, err := b.Read(name)
	if err == nil {
		err = json.NewDecoder(r).Decode(into)
		err = errors.Join(err, r.Close())
	}
	if errors.Is(err, fs.ErrNotExist) {
		v.fault(name, "saknas, så filen är ingen redovisning")
	} else if err != nil {
		v.fault(name, "går inte att läsa: %v", err)
	}
	return err == nil
}
