package snapshot

import (
	"crypto/sha256"
	"crypto/x509"
	"encoding/hex"
	"errors"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/kommunpuls/kommunpuls/internal/expose/snapshot/seal"
)

// stamp checks the time stamp beside a report, and that the time in it is not
// before the snapshot says that it was made.
func (v *Verified) stamp(path, sum string, a About, e *seal.Entry, issuers *x509.CertPool) error {
	name := filepath.Base(path) + seal.StampEnd
	reply, err := os.ReadFile(path + seal.StampEnd)
	if errors.Is(err, fs.ErrNotExist) {
		if e != nil && e.Timestamp != "" {
			v.fault(name, "saknas, fast bilden är tidsstämplad enligt %s", seal.ChainFile)
		}
		return nil
	}
	if err != nil {
		return err
	}
	if got := sha256.Sum256(reply); e != nil && e.Timestamp != "" && hex.EncodeToString(got[:]) != e.Timestamp {
		v.fault(name, "har ändrats: SHA-256-summan är inte den som står i %s", seal.ChainFile)
	}
	at, by, err := seal.ReadStamp(reply, sum, issuers)
	if err != nil {
		v.fault(name, "%v", err)
		return nil
	}
	if at.Before(a.Created.Add(-seal.ClockSlip)) {
		v.fault(name, "är från %s, men bilden säger sig vara gjord %s: en av klockorna gick fel", seal.Moment(at), seal.Moment(a.Created))
	}
	v.Stamped = at
	if issuers == nil {
		v.remark("%s: tiden är %s, men vem som har satt den är inte kontrollerat. Ange utfärdarens certifikat med --timestamp-ca.", name, seal.Moment(at))
		return nil
	}
	v.StampedBy = by
	return nil
}
