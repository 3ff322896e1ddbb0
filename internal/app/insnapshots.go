package app

import (
	"archive/zip"
	"bytes"
	"context"
	"errors"
	"io"

	"github.com/kommunpuls/kommunpuls/internal/expose/snapshot/seal"
	"github.com/kommunpuls/kommunpuls/internal/privacy"
)

// inSnapshots tells of each snapshot whether a person is in it, as far as that
// can be told: by the key that leads to the snapshot's own pseudonyms.
func (p *Parts) inSnapshots(ctx context.Context, pseudonyms []string) ([]privacy.SubjectSnapshot, error) {
	out := []privacy.SubjectSnapshot{}
	list, err := seal.List(p.SnapshotDir())
	if err != nil {
		return out, err
	}
	for i := range list {
		s, err := p.inSnapshot(ctx, &list[i], pseudonyms)
		if err != nil {
			return out, err
		}
		out = append(out, s)
	}
	return out, nil
}

func (p *Parts) inSnapshot(ctx context.Context, l *seal.Listed, pseudonyms []string) (privacy.SubjectSnapshot, error) {
	s := privacy.SubjectSnapshot{Name: l.Name, AsOf: l.AsOf}
	texts := pseudonyms
	if l.PseudonymKey != "" {
		key, err := p.pseudonymKeys().Key(l.Entry)
		if errors.Is(err, seal.ErrForgotten) {
			s.State, s.Why = privacy.CutLoose, "bildens nyckel är förstörd"
			return s, nil
		}
		if err != nil {
			return s, err
		}
		texts = make([]string, len(pseudonyms))
		for i, ps := range pseudonyms {
			texts[i] = key.Text(ps)
		}
	}
	switch {
	case l.Encrypted != "":
		s.State, s.Why = privacy.Sealed, "underlaget är krypterat; bara mottagaren kan öppna det"
		return s, nil
	case l.EvidencePath == "":
		s.State, s.Why = privacy.Sealed, "underlaget finns inte i mappen"
		return s, nil
	}
	found, err := zipHolds(ctx, l.EvidencePath, texts)
	switch {
	case errors.Is(err, zip.ErrFormat):
		s.State, s.Why = privacy.Sealed, "underlaget är skadat"
	case err != nil:
		return s, err
	case found:
		s.State, s.Why = privacy.InSnapshot, "som pseudonym i underlaget; ändras aldrig"
	default:
		s.State = privacy.NotInSnapshot
	}
	return s, nil
}

// zipHolds tells whether any of some texts stands in a file of a ZIP.
func zipHolds(ctx context.Context, path string, texts []string) (found bool, err error) {
	z, err := zip.OpenReader(path)
	if err != nil {
		return false, err
	}
	defer func() { err = errors.Join(err, z.Close()) }()
	buf := make([]byte, 256<<10)
	for _, f := range z.File {
		r, err := f.Open()
		if err != nil {
			return false, err
		}
		held, err := holds(ctx, r, buf, texts)
		if err = errors.Join(err, r.Close()); held || err != nil {
			return held, err
		}
	}
	return false, nil
}

// longestPseudonym is what two pieces of a file overlap by.
const longestPseudonym = 64

func holds(ctx context.Context, r io.Reader, buf []byte, texts []string) (bool, error) {
	kept := 0
	for {
		if err := ctx.Err(); err != nil {
			return false, err
		}
		n, err := r.Read(buf[kept:])
		b := buf[:kept+n]
		for _, t := range texts {
			if bytes.Contains(b, []byte(t)) {
				return true, nil
			}
		}
		if errors.Is(err, io.EOF) {
			return false, nil
		}
		if err != nil {
			return false, err
		}
		kept = copy(buf, b[max(0, len(b)-longestPseudonym):])
	}
}
