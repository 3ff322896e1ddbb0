package bag

import (
	"archive/zip"
	"bufio"
	"compress/flate"
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"hash"
	"io"
	"io/fs"
	"sort"
	"strings"
)

// Limits keep a foreign bag from filling memory or disk.
type Limits struct {
	Files int   // most files
	Bytes int64 // most bytes unpacked, all files together
	Tag   int64 // most bytes of one tag file
}

// DefaultLimits hold any bag that this program writes.
func DefaultLimits() Limits { return Limits{Files: 100_000, Bytes: 64 << 30, Tag: 64 << 20} }

// ErrNotBag is returned for a file that is no whole bag in ZIP form.
var ErrNotBag = errors.New("ingen hel BagIt-mapp i en ZIP-fil")

// Bag is an open bag. Nothing of it is trusted until Check has found no fault.
type Bag struct {
	Folder string
	zip    *zip.Reader
	close  func() error
	files  map[string]*zip.File
	limits Limits
}

// Fault is one thing that does not hold, with the file it holds for.
type Fault struct{ File, Reason string }

// Open reads the directory of a bag. It refuses names that lead out of it,
// names that come twice, links, and more than the limits allow.
func Open(name string, l Limits) (*Bag, error) {
	z, err := zip.OpenReader(name)
	if err != nil {
		if errors.Is(err, fs.ErrNotExist) || errors.Is(err, fs.ErrPermission) {
			return nil, err
		}
		return nil, fmt.Errorf("%w: %w", ErrNotBag, inWords(err))
	}
	return opened(&z.Reader, z.Close, l)
}

// OpenAt is Open for a bag that is read from something else than a file, for
// example while it is decrypted.
func OpenAt(r io.ReaderAt, size int64, l Limits) (*Bag, error) {
	z, err := zip.NewReader(r, size)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrNotBag, inWords(err))
	}
	return opened(z, func() error { return nil }, l)
}

func opened(z *zip.Reader, end func() error, l Limits) (*Bag, error) {
	b := &Bag{zip: z, close: end, files: map[string]*zip.File{}, limits: l}
	if err := b.index(); err != nil {
		return nil, errors.Join(err, end())
	}
	return b, nil
}

// inWords says what is wrong with a ZIP file to whoever was sent it.
func inWords(err error) error {
	var corrupt flate.CorruptInputError
	switch {
	case errors.As(err, &corrupt):
		return errors.New("innehållet har ändrats eller gått sönder")
	case errors.Is(err, zip.ErrFormat), errors.Is(err, io.ErrUnexpectedEOF):
		return errors.New("filen är avhuggen eller ingen ZIP-fil")
	case errors.Is(err, zip.ErrAlgorithm):
		return errors.New("filen är packad på ett sätt som inte läses")
	case errors.Is(err, zip.ErrChecksum):
		return errors.New("innehållet har ändrats eller gått sönder")
	}
	return err
}

func (b *Bag) index() error {
	if len(b.zip.File) > b.limits.Files {
		return fmt.Errorf("%w: %d filer, högst %d läses", ErrNotBag, len(b.zip.File), b.limits.Files)
	}
	var total uint64
	for _, f := range b.zip.File {
		folder, p, ok := strings.Cut(f.Name, "/")
		if !ok || folder == "" {
			return fmt.Errorf("%w: %q står utanför sin mapp", ErrNotBag, f.Name)
		}
		if b.Folder == "" {
			b.Folder = folder
		}
		if strings.HasSuffix(f.Name, "/") { // a directory, which some tools add
			continue
		}
		if err := errors.Join(checkPath(folder), checkPath(p)); err != nil {
			return fmt.Errorf("%w: %w", ErrNotBag, err)
		}
		if !f.Mode().IsRegular() {
			return fmt.Errorf("%w: %q är ingen vanlig fil", ErrNotBag, f.Name)
		}
		if folder != b.Folder {
			return fmt.Errorf("%w: två mappar, %q och %q", ErrNotBag, b.Folder, folder)
		}
		if b.files[p] != nil {
			return fmt.Errorf("%w: %q står två gånger", ErrNotBag, f.Name)
		}
		b.files[p] = f
		if f.UncompressedSize64 > uint64(b.limits.Bytes)-total {
			return fmt.Errorf("%w: mer än %d byte uppackad", ErrNotBag, b.limits.Bytes)
		}
		total += f.UncompressedSize64
	}
	if b.files[declaration] == nil {
		return fmt.Errorf("%w: %s saknas", ErrNotBag, declaration)
	}
	return nil
}

// Close closes the file.
func (b *Bag) Close() error { return b.close() }

// Files lists the payload files, named from data/, sorted.
func (b *Bag) Files() []string {
	var out []string
	for p := range b.files {
		if name, ok := strings.CutPrefix(p, payload); ok {
			out = append(out, name)
		}
	}
	sort.Strings(out)
	return out
}

// Read opens a payload file, named from data/; fs.ErrNotExist if there is none.
// It gives no more bytes than the directory says, whatever the data hold.
func (b *Bag) Read(name string) (io.ReadCloser, error) { return b.open(payload + name) }

// Tag returns a tag file whole; fs.ErrNotExist if there is none.
func (b *Bag) Tag(name string) ([]byte, error) {
	r, err := b.open(name)
	if err != nil {
		return nil, err
	}
	text, err := io.ReadAll(io.LimitReader(r, b.limits.Tag+1))
	if err == nil && int64(len(text)) > b.limits.Tag {
		err = fmt.Errorf("%s: större än %d byte", name, b.limits.Tag)
	}
	return text, errors.Join(err, r.Close())
}

func (b *Bag) open(p string) (io.ReadCloser, error) {
	f := b.files[p]
	if f == nil {
		return nil, fmt.Errorf("%s: %w", p, fs.ErrNotExist)
	}
	r, err := f.Open()
	if err != nil {
		return nil, fmt.Errorf("%s: %w", p, inWords(err))
	}
	return &member{from: io.LimitReader(r, int64(f.UncompressedSize64)), file: r}, nil
}

// member reads a file of a bag. What is wrong is said once, in words.
type member struct {
	from io.Reader
	file io.Closer
	told bool
}

func (m *member) Read(p []byte) (int, error) {
	n, err := m.from.Read(p)
	if err != nil && err != io.EOF { //nolint:errorlint // readers give io.EOF itself
		m.told, err = true, inWords(err)
	}
	return n, err
}

func (m *member) Close() error {
	if err := m.file.Close(); err != nil && !m.told {
		return inWords(err)
	}
	return nil
}

// Check holds every file against every manifest, and the manifests against the
// files that there are. No fault means that the bag is whole and unchanged
// since its manifests were written; who wrote them only a signature tells.
func (b *Bag) Check(ctx context.Context) ([]Fault, error) {
	var faults []Fault
	want := map[string]map[string]string{} // path → algorithm → sum
	for _, a := range algorithms() {
		for _, m := range []string{manifest(a), tagManifest(a)} {
			text, err := b.Tag(m)
			if errors.Is(err, fs.ErrNotExist) {
				faults = append(faults, Fault{m, "saknas"})
				continue
			}
			if err != nil {
				faults = append(faults, Fault{m, "går inte att läsa: " + err.Error()})
				continue
			}
			faults = append(faults, addSums(want, string(text), m, a)...)
		}
	}
	for _, p := range sortedKeys(want) {
		if b.files[p] == nil {
			faults = append(faults, Fault{p, "saknas"})
		}
	}
	for _, p := range sortedKeys(b.files) {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		isTag := !strings.HasPrefix(p, payload)
		switch {
		case strings.HasPrefix(p, "tagmanifest-"):
			continue // nothing inside vouches for these: their signature does
		case isTag && len(want[p]) == 0:
			faults = append(faults, Fault{p, "står inte i " + TagManifest})
			continue
		}
		faults = append(faults, b.checkFile(p, want[p])...)
	}
	return faults, nil
}

func (b *Bag) checkFile(p string, want map[string]string) []Fault {
	var faults []Fault
	hashes := make([]hash.Hash, 0, 2)
	var all []io.Writer
	for _, a := range algorithms() {
		h := a.new()
		hashes, all = append(hashes, h), append(all, h)
	}
	r, err := b.open(p)
	if err != nil {
		return []Fault{{p, "går inte att läsa: " + err.Error()}}
	}
	_, err = io.Copy(io.MultiWriter(all...), r)
	if err := errors.Join(err, r.Close()); err != nil {
		return []Fault{{p, "går inte att läsa: " + err.Error()}}
	}
	name := manifest
	if !strings.HasPrefix(p, payload) {
		name = tagManifest
	}
	right := 0
	for i, a := range algorithms() {
		if want[a.name] == hex.EncodeToString(hashes[i].Sum(nil)) {
			right++
		}
	}
	for i, a := range algorithms() {
		sum, ok := want[a.name]
		switch {
		case !ok:
			faults = append(faults, Fault{p, "står inte i " + name(a)})
		case sum == hex.EncodeToString(hashes[i].Sum(nil)):
		case right > 0: // another sum of the same file holds
			faults = append(faults, Fault{name(a), "har ändrats: summan för " + p + " är fel"})
		default:
			faults = append(faults, Fault{p, "har ändrats: " + a.name + "-summan stämmer inte"})
		}
	}
	return faults
}

// addSums reads the lines of a manifest.
func addSums(want map[string]map[string]string, text, name string, a algorithm) []Fault {
	var faults []Fault
	s := bufio.NewScanner(strings.NewReader(text))
	s.Buffer(nil, 1<<20)
	for n := 1; s.Scan(); n++ {
		sum, p, ok := strings.Cut(s.Text(), "  ")
		if !ok || len(sum) != 2*a.new().Size() || checkPath(p) != nil || strings.HasPrefix(p, payload) != (name == manifest(a)) {
			faults = append(faults, Fault{name, fmt.Sprintf("rad %d är ingen rad i en manifestfil", n)})
			continue
		}
		if want[p] == nil {
			want[p] = map[string]string{}
		}
		if _, twice := want[p][a.name]; twice {
			faults = append(faults, Fault{name, fmt.Sprintf("rad %d: %s står två gånger", n, p)})
		}
		want[p][a.name] = sum
	}
	if err := s.Err(); err != nil {
		faults = append(faults, Fault{name, err.Error()})
	}
	return faults
}

func sortedKeys[V any](m map[string]V) []string {
	out := make([]string, 0, len(m))
	for k := range m {
		out = append(out, k)
	}
	sort.Strings(out)
	return out
}
