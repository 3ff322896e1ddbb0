package sqlite

import "math"

// known is what a collection remembers of one kind of a source's records: the
// hash of the key, the hash of the row as stored, the row number, and where
// the record was staged. It is split in shards that grow on their own, so
// that growth never doubles the whole; a record costs 24 bytes, 27 to 34 with
// the free slots.
type known struct {
	shards [256]shard
	stored int64 // records in the store
}

// shard is one open-addressed table; a slot is free while its key is 0.
type shard struct {
	keys []uint64
	rows []uint64
	nos  []uint32 // row number in the store; 0 is a new record
	seqs []uint32 // where it was staged
	n    int
}

// The states of a slot's sequence number; greater ones are positions in the
// staging file.
const (
	unseen    = 0
	unchanged = 1
	firstSeq  = 2
	maxStaged = math.MaxUint32 - firstSeq
)

// slot finds the slot of a key, making it if needed. What it returns holds
// until the next call.
func (k *known) slot(key uint64) (s *shard, i int, found bool) {
	key = max(key, 1)
	s = &k.shards[key>>56]
	if s.n*8 >= len(s.keys)*7 {
		s.grow()
	}
	i = s.find(key)
	if s.keys[i] == key {
		return s, i, true
	}
	s.keys[i] = key
	s.n++
	return s, i, false
}

func (s *shard) find(key uint64) int {
	n := uint64(len(s.keys))
	i := key % n
	for s.keys[i] != 0 && s.keys[i] != key {
		if i++; i == n {
			i = 0
		}
	}
	return int(i)
}

// grow makes room for half as many again.
func (s *shard) grow() {
	old := *s
	*s = newShard(max(16, len(old.keys)*3/2+1))
	s.n = old.n
	for j, key := range old.keys {
		if key != 0 {
			i := s.find(key)
			s.keys[i], s.rows[i], s.nos[i], s.seqs[i] = key, old.rows[j], old.nos[j], old.seqs[j]
		}
	}
}

func newShard(n int) shard {
	return shard{keys: make([]uint64, n), rows: make([]uint64, n), nos: make([]uint32, n), seqs: make([]uint32, n)}
}

// reserve makes room for n records in all, spread evenly.
func (k *known) reserve(n int64) {
	per := int(n/256)*5/4 + 16
	for i := range k.shards {
		k.shards[i] = newShard(per)
	}
}

// add notes a record that the store holds.
func (k *known) add(key, row uint64, no uint32) {
	s, i, _ := k.slot(key)
	s.rows[i], s.nos[i] = row, no
	k.stored++
}

// live tells whether what was staged at seq is the last word on its record,
// and gives what the store had of it.
func (k *known) live(key uint64, seq uint32) (row uint64, no uint32, ok bool) {
	s, i, found := k.slot(key)
	return s.rows[i], s.nos[i], found && s.seqs[i] == seq
}

// each calls f with the row number and the sequence number of every record
// that the store holds.
func (k *known) each(f func(no, seq uint32)) {
	for i := range k.shards {
		s := &k.shards[i]
		for j, key := range s.keys {
			if key != 0 && s.nos[j] != 0 {
				f(s.nos[j], s.seqs[j])
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
