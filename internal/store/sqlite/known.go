package sqlite

import "math"

// known is what a collection remembers of one kind of a source's records: the
// hash of the key, the hash of the row as stored, the row number, and where
// the record was staged. It is split in shards that grow on their own, so
// that growth never doubles the whole; a record costs 24 bytes, 28 to 36 with
// the free slots.
type known struct {
	arena  arena
	shards [256]shard
	stored int64 // records in the store
}

// shard is one open-addressed table. A slot is three words and free while the
// first is 0: key, row hash, and row number with sequence number.
type shard struct {
	slots []uint64
	n     int
}

const slotWords = 3

// slot is one record's place in a shard; it holds until the next look-up.
type slot []uint64

func (s slot) row() uint64     { return s[1] }
func (s slot) setRow(h uint64) { s[1] = h }

// no is the row number in the store; 0 is a new record.
func (s slot) no() uint32      { return uint32(s[2] >> 32) }
func (s slot) setNo(no uint32) { s[2] = uint64(no)<<32 | s[2]&math.MaxUint32 }

// seq says where the record was staged.
func (s slot) seq() uint32       { return uint32(s[2]) }
func (s slot) setSeq(seq uint32) { s[2] = s[2]>>32<<32 | uint64(seq) }

// The states of a slot's sequence number; greater ones are positions in the
// staging file.
const (
	unseen    = 0
	unchanged = 1
	firstSeq  = 2
	maxStaged = math.MaxUint32 - firstSeq
)

// slot finds the slot of a key, making it if needed.
func (k *known) slot(key uint64) (s slot, found bool) {
	key = max(key, 1)
	sh := &k.shards[key>>56]
	if sh.n*slotWords*8 >= len(sh.slots)*7 {
		k.grow(sh, max(16, len(sh.slots)/slotWords*3/2+1))
	}
	s = sh.find(key)
	if s[0] == key {
		return s, true
	}
	s[0] = key
	sh.n++
	return s, false
}

func (s *shard) find(key uint64) slot {
	n := uint64(len(s.slots) / slotWords)
	for i := key % n; ; {
		at := s.slots[i*slotWords : i*slotWords+slotWords]
		if at[0] == 0 || at[0] == key {
			return slot(at)
		}
		if i++; i == n {
			i = 0
		}
	}
}

// grow makes room for n records in a shard.
func (k *known) grow(s *shard, n int) {
	old := s.slots
	s.slots = k.arena.words(n * slotWords)
	for i := 0; i < len(old); i += slotWords {
		if old[i] != 0 {
			copy(s.find(old[i]), old[i:i+slotWords])
		}
	}
	k.arena.free(old)
}

// reserve makes room for n records in all, spread evenly.
func (k *known) reserve(n int64) {
	for i := range k.shards {
		k.grow(&k.shards[i], int(n/256)*6/5+16)
	}
}

// add notes a record that the store holds.
func (k *known) add(key, row uint64, no uint32) {
	s, _ := k.slot(key)
	s.setRow(row)
	s.setNo(no)
	k.stored++
}

// live tells whether what was staged at seq is the last word on its record,
// and gives what the store had of it.
func (k *known) live(key uint64, seq uint32) (row uint64, no uint32, ok bool) {
	s, found := k.slot(key)
	return s.row(), s.no(), found && s.seq() == seq
}

// each calls f with the row number and the sequence number of every record
// that the store holds.
func (k *known) each(f func(no, seq uint32)) {
	for i := range k.shards {
		all := k.shards[i].slots
		for j := 0; j < len(all); j += slotWords {
			if s := slot(all[j : j+slotWords]); s[0] != 0 && s.no() != 0 {
				f(s.no(), s.seq())
			}
		}
	}
}

// tally counts what was seen as stored, and lists what was not seen.
func (k *known) tally() (same int64, vanished []uint32) {
	k.each(func(no, seq uint32) {
		switch seq {
		case unchanged:
			same++
		case unseen:
			vanished = append(vanished, no)
		}
	})
	return same, vanished
}
