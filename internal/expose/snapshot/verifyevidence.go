package snapshot

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"hash"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"filippo.io/age"

	"github.com/kommunpuls/kommunpuls/internal/expose/snapshot/bag"
	"github.com/kommunpuls/kommunpuls/internal/expose/snapshot/seal"
	"github.com/kommunpuls/kommunpuls/internal/finding"
)

// evidenceCheck is what the evidence of a snapshot is held against.
type evidenceCheck struct {
	Against

	folder  string
	about   About
	entry   *seal.Entry // nil where the chain does not have the snapshot
	figures []finding.Finding
}

// evidence checks the evidence that lies beside the report, in clear or
// encrypted, and computes the figures anew from it.
func (v *Verified) evidence(ctx context.Context, c evidenceCheck) error {
	name := c.about.Evidence.Name
	if filepath.Base(name) != name || !strings.HasSuffix(name, seal.EvidenceEnd+seal.ZipEnd) {
		v.fault(aboutFile, "säger inte vilket underlag som hör till redovisningen")
		return nil
	}
	path := filepath.Join(c.folder, name)
	sealed := path + seal.AgeEnd
	_, clear := os.Stat(path)
	_, encrypted := os.Stat(sealed)
	if encrypted == nil {
		if err := v.sealed(c, sealed); err != nil {
			return err
		}
	}
	switch {
	case clear == nil:
		return v.clear(ctx, c, path)
	case !errors.Is(clear, fs.ErrNotExist):
		return clear
	case encrypted == nil && len(c.Identities) > 0:
		return v.decrypt(ctx, c, sealed)
	case encrypted == nil:
		v.remark("Underlaget %s är krypterat och har inte öppnats, så inga siffror har räknats om. Den som har nyckeln anger den med --identity.", filepath.Base(sealed))
		return v.signature(sealed, c.Key)
	case !errors.Is(encrypted, fs.ErrNotExist):
		return encrypted
	}
	if gone, err := v.removed(c, path); gone || err != nil {
		return err
	}
	v.remark("Underlaget %s ligger inte bredvid, så inga siffror har räknats om.", c.about.Evidence.Name)
	return nil
}

// sealed holds an encrypted file against the chain: the sum tells of a change
// without the key that opens it.
func (v *Verified) sealed(c evidenceCheck, path string) error {
	if c.entry == nil || c.entry.Encrypted == "" {
		return nil
	}
	sum, err := seal.SumOf(path)
	if err == nil && sum != c.entry.Encrypted {
		v.fault(filepath.Base(path), "har ändrats: SHA-256-summan är inte den som står i %s", seal.ChainFile)
	}
	return err
}

// clear checks evidence that anybody can read.
func (v *Verified) clear(ctx context.Context, c evidenceCheck, path string) (err error) {
	sum, err := seal.SumOf(path)
	if err != nil {
		return err
	}
	v.isEvidence(c, path, sum)
	b, err := bag.Open(path, bag.DefaultLimits())
	if errors.Is(err, bag.ErrNotBag) {
		v.fault(filepath.Base(path), "går inte att läsa: %v", err)
		return nil
	}
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, b.Close()) }()
	return v.open(ctx, c, path, b)
}

func (v *Verified) isEvidence(c evidenceCheck, path, sum string) {
	if sum != c.about.Evidence.SHA256 {
		v.fault(filepath.Base(path), "är inte det underlag som redovisningen hör till: SHA-256-summan är en annan")
	}
}

func (v *Verified) open(ctx context.Context, c evidenceCheck, path string, b *bag.Bag) error {
	if err := v.bag(ctx, path, b, c.Key); err != nil {
		return err
	}
	return v.recompute(ctx, b, c.figures)
}

// decrypt opens evidence with who may and checks it as it is read: nothing of
// it is written in clear unless that was asked for.
func (v *Verified) decrypt(ctx context.Context, c evidenceCheck, path string) (err error) {
	name := filepath.Base(path)
	f, err := os.Open(path)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	info, err := f.Stat()
	if err != nil {
		return err
	}
	r, size, err := age.DecryptReaderAt(f, info.Size(), c.Identities...)
	var none *age.NoIdentityMatchError
	if errors.As(err, &none) {
		v.fault(name, "går inte att öppna med den angivna nyckeln: underlaget är krypterat till någon annan")
		return v.signature(path, c.Key)
	}
	if err != nil {
		v.fault(name, "går inte att öppna: filen är ändrad, avhuggen eller inte krypterad med age (%v)", err)
		return v.signature(path, c.Key)
	}
	sum, err := c.copyOut(ctx, io.NewSectionReader(r, 0, size))
	if errors.Is(err, errSealed) {
		v.fault(name, "går inte att öppna hela vägen: filen är ändrad eller avhuggen")
		return v.signature(path, c.Key)
	}
	if err != nil {
		return err
	}
	v.Decrypted = true
	v.isEvidence(c, path, sum)
	b, err := bag.OpenAt(r, size, bag.DefaultLimits())
	if err != nil {
		v.fault(name, "går inte att läsa när den har öppnats: %v", err)
		return nil
	}
	defer func() { err = errors.Join(err, b.Close()) }()
	return v.open(ctx, c, path, b)
}

// errSealed is returned for encrypted content that has been changed.
var errSealed = errors.New("does not decrypt")

// copyOut reads opened evidence to its end and gives its sum, and keeps it in
// the file that was asked for, which it never overwrites.
func (c evidenceCheck) copyOut(ctx context.Context, from io.Reader) (sum string, err error) {
	h := sha256.New()
	if c.OpenTo != "" {
		out, err := os.OpenFile(c.OpenTo, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
		if err != nil {
			return "", err
		}
		sum, err := copyAll(ctx, io.MultiWriter(h, out), from, h)
		if err = errors.Join(err, out.Close()); err != nil {
			return "", errors.Join(err, os.Remove(c.OpenTo))
		}
		return sum, nil
	}
	return copyAll(ctx, h, from, h)
}

func copyAll(ctx context.Context, to io.Writer, from io.Reader, h hash.Hash) (string, error) {
	buf := make([]byte, 64<<10)
	for {
		if err := ctx.Err(); err != nil {
			return "", err
		}
		n, rerr := from.Read(buf)
		if _, err := to.Write(buf[:n]); err != nil {
			return "", err
		}
		if errors.Is(rerr, io.EOF) {
			return hex.EncodeToString(h.Sum(nil)), nil
		}
		if rerr != nil {
			return "", fmt.Errorf("%w: %w", errSealed, rerr)
		}
	}
}
