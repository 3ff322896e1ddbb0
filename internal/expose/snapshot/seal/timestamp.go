package seal

import (
	"bytes"
	"context"
	"crypto"
	"crypto/rand"
	"crypto/sha256"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/asn1"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"math/big"
	"net/http"
	"path/filepath"
	"strings"
	"time"

	"github.com/digitorus/pkcs7"
	"github.com/digitorus/timestamp"

	"github.com/kommunpuls/kommunpuls/internal/disk"
)

// TimestampServer is who is asked for time stamps of reports (RFC 3161).
type TimestampServer struct {
	URL            string
	Issuers        *x509.CertPool // whose time stamps are believed
	User, Password string
	Client         *http.Client // with a time limit
}

// Errors of time stamps.
var (
	// ErrStamp is wrapped by whatever is wrong with a time stamp.
	ErrStamp = errors.New("tidsstämpeln håller inte")
	// ErrStampServer is wrapped when the server gives none.
	ErrStampServer = errors.New("tidsstämpelservern gav ingen tidsstämpel")
	// ErrStamped is returned for a snapshot that has one.
	ErrStamped = errors.New("har redan en tidsstämpel")
)

// sizes and differences that are let through.
const (
	maxStamp = 1 << 20
	// ClockSlip is how far a server's clock and this machine's may lie apart.
	ClockSlip = 5 * time.Minute
)

// Stamp asks for a time stamp of a snapshot's report and puts it beside: what
// is stamped is the sum of the ZIP, so it cannot lie within.
func (s TimestampServer) Stamp(ctx context.Context, dir, name string, now time.Time) (at time.Time, err error) {
	chain, err := ReadChain(dir)
	if err != nil {
		return at, err
	}
	e, err := chain.Find(name)
	if err != nil {
		return at, err
	}
	if e.Timestamp != "" {
		return at, fmt.Errorf("%s %w", e.Name, ErrStamped)
	}
	path := filepath.Join(dir, e.Name+ReportEnd+ZipEnd)
	sum, err := SumOf(path)
	if err != nil {
		return at, err
	}
	if sum != e.Report {
		return at, fmt.Errorf("%s: har ändrats: SHA-256-summan är inte den som står i %s", filepath.Base(path), ChainFile)
	}
	nonce, err := rand.Int(rand.Reader, new(big.Int).Lsh(big.NewInt(1), 63))
	if err != nil {
		return at, err
	}
	reply, err := s.ask(ctx, sum, nonce)
	if err != nil {
		return at, err
	}
	t, err := readStamp(reply, sum, s.Issuers)
	switch {
	case err != nil:
		return at, err
	case t.Nonce == nil || t.Nonce.Cmp(nonce) != 0:
		return at, fmt.Errorf("%w: svaret hör inte till frågan som ställdes", ErrStamp)
	case t.Time.Sub(now).Abs() > ClockSlip:
		return at, fmt.Errorf("%w: serverns klocka visar %s och den här datorns %s", ErrStamp, Moment(t.Time), Moment(now))
	}
	return t.Time, keepStamp(dir, e.Name, path+StampEnd, reply)
}

// keepStamp writes a time stamp beside its report and its sum into the chain.
func keepStamp(dir, name, path string, reply []byte) error {
	sum := sha256.Sum256(reply)
	return Change(dir, func(c Chain) (Chain, func() error, error) {
		for i := range c {
			if c[i].Name == name && c[i].Timestamp == "" {
				c[i].Timestamp = hex.EncodeToString(sum[:])
				return c, nil, disk.Replace(path, reply, 0o640)
			}
		}
		return nil, nil, fmt.Errorf("%s %w", name, ErrStamped)
	})
}

// ask sends the question and returns the server's reply as it came.
func (s TimestampServer) ask(ctx context.Context, sum string, nonce *big.Int) ([]byte, error) {
	imprint, err := hex.DecodeString(sum)
	if err != nil {
		return nil, err
	}
	q, err := (&timestamp.Request{HashAlgorithm: crypto.SHA256, HashedMessage: imprint, Certificates: true, Nonce: nonce}).Marshal()
	if err != nil {
		return nil, err
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, s.URL, bytes.NewReader(q))
	if err != nil {
		return nil, err
	}
	req.Header.Set("Content-Type", "application/timestamp-query")
	req.Header.Set("Accept", "application/timestamp-reply")
	if s.User != "" {
		req.SetBasicAuth(s.User, s.Password)
	}
	res, err := s.Client.Do(req)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrStampServer, err)
	}
	reply, err := io.ReadAll(io.LimitReader(res.Body, maxStamp+1))
	err = errors.Join(err, res.Body.Close())
	kind, _, _ := strings.Cut(res.Header.Get("Content-Type"), ";")
	switch {
	case err != nil:
		return nil, fmt.Errorf("%w: %w", ErrStampServer, err)
	case res.StatusCode != http.StatusOK:
		return nil, fmt.Errorf("%w: den svarade %s", ErrStampServer, res.Status)
	case strings.TrimSpace(kind) != "application/timestamp-reply":
		return nil, fmt.Errorf("%w: svaret är av slaget %q, inte application/timestamp-reply", ErrStampServer, kind)
	case len(reply) > maxStamp:
		return nil, fmt.Errorf("%w: svaret är längre än %d byte", ErrStampServer, maxStamp)
	}
	return reply, nil
}

// ReadStamp reads the reply of a server as Stamp does, and tells the time in it
// and whose certificate it is signed with. issuers may be nil: whether those
// vouched for that is then not checked.
func ReadStamp(reply []byte, sum string, issuers *x509.CertPool) (at time.Time, by string, err error) {
	t, err := readStamp(reply, sum, issuers)
	if err != nil {
		return at, "", err
	}
	if p, err := pkcs7.Parse(t.RawToken); err == nil && p.GetOnlySigner() != nil {
		by = p.GetOnlySigner().Subject.String()
	}
	return t.Time, by, nil
}

// readStamp reads a reply and checks it whole: that it is of this sum, that it
// is signed, and by somebody whom one of the issuers vouched for at that time.
// issuers may be nil: who signed it is then not checked.
func readStamp(reply []byte, sum string, issuers *x509.CertPool) (*timestamp.Timestamp, error) {
	t, err := timestamp.ParseResponse(reply)
	if err != nil {
		if strings.Contains(err.Error(), "outside of certificate validity") {
			err = errors.New("utfärdarens certifikat gällde inte då")
		}
		return nil, fmt.Errorf("%w: %w", ErrStamp, err)
	}
	if t.HashAlgorithm != crypto.SHA256 || hex.EncodeToString(t.HashedMessage) != sum {
		return nil, fmt.Errorf("%w: den gäller en annan fil", ErrStamp)
	}
	p, err := pkcs7.Parse(t.RawToken)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrStamp, err)
	}
	signer := p.GetOnlySigner()
	if signer == nil {
		return nil, fmt.Errorf("%w: den har inte sin utfärdares certifikat", ErrStamp)
	}
	if err := signedAs(p, signer); err != nil {
		return nil, fmt.Errorf("%w: %w", ErrStamp, err)
	}
	if issuers == nil {
		return t, nil
	}
	between := x509.NewCertPool()
	for _, c := range p.Certificates {
		between.AddCert(c)
	}
	_, err = signer.Verify(x509.VerifyOptions{Roots: issuers, Intermediates: between, CurrentTime: t.Time, KeyUsages: []x509.ExtKeyUsage{x509.ExtKeyUsageTimeStamping}})
	var invalid x509.CertificateInvalidError
	var unknown x509.UnknownAuthorityError
	switch {
	case errors.As(err, &invalid) && invalid.Reason == x509.Expired:
		err = fmt.Errorf("utfärdarens certifikat gällde inte %s", Moment(t.Time))
	case errors.As(err, &invalid) && invalid.Reason == x509.IncompatibleUsage:
		err = errors.New("utfärdarens certifikat får inte användas till tidsstämplar")
	case errors.As(err, &unknown):
		err = errors.New("utfärdaren är ingen av dem som den angivna ca-filen pekar ut")
	}
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrStamp, err)
	}
	return t, nil
}

// What is signed besides the content, by RFC 5652, 3161 and 5035.
var (
	contentType   = asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 9, 3}
	isTimeStamp   = asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 9, 16, 1, 4}
	signedWithOID = asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 9, 16, 2, 47}
)

// signedWith names the certificate that a signature is made with.
type signedWith struct {
	Certs []struct {
		Hash   pkix.AlgorithmIdentifier `asn1:"optional"`
		Sum    []byte
		Serial asn1.RawValue `asn1:"optional"`
	}
	Policies asn1.RawValue `asn1:"optional"`
}

// signedAs tells whether what was signed is a time stamp, with that certificate.
func signedAs(p *pkcs7.PKCS7, signer *x509.Certificate) error {
	var kind asn1.ObjectIdentifier
	if err := p.UnmarshalSignedAttribute(contentType, &kind); err != nil || !kind.Equal(isTimeStamp) {
		return errors.New("det underskrivna är ingen tidsstämpel")
	}
	var w signedWith
	if err := p.UnmarshalSignedAttribute(signedWithOID, &w); err != nil || len(w.Certs) == 0 || w.Certs[0].Hash.Algorithm != nil {
		return nil // an older form, or another sum than SHA-256
	}
	if sum := sha256.Sum256(signer.Raw); !bytes.Equal(sum[:], w.Certs[0].Sum) {
		return errors.New("den är underskriven med ett annat certifikat än den säger")
	}
	return nil
}
