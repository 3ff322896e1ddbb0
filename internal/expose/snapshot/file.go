package snapshot

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"filippo.io/age"

	"github.com/kommunpuls/kommunpuls/internal/calendar"
	"github.com/kommunpuls/kommunpuls/internal/expose/snapshot/bag"
	"github.com/kommunpuls/kommunpuls/internal/expose/snapshot/seal"
)

// bagFile is a bag to be written as a file.
type bagFile struct {
	dir, name string
	key       *seal.Key
	to        []age.Recipient // who may open it; none is everybody
	fill      func(*bag.Writer) error
}

// bagged is a bag as it was written.
type bagged struct {
	File        // the sum is of the ZIP, encrypted or not
	kept string // sum of the file when that is encrypted
}

// write writes one bag, and its signature beside it if there is a key. What is
// encrypted is never on the disk in clear.
func (c Content) write(x bagFile) (f bagged, err error) {
	f.Path = filepath.Join(x.dir, x.name+seal.ZipEnd)
	if len(x.to) > 0 {
		f.Path += seal.AgeEnd
	}
	out, err := os.OpenFile(f.Path, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o640)
	if err != nil {
		return f, err
	}
	kept, sum := sha256.New(), sha256.New()
	to, seal := io.Writer(out), func() error { return nil }
	if len(x.to) > 0 {
		e, err := age.Encrypt(io.MultiWriter(out, kept), x.to...)
		if err != nil {
			return f, fmt.Errorf("%s: %w", filepath.Base(f.Path), errors.Join(err, out.Close()))
		}
		to, seal = e, e.Close
	}
	b := bag.NewWriter(io.MultiWriter(to, sum), x.name, c.At.AsOf)
	if c.Pseudonyms != nil {
		b.Through = c.Pseudonyms.Through
	}
	defer b.Abandon()
	err = x.fill(b)
	if err == nil {
		err = b.Close([]bag.Label{
			{Name: "Source-Organization", Value: c.Municipality},
			{Name: "External-Identifier", Value: x.name},
			{Name: "Bagging-Date", Value: c.Created.In(calendar.Location()).Format("2006-01-02")},
			{Name: "Bag-Software-Agent", Value: "kommunpuls " + c.Version},
		}, x.key.SignTag())
	}
	if err == nil {
		err = seal()
	}
	if err = errors.Join(err, out.Sync(), out.Close()); err != nil {
		return f, fmt.Errorf("%s: %w", filepath.Base(f.Path), err)
	}
	f.SHA256 = hex.EncodeToString(sum.Sum(nil))
	if len(x.to) > 0 {
		f.kept = hex.EncodeToString(kept.Sum(nil))
	}
	return f, x.key.SignFile(f.Path)
}
