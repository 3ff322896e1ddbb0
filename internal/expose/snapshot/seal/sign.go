package seal

import (
	"bytes"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"os"

	"aead.dev/minisign"

	"github.com/kommunpuls/kommunpuls/internal/expose/snapshot/bag"
)

// Key signs snapshots, in the format of minisign.
type Key struct{ private minisign.PrivateKey }

// NewKey makes a pair of keys as `minisign -G -W` writes them. The private one
// has no password: it is a secret of the daemon's like any other, by reference,
// and opening one with a password takes a gigabyte of memory.
func NewKey() (private, public []byte, err error) {
	pub, priv, err := minisign.GenerateKey(rand.Reader)
	if err != nil {
		return nil, nil, err
	}
	if private, err = priv.MarshalText(); err != nil {
		return nil, nil, err
	}
	public, err = pub.MarshalText()
	return append(private, '\n'), append(public, '\n'), err
}

// ParseKey reads a private key without a password.
func ParseKey(text []byte) (*Key, error) {
	if minisign.IsEncrypted(text) {
		return nil, errors.New("nyckeln har ett lösenord; gör en utan med kommunpuls snapshot key eller minisign -G -W")
	}
	var k Key
	if err := k.private.UnmarshalText(text); err != nil {
		return nil, fmt.Errorf("är ingen hemlig nyckel för minisign: %w", err)
	}
	return &k, nil
}

// SignTag signs the tag manifest inside a bag; nil without a key.
func (k *Key) SignTag() bag.Sign {
	if k == nil {
		return nil
	}
	return func(m []byte) (string, []byte, error) {
		return SignatureEnd, minisign.SignWithComments(k.private, m, "kommunpuls "+bag.TagManifest, ownComment), nil
	}
}

// SignFile writes the signature of a file beside it; nothing without a key.
func (k *Key) SignFile(path string) error {
	if k == nil {
		return nil
	}
	f, err := os.Open(path)
	if err != nil {
		return err
	}
	r := minisign.NewReader(f)
	_, err = io.Copy(io.Discard, r)
	if err = errors.Join(err, f.Close()); err != nil {
		return err
	}
	return os.WriteFile(path+SignatureEnd, r.SignWithComments(k.private, "kommunpuls", ownComment), 0o640)
}

// PublicKey checks signatures.
type PublicKey struct{ public minisign.PublicKey }

// ParsePublicKey reads a public key as minisign writes it.
func ParsePublicKey(text []byte) (*PublicKey, error) {
	var p minisign.PublicKey
	if err := p.UnmarshalText(text); err != nil {
		return nil, fmt.Errorf("filen är ingen öppen nyckel för minisign; be kommunen om den som slutar på .pub (%w)", err)
	}
	return &PublicKey{p}, nil
}

// ID is what minisign calls the key.
func (p *PublicKey) ID() string { return fmt.Sprintf("%016X", p.public.ID()) }

// comments that a signature's first line may have: ours, and minisign's own.
// Nothing signs that line, so no other is let through.
const (
	ownComment      = "kommunpuls"
	minisignComment = "signature from minisign secret key"
)

// judge tells what is wrong with a signature; "" is nothing. holds is asked when
// it has the form of one by this key.
func (p *PublicKey) judge(sig []byte, holds func() bool) string {
	var s minisign.Signature
	if err := s.UnmarshalText(sig); err != nil {
		return "underskriften går inte att läsa: filen är skadad eller avhuggen"
	}
	again, err := s.MarshalText()
	if err != nil || !bytes.Equal(bytes.TrimSpace(again), bytes.TrimSpace(sig)) || s.UntrustedComment != ownComment && s.UntrustedComment != minisignComment {
		return "underskriftens fil är inte som den skrevs"
	}
	switch {
	case s.KeyID != p.public.ID():
		return fmt.Sprintf("underskriften är inte gjord med den angivna nyckeln (%s) utan med en annan (%016X)", p.ID(), s.KeyID)
	case !holds():
		return "underskriften stämmer inte: filen har ändrats sedan den skrevs under, eller underskriften har ändrats"
	}
	return ""
}

// Judge tells what is wrong with the signature of a text; "" is nothing.
func (p *PublicKey) Judge(text, sig []byte) string {
	return p.judge(sig, func() bool { return minisign.Verify(p.public, text, sig) })
}

// JudgeFile tells what is wrong with the signature beside a file; "" is nothing. That
// there is none is fs.ErrNotExist.
func (p *PublicKey) JudgeFile(path string) (string, error) {
	sig, err := os.ReadFile(path + SignatureEnd)
	if err != nil {
		return "", err
	}
	f, err := os.Open(path)
	if err != nil {
		return "", err
	}
	r := minisign.NewReader(f)
	_, err = io.Copy(io.Discard, r)
	return p.judge(sig, func() bool { return r.Verify(p.public, sig) }), errors.Join(err, f.Close())
}
