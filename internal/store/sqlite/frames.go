package sqlite

import (
	"bufio"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"slices"
)

const frameHead = 4 // bytes that say how long a frame is

// stagedRecords walks a staging file, from its beginning or in order of ids.
type stagedRecords struct {
	st    *staging
	in    *bufio.Reader
	seq   uint32
	order []framePos
	at    int
	frame []byte
	rec   staged
}

// framePos is where a frame stands and how its id sorts.
type framePos struct {
	prefix uint64 // of the id, after what all ids begin with
	offset int64  // past the head
	seq    uint32
	size   uint32
}

// next returns the next record and its position; a nil record is the end. The
// record is reused.
func (it *stagedRecords) next() (uint32, *staged, error) {
	seq, err := it.nextFrame()
	if errors.Is(err, io.EOF) {
		return 0, nil, nil
	}
	if err != nil {
		return 0, nil, fmt.Errorf("staging file: %w", err)
	}
	if err := it.st.codec.decode(it.frame, &it.rec); err != nil {
		return 0, nil, err
	}
	return seq, &it.rec, nil
}

func (it *stagedRecords) nextFrame() (uint32, error) {
	if it.order != nil {
		if it.at == len(it.order) {
			return 0, io.EOF
		}
		p := it.order[it.at]
		it.at++
		it.frame = slices.Grow(it.frame[:0], int(p.size))[:p.size]
		_, err := it.st.file.ReadAt(it.frame, p.offset)
		return p.seq, noEnd(err)
	}
	if it.in == nil {
		if _, err := it.st.file.Seek(0, io.SeekStart); err != nil {
			return 0, err
		}
		it.in, it.seq = bufio.NewReaderSize(it.st.file, 256<<10), firstSeq
	}
	if it.seq >= it.st.seq {
		return 0, io.EOF
	}
	var head [frameHead]byte
	if _, err := io.ReadFull(it.in, head[:]); err != nil {
		return 0, noEnd(err)
	}
	n := int(binary.LittleEndian.Uint32(head[:]))
	it.frame = slices.Grow(it.frame[:0], n)[:n]
	_, err := io.ReadFull(it.in, it.frame)
	it.seq++
	return it.seq - 1, noEnd(err)
}

// noEnd makes an end that comes too early a fault.
func noEnd(err error) error {
	if errors.Is(err, io.EOF) {
		return errShort
	}
	return err
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

// byID walks the records in order of their ids, so that a tree that is sorted
// by them grows at its end. A file that is in order already is read as it is.
func (st *staging) byID() (*stagedRecords, error) {
	common, inOrder, err := st.surveyIDs()
	if err != nil || inOrder {
		return &stagedRecords{st: st}, err
	}
	it := &stagedRecords{st: st}
	order := make([]framePos, 0, st.seq-firstSeq)
	offset := int64(0)
	for {
		seq, err := it.nextFrame()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return nil, err
		}
		offset += frameHead
		order = append(order, framePos{idPrefix(frameID(it.frame)[common:]), offset, seq, uint32(len(it.frame))})
		offset += int64(len(it.frame))
	}
	slices.SortFunc(order, func(a, b framePos) int {
		switch {
		case a.prefix < b.prefix:
			return -1
		case a.prefix > b.prefix:
			return 1
		}
		return int(a.seq) - int(b.seq)
	})
	return &stagedRecords{st: st, order: order}, nil
}

// surveyIDs returns how much all ids have in common at their beginning, and
// whether they ascend.
func (st *staging) surveyIDs() (common int, inOrder bool, err error) {
	it := &stagedRecords{st: st}
	var first, last []byte
	inOrder = true
	for {
		_, err := it.nextFrame()
		if errors.Is(err, io.EOF) {
			return common, inOrder, nil
		}
		if err != nil {
			return 0, false, err
		}
		id := frameID(it.frame)
		if first == nil {
			first = slices.Clone(id)
			common = len(first)
		}
		common = sharedPrefix(first[:common], id)
		inOrder = inOrder && string(last) <= string(id)
		last = append(last[:0], id...)
	}
}

// frameID is the id in a frame, which stands after the kind and two hashes.
func frameID(frame []byte) []byte {
	r := byteReader{b: frame}
	r.take(1 + 8 + 8)
	return r.take(int(r.uvarint()))
}

func sharedPrefix(a, b []byte) int {
	n := 0
	for n < len(a) && n < len(b) && a[n] == b[n] {
		n++
	}
	return n
}

func idPrefix(id []byte) uint64 {
	var p [8]byte
	copy(p[:], id)
	return binary.BigEndian.Uint64(p[:])
}
