package sqlite

import (
	"bufio"
	"encoding/binary"
	"fmt"
	"io"
	"slices"
)

// stagedRecords walks a staging file from its beginning.
type stagedRecords struct {
	st    *staging
	in    *bufio.Reader
	seq   uint32
	frame []byte
	rec   staged
}

// next returns the next record and its position; a nil record is the end. The
// record is reused.
func (it *stagedRecords) next() (uint32, *staged, error) {
	if it.in == nil {
		if _, err := it.st.file.Seek(0, io.SeekStart); err != nil {
			return 0, nil, err
		}
		it.in, it.seq = bufio.NewReaderSize(it.st.file, 256<<10), firstSeq
	}
	if it.seq >= it.st.seq {
		return 0, nil, nil
	}
	var size [4]byte
	if _, err := io.ReadFull(it.in, size[:]); err != nil {
		return 0, nil, fmt.Errorf("staging file: %w", err)
	}
	n := int(binary.LittleEndian.Uint32(size[:]))
	it.frame = slices.Grow(it.frame[:0], n)[:n]
	if _, err := io.ReadFull(it.in, it.frame); err != nil {
		return 0, nil, fmt.Errorf("staging file: %w", err)
	}
	if err := it.st.codec.decode(it.frame, &it.rec); err != nil {
		return 0, nil, err
	}
	it.seq++
	return it.seq - 1, &it.rec, nil
}

// each walks the whole file.
func (st *staging) each(f func(seq uint32, rec *staged) error) error {
	it := &stagedRecords{st: st}
	for {
		seq, rec, err := it.next()
		if err != nil || rec == nil {
			return err
		}
		if err := f(seq, rec); err != nil {
			return err
		}
	}
}
