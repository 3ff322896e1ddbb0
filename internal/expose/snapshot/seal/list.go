package seal

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"time"
)

// Listed is a snapshot as a list of the chain shows it.
type Listed struct {
	Entry

	Fingerprint string
	CorrectedBy []string  // names of later ones
	Stamped     time.Time // zero without a time stamp
	Forgotten   bool      // the key to its pseudonyms has been destroyed
	// Files that are in the folder, by their paths; "" where one is not.
	ReportPath, EvidencePath string
}

// List reads the chain of a folder and what is known of each snapshot, oldest
// first. It opens none of them. With ErrChain comes what could be read of a
// chain that does not hang together.
func List(dir string) ([]Listed, error) {
	chain, broken := ReadChain(dir)
	if broken != nil && !errors.Is(broken, ErrChain) {
		return nil, broken
	}
	gone, err := ReadForgotten(dir)
	if err != nil {
		return nil, err
	}
	out := make([]Listed, 0, len(chain))
	for _, e := range chain {
		l := Listed{Entry: e, Fingerprint: Fingerprint(e.Report)}
		for _, c := range chain.Corrections(e) {
			l.CorrectedBy = append(l.CorrectedBy, c.Name)
		}
		l.Forgotten = e.PseudonymKey != "" && slices.ContainsFunc(gone, func(f Forgotten) bool { return f.PseudonymKey == e.PseudonymKey })
		l.ReportPath = there(dir, e.Name+ReportEnd+ZipEnd)
		l.EvidencePath = there(dir, e.Name+EvidenceEnd+ZipEnd)
		if e.Encrypted != "" {
			l.EvidencePath = there(dir, e.Name+EvidenceEnd+ZipEnd+AgeEnd)
		}
		if l.Stamped, err = stampedAt(dir, e); err != nil {
			return nil, err
		}
		out = append(out, l)
	}
	return out, broken
}

// FilePath is the path of a file that belongs to a snapshot of a folder, or of
// the chain itself; ErrUnknown for any other name.
func FilePath(dir, file string) (string, error) {
	if file == ChainFile {
		return filepath.Join(dir, file), nil
	}
	chain, err := ReadChain(dir)
	if err != nil && !errors.Is(err, ErrChain) {
		return "", err
	}
	for _, e := range chain {
		for _, of := range []string{ReportEnd + ZipEnd, EvidenceEnd + ZipEnd, EvidenceEnd + ZipEnd + AgeEnd} {
			for _, end := range []string{"", SignatureEnd, StampEnd} {
				if file == e.Name+of+end {
					return filepath.Join(dir, file), nil
				}
			}
		}
	}
	return "", fmt.Errorf("%s %w", file, ErrUnknown)
}

// Files are the names of the files of a snapshot that are there: the bags, their
// signatures and the time stamp.
func (l Listed) Files() []string {
	var out []string
	for _, path := range []string{l.ReportPath, l.EvidencePath} {
		if path == "" {
			continue
		}
		for _, end := range []string{"", SignatureEnd, StampEnd} {
			if name := filepath.Base(path) + end; there(filepath.Dir(path), name) != "" {
				out = append(out, name)
			}
		}
	}
	return out
}

func there(dir, name string) string {
	path := filepath.Join(dir, name)
	if _, err := os.Stat(path); err != nil {
		return ""
	}
	return path
}

// stampedAt is the time of the stamp beside a report, zero if there is none or
// it cannot be read: a list does not judge, Verify does.
func stampedAt(dir string, e Entry) (time.Time, error) {
	if e.Timestamp == "" {
		return time.Time{}, nil
	}
	b, err := os.ReadFile(filepath.Join(dir, e.Name+ReportEnd+ZipEnd+StampEnd))
	if errors.Is(err, fs.ErrNotExist) {
		return time.Time{}, nil
	}
	if err != nil {
		return time.Time{}, err
	}
	at, _, err := ReadStamp(b, e.Report, nil)
	if err != nil {
		return time.Time{}, nil
	}
	return at, nil
}
