package seal

import (
	"errors"
	"fmt"
	"io"

	"filippo.io/age"
)

// ParseIdentities reads the file of who may open evidence, as age-keygen writes it.
func ParseIdentities(r io.Reader) ([]age.Identity, error) {
	ids, err := age.ParseIdentities(r)
	if err != nil {
		return nil, errors.New("filen är ingen hemlig nyckel för age, som age-keygen skriver den")
	}
	return ids, nil
}

// ParseRecipient reads who evidence is encrypted to: an open key of age.
func ParseRecipient(s string) (age.Recipient, error) {
	r, err := age.ParseX25519Recipient(s)
	if err == nil {
		return r, nil
	}
	if h, herr := age.ParseHybridRecipient(s); herr == nil {
		return h, nil
	}
	return nil, fmt.Errorf("%q är ingen öppen nyckel för age; den börjar med age1 och skrivs ut av age-keygen -y", shorten(s))
}

// shorten keeps a secret key that was given by mistake out of what is told.
func shorten(s string) string {
	if len(s) > 12 {
		return s[:12] + "…"
	}
	return s
}
