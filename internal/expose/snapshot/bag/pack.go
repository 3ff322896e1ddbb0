package bag

import (
	"archive/zip"
	"compress/flate"
	"fmt"
	"hash"
	"io"
)

// chunk is how much of a file is packed at a time, and ahead how many chunks may
// wait: a large file is packed and summed beside whoever writes it, a small one
// on the spot.
const (
	chunk = 64 << 10
	ahead = 16
)

// file is the payload file that is being written.
type file struct {
	w      *Writer
	path   string
	out    io.Writer
	hashes []hash.Hash
	over   io.WriteCloser // what Through gave, nil without

	buf   []byte
	size  int64
	queue chan []byte // nil while the file is small
	spare chan []byte
	done  chan struct{} // closed when nothing more is packed
	err   error         // of packing, once done
}

// Write adds to the file. What cannot be packed may be told at a later Write, or
// at the end.
func (f *file) Write(b []byte) (int, error) {
	if f.w.open != f {
		return 0, fmt.Errorf("%s: written after the next file began", f.path)
	}
	n := 0
	for len(b) > 0 {
		k := min(len(b), chunk-len(f.buf))
		f.buf, b, n = append(f.buf, b[:k]...), b[k:], n+k
		if len(f.buf) < chunk {
			break
		}
		if err := f.send(); err != nil {
			return n, err
		}
	}
	return n, nil
}

// send hands a full chunk to whoever packs.
func (f *file) send() error {
	if f.queue == nil {
		f.queue, f.spare, f.done = make(chan []byte, ahead), make(chan []byte, ahead+2), make(chan struct{})
		go f.packAll()
	}
	select {
	case f.queue <- f.buf:
	case <-f.done:
		return f.err
	}
	select {
	case f.buf = <-f.spare:
	default:
		f.buf = make([]byte, 0, chunk)
	}
	return nil
}

func (f *file) packAll() {
	defer close(f.done)
	for b := range f.queue {
		if f.err = f.pack(b); f.err != nil {
			return
		}
		select {
		case f.spare <- b[:0]:
		default:
		}
	}
}

func (f *file) pack(b []byte) error {
	n, err := f.out.Write(b)
	for _, h := range f.hashes {
		h.Write(b[:n])
	}
	f.size += int64(n)
	return err
}

// finish packs what is left and waits for it.
func (f *file) finish() error {
	if f.queue == nil {
		return f.pack(f.buf)
	}
	select {
	case f.queue <- f.buf:
	case <-f.done:
		return f.err
	}
	close(f.queue)
	<-f.done
	return f.err
}

// Abandon ends a bag that will not be finished. It does nothing after Close.
func (w *Writer) Abandon() {
	f := w.open
	if w.open = nil; f == nil || f.queue == nil {
		return
	}
	close(f.queue)
	<-f.done
}

// deflater packs one file after the other with one compressor, at the speed that
// a file as large as the rows of a municipality asks for.
func (w *Writer) deflater(out io.Writer) (io.WriteCloser, error) {
	if w.flate == nil {
		f, err := flate.NewWriter(out, flate.BestSpeed)
		w.flate = f
		return f, err
	}
	w.flate.Reset(out)
	return w.flate, nil
}

func newZip(w *Writer, to io.Writer) *zip.Writer {
	z := zip.NewWriter(to)
	z.RegisterCompressor(zip.Deflate, w.deflater)
	return z
}
