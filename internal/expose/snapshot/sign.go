package snapshot

import (
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"os"

	"aead.dev/minisign"

	"github.com/kommunpuls/kommunpuls/internal/expose/snapshot/bag"
)

// signature is the ending that minisign gives a signature's file.
const signature = ".minisig"

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

// tag signs the tag manifest inside a bag; nil without a key.
func (k *Key) tag() bag.Sign {
	if k == nil {
		return nil
	}
	return func(m []byte) (string, []byte, error) {
		return signature, minisign.SignWithComments(k.private, m, "kommunpuls "+bag.TagManifest, "kommunpuls"), nil
	}
}

// signFile writes the signature of a file beside it; nothing without a key.
func (k *Key) signFile(path string) error {
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
	return os.WriteFile(path+signature, r.SignWithComments(k.private, "kommunpuls", "kommunpuls"), 0o640)
}

// PublicKey checks signatures.
type PublicKey struct{ public minisign.PublicKey }

// ParsePublicKey reads a public key as minisign writes it.
func ParsePublicKey(text []byte) (*PublicKey, error) {
	var p minisign.PublicKey
	if err := p.UnmarshalText(text); err != nil {
		return nil, fmt.Errorf("filen är ingen öppen nyckel för minisign: %w", err)
	}
	return &PublicKey{p}, nil
}

func (p *PublicKey) signed(message, sig []byte) bool { return minisign.Verify(p.public, message, sig) }

// signedFile tells whether the signature beside a file is this key's.
func (p *PublicKey) signedFile(path string) (bool, error) {
	sig, err := os.ReadFile(path + signature)
	if err != nil {
		return false, err
	}
	f, err := os.Open(path)
	if err != nil {
		return false, err
	}
	r := minisign.NewReader(f)
	_, err = io.Copy(io.Discard, r)
	return r.Verify(p.public, sig), errors.Join(err, f.Close())
}
