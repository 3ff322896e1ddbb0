package snapshot

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/kommunpuls/kommunpuls/internal/disk"
	"github.com/kommunpuls/kommunpuls/internal/expose/snapshot/seal"
)

// removedEnd is the ending of the file that stands where removed evidence was.
const removedEnd = ".gallrad.json"

// RemovedEvidence stands where the evidence of a snapshot was: what it was, and
// the decision that it was removed under.
type RemovedEvidence struct {
	Name     string    `json:"name"`
	File     string    `json:"fil"`
	SHA256   string    `json:"sha256"`
	Bytes    int64     `json:"bytes"`
	Removed  time.Time `json:"gallrad"`
	Decision string    `json:"beslut"`
	By       string    `json:"av"`
	Text     string    `json:"text"`
}

// Errors of removing evidence.
var (
	// ErrNoEvidence is returned where there is no evidence to remove.
	ErrNoEvidence = errors.New("har inget underlag kvar")
	// ErrNotTheEvidence is returned for a file that is not the evidence of the chain.
	ErrNotTheEvidence = errors.New("är inte det underlag som står i kedjan; kontrollera med snapshot verify vad som har hänt")
)

// FindEvidence finds the evidence file of a snapshot and holds it against the
// chain, before it is removed.
func FindEvidence(dir, name string) (RemovedEvidence, error) {
	r := RemovedEvidence{}
	chain, err := seal.ReadChain(dir)
	if err != nil {
		return r, err
	}
	e, err := chain.Find(name)
	if err != nil {
		return r, err
	}
	r.Name = e.Name
	for _, f := range []struct{ end, sum string }{{seal.ZipEnd, e.Evidence}, {seal.ZipEnd + seal.AgeEnd, e.Encrypted}} {
		path := filepath.Join(dir, e.Name+seal.EvidenceEnd+f.end)
		info, err := os.Stat(path)
		if errors.Is(err, fs.ErrNotExist) {
			continue
		}
		if err != nil {
			return r, err
		}
		sum, err := seal.SumOf(path)
		if err != nil {
			return r, err
		}
		if sum != f.sum {
			return r, fmt.Errorf("%s %w", filepath.Base(path), ErrNotTheEvidence)
		}
		r.File, r.SHA256, r.Bytes = filepath.Base(path), sum, info.Size()
		return r, nil
	}
	return r, fmt.Errorf("%s %w", e.Name, ErrNoEvidence)
}

// Remove removes the evidence that FindEvidence found. What it was is written
// beside it first, signed where there is a key, so that nothing goes without a
// trace.
func (r RemovedEvidence) Remove(dir string, key *seal.Key) error {
	r.Text = fmt.Sprintf("Underlaget %s är gallrat enligt %s. Redovisningen är kvar och kan kontrolleras, men siffrorna kan inte räknas om ur raderna.", r.File, r.Decision)
	b, err := json.MarshalIndent(r, "", "  ")
	if err != nil {
		return err
	}
	path := filepath.Join(dir, r.File)
	note := removedNote(path)
	if err := disk.Replace(note, append(b, '\n'), 0o640); err != nil {
		return err
	}
	if err := key.SignFile(note); err != nil {
		return err
	}
	clear := strings.TrimSuffix(path, seal.AgeEnd)
	var errs []error
	for _, gone := range []string{clear, clear + seal.AgeEnd, clear + seal.SignatureEnd, clear + seal.AgeEnd + seal.SignatureEnd} {
		if err := os.Remove(gone); !errors.Is(err, fs.ErrNotExist) {
			errs = append(errs, err)
		}
	}
	return errors.Join(errs...)
}

// removedNote is the file that stands where an evidence file was.
func removedNote(evidence string) string {
	return strings.TrimSuffix(strings.TrimSuffix(evidence, seal.AgeEnd), seal.ZipEnd) + removedEnd
}

// removed tells that evidence was removed by decision, by the note that stands
// where it was; false where there is none.
func (v *Verified) removed(c evidenceCheck, path string) (bool, error) {
	note := removedNote(path)
	b, err := os.ReadFile(note)
	if errors.Is(err, fs.ErrNotExist) {
		return false, nil
	}
	if err != nil {
		return false, err
	}
	var r RemovedEvidence
	if err := json.Unmarshal(b, &r); err != nil {
		v.fault(filepath.Base(note), "går inte att läsa: %v", err)
		return true, nil
	}
	known := r.SHA256 == c.about.Evidence.SHA256 || c.entry != nil && c.entry.Encrypted != "" && r.SHA256 == c.entry.Encrypted
	if r.Name != c.about.Name || !known {
		v.fault(filepath.Base(note), "talar om ett annat underlag än redovisningens: SHA-256-summan är en annan")
		return true, nil
	}
	v.remark("Underlaget %s gallrades den %s enligt %s, så inga siffror kan räknas om. Redovisningen är ändå kontrollerad.", r.File, r.Removed.Format("2006-01-02"), r.Decision)
	return true, v.signature(note, c.Key)
}
