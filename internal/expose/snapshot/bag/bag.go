// Package bag writes and reads BagIt bags (RFC 8493) in ZIP form: payload files
// under data/, manifests with their SHA-256 and SHA-512 sums, and tag manifests
// over what describes them. Once unpacked, `sha256sum -c manifest-sha256.txt`
// and `Get-FileHash` check one without this package.
package bag

import (
	"archive/zip"
	"bytes"
	"compress/flate"
	"crypto/sha256"
	"crypto/sha512"
	"encoding/hex"
	"errors"
	"fmt"
	"hash"
	"io"
	"path"
	"sort"
	"strings"
	"time"
	"unicode/utf8"
)

// Names of the tag files.
const (
	declaration = "bagit.txt"
	infoFile    = "bag-info.txt"
	payload     = "data/"
	// TagManifest is the file that a signature inside the bag is made over: it
	// holds the sum of every manifest, and they the sum of every file.
	TagManifest = "tagmanifest-sha512.txt"
)

const declarationText = "BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n"

// ErrPath is returned for a name that a bag may not have.
var ErrPath = errors.New("får inget filnamn heta")

// algorithm is one checksum and the manifests that hold it.
type algorithm struct {
	name string
	new  func() hash.Hash
}

func algorithms() []algorithm {
	return []algorithm{{"sha256", sha256.New}, {"sha512", sha512.New}}
}

func manifest(a algorithm) string    { return "manifest-" + a.name + ".txt" }
func tagManifest(a algorithm) string { return "tagmanifest-" + a.name + ".txt" }

// Label is one line of bag-info.txt.
type Label struct{ Name, Value string }

// Writer writes one bag, a file at a time, holding none of them in memory.
// The same files in the same order with the same time give the same bytes.
type Writer struct {
	zip    *zip.Writer
	folder string
	at     time.Time
	sums   map[string][]string // by path: one sum an algorithm
	paths  []string
	bytes  int64
	open   *file
	flate  *flate.Writer
	// Through, if set, stands between what is written and a payload file. It
	// gets the file's name and may hold bytes back until it is closed.
	Through func(name string, to io.Writer) io.WriteCloser
}

// NewWriter begins a bag named folder, the one directory of the ZIP. at stands
// as the time of every file in it.
func NewWriter(w io.Writer, folder string, at time.Time) *Writer {
	b := &Writer{folder: folder, at: at.UTC(), sums: map[string][]string{}}
	b.zip = newZip(b, w)
	return b
}

// File begins a payload file, named from data/ with slashes between. What is
// written goes to it until the next File or Close.
func (w *Writer) File(name string) (io.Writer, error) {
	p := payload + name
	if err := checkPath(p); err != nil {
		return nil, err
	}
	if _, ok := w.sums[p]; ok || w.open != nil && w.open.path == p {
		return nil, fmt.Errorf("%s: written twice", p)
	}
	if err := w.end(); err != nil {
		return nil, err
	}
	f, err := w.begin(p)
	if err != nil {
		return nil, err
	}
	w.open = f
	if w.Through == nil {
		return f, nil
	}
	f.over = w.Through(name, f)
	return f.over, nil
}

func (w *Writer) begin(p string) (*file, error) {
	out, err := w.zip.CreateHeader(&zip.FileHeader{Name: w.folder + "/" + p, Method: zip.Deflate, Modified: w.at})
	if err != nil {
		return nil, fmt.Errorf("%s: %w", p, err)
	}
	f := &file{w: w, path: p, out: out}
	for _, a := range algorithms() {
		f.hashes = append(f.hashes, a.new())
	}
	return f, nil
}

// end keeps the sums of the file that is being written.
func (w *Writer) end() error {
	if w.open == nil {
		return nil
	}
	if w.open.over != nil {
		if err := w.open.over.Close(); err != nil {
			return fmt.Errorf("%s: %w", w.open.path, err)
		}
	}
	f := w.open
	if err := f.finish(); err != nil {
		w.open = nil
		return fmt.Errorf("%s: %w", f.path, err)
	}
	w.bytes += f.size
	w.keep(f)
	w.open = nil
	return nil
}

func (w *Writer) keep(f *file) {
	sums := make([]string, len(f.hashes))
	for i, h := range f.hashes {
		sums[i] = hex.EncodeToString(h.Sum(nil))
	}
	w.sums[f.path] = sums
	w.paths = append(w.paths, f.path)
}

// Sign makes a signature of the tag manifest: its file's ending (".minisig")
// and its content.
type Sign func(tagManifest []byte) (ending string, signature []byte, err error)

// Close writes the manifests and ends the bag. info stands in bag-info.txt, to
// which Payload-Oxum is added. sign may be nil.
func (w *Writer) Close(info []Label, sign Sign) error {
	if err := w.end(); err != nil {
		return err
	}
	files := w.paths
	tags := []struct{ name, text string }{
		{declaration, declarationText},
		{infoFile, infoText(append(info, Label{"Payload-Oxum", fmt.Sprintf("%d.%d", w.bytes, len(files))}))},
	}
	for i, a := range algorithms() {
		tags = append(tags, struct{ name, text string }{manifest(a), w.sumText(files, i)})
	}
	w.paths = nil
	for _, t := range tags {
		if err := w.tag(t.name, t.text); err != nil {
			return err
		}
	}
	described := w.paths
	for i, a := range algorithms() {
		text := w.sumText(described, i)
		if err := w.tag(tagManifest(a), text); err != nil {
			return err
		}
		if tagManifest(a) != TagManifest || sign == nil {
			continue
		}
		ending, sig, err := sign([]byte(text))
		if err != nil {
			return fmt.Errorf("sign %s: %w", TagManifest, err)
		}
		if err := w.tag(TagManifest+ending, string(sig)); err != nil {
			return err
		}
	}
	return w.zip.Close()
}

func (w *Writer) tag(name, text string) error {
	f, err := w.begin(name)
	if err != nil {
		return err
	}
	w.open = f
	if _, err := io.WriteString(f, text); err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	return w.end()
}

// sumText is a manifest: a line for each path, sorted, as sha256sum reads it.
func (w *Writer) sumText(paths []string, algorithm int) string {
	sorted := append([]string{}, paths...)
	sort.Strings(sorted)
	var b strings.Builder
	for _, p := range sorted {
		fmt.Fprintf(&b, "%s  %s\n", w.sums[p][algorithm], p)
	}
	return b.String()
}

func infoText(info []Label) string {
	var b bytes.Buffer
	for _, l := range info {
		fmt.Fprintf(&b, "%s: %s\n", l.Name, strings.Join(strings.Fields(l.Value), " "))
	}
	return b.String()
}

// checkPath refuses what leads out of the bag, and what some system cannot
// write: the names are those that everybody can unpack.
func checkPath(p string) error {
	switch {
	case p == "" || len(p) > 240 || !utf8.ValidString(p),
		path.Clean(p) != p, path.IsAbs(p), p == "..", strings.HasPrefix(p, "../"),
		strings.ContainsAny(p, "\\:*?\"<>|%"), strings.ContainsFunc(p, func(r rune) bool { return r < ' ' || r == 0x7f }):
		return fmt.Errorf("%q: %w", p, ErrPath)
	}
	for _, part := range strings.Split(p, "/") {
		if strings.HasSuffix(part, ".") || strings.HasSuffix(part, " ") {
			return fmt.Errorf("%q: %w", p, ErrPath)
		}
	}
	return nil
}
