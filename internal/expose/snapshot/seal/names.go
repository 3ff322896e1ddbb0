package seal

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
)

// Endings of a snapshot's files, after its name.
const (
	ReportEnd   = "_redovisning"
	EvidenceEnd = "_underlag"
	ZipEnd      = ".zip"
	AgeEnd      = ".age"
	StampEnd    = ".tsr"
	// SignatureEnd is what minisign gives a signature's file.
	SignatureEnd = ".minisig"
)

// NameOf is the name of a snapshot, given that or one of its files.
func NameOf(file string) string {
	name := filepath.Base(file)
	for _, end := range []string{SignatureEnd, StampEnd, AgeEnd, ZipEnd, ReportEnd, EvidenceEnd} {
		name = strings.TrimSuffix(name, end)
	}
	return name
}

// Fingerprint is the first 32 of a SHA-256's hexadecimal digits, in fours: short
// enough to write down.
func Fingerprint(sum string) string {
	var b strings.Builder
	for i := 0; i < min(len(sum), 32); i += 4 {
		if i > 0 {
			b.WriteByte(' ')
		}
		b.WriteString(sum[i:min(i+4, len(sum))])
	}
	return b.String()
}

// SumOf is the SHA-256 of a file, in hexadecimal digits.
func SumOf(path string) (string, error) {
	f, err := os.Open(path)
	if err != nil {
		return "", err
	}
	h := sha256.New()
	_, err = io.Copy(h, f)
	return hex.EncodeToString(h.Sum(nil)), errors.Join(err, f.Close())
}
