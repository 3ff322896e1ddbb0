package sqlite

import (
	"bufio"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/kommunpuls/kommunpuls/internal/store"
	"github.com/kommunpuls/kommunpuls/plugins/sdk"
	"github.com/kommunpuls/kommunpuls/plugins/sdk/record"
)

// warningsKept is how many warnings of each code are kept; the rest is counted.
const warningsKept = 20

var (
	errNotBegun = errors.New("store: staging: Begin has not been called")
	errEnded    = errors.New("store: staging: already applied or discarded")
)

// staging is one collection on its way in. Records that differ from what the
// store holds go to a file beside it; of the others only a hash is remembered.
type staging struct {
	s          *Store
	ctx        context.Context
	src        store.SourceInfo
	now        time.Time
	header     sdk.Header
	begun      bool
	ended      bool
	held       bool // by the vanished-rows guard
	codec      codec
	sets       map[int]*known // by kind index
	used       usedFields
	generation int64 // the source's, when the hashes were read
	file       *os.File
	out        *bufio.Writer
	seq        uint32
	frame      []byte
	purges     map[int][]string
	removed    removedBefore
	rekey      *rekeying // nil unless the key of the pseudonyms is changed
	counts     store.Counts
}

// Stage opens a staging area and drops a collection of the source that the
// guard holds. Nothing is written to the main database until Apply.
func (s *Store) Stage(ctx context.Context, src store.SourceInfo, now time.Time) (store.Staging, error) {
	if err := s.writable(); err != nil {
		return nil, err
	}
	if err := checkSourceName(src.Name); err != nil {
		return nil, err
	}
	s.writing.Lock()
	err := s.dropHeld(src.Name, nil)
	s.writing.Unlock()
	if err != nil {
		return nil, fmt.Errorf("store: stage %s: what was held before: %w", src.Name, err)
	}
	f, err := os.CreateTemp(filepath.Dir(s.path), stagePrefix(s.path)+"*")
	if err != nil {
		return nil, fmt.Errorf("store: stage %s: %w", src.Name, translate(err))
	}
	return &staging{
		s: s, ctx: ctx, src: src, now: now, codec: codec{tables: s.tables},
		sets: map[int]*known{}, used: usedFields{}, purges: map[int][]string{}, seq: firstSeq,
		rekey: newRekeying(src, s.tables), file: f, out: bufio.NewWriterSize(f, 256<<10),
		counts: store.Counts{WarningCounts: map[string]int64{}},
	}, nil
}

// checkSourceName keeps ':' free for joining a source's name and its ids.
func checkSourceName(name string) error {
	if name == "" || strings.Contains(name, ":") {
		return fmt.Errorf("store: source name %q: want a name without ':'", name)
	}
	return nil
}

func stagePrefix(path string) string { return filepath.Base(path) + ".stage-" }

// Begin reads what the store holds of the kinds to come, if rows may vanish.
func (st *staging) Begin(h sdk.Header) error {
	if err := st.open(); err != nil && !errors.Is(err, errNotBegun) {
		return err
	}
	if st.begun {
		return errors.New("store: staging: Begin called twice")
	}
	for k := range h.Mapped {
		i := st.s.tables.index(k)
		if i < 0 {
			return fmt.Errorf("store: stage %s: unknown kind %q", st.src.Name, k)
		}
		st.sets[i] = &known{}
	}
	st.header, st.begun = h, true
	var err error
	if st.generation, err = st.s.generation(st.ctx, st.src.Name); err != nil {
		return err
	}
	if st.removed, err = st.s.removedBefore(st.ctx); err != nil {
		return err
	}
	if !h.Full || h.Unchanged {
		return nil
	}
	for i, set := range st.sets {
		if err := st.s.loadKnown(st.ctx, &st.s.tables.list[i], st.src.Name, set); err != nil {
			return fmt.Errorf("store: stage %s: %w", st.src.Name, translate(err))
		}
	}
	return nil
}

func (st *staging) open() error {
	switch {
	case st.ended:
		return errEnded
	case !st.begun:
		return errNotBegun
	}
	return st.ctx.Err()
}

// Write stages records that are new or differ; the last of an id wins.
func (st *staging) Write(recs []record.Record) error {
	if err := st.open(); err != nil {
		return err
	}
	for i := range recs {
		if err := st.writeOne(&recs[i]); err != nil {
			return fmt.Errorf("store: stage %s: %w", st.src.Name, translate(err))
		}
	}
	return nil
}

func (st *staging) writeOne(r *record.Record) error {
	ki := st.s.tables.index(r.Kind)
	set := st.sets[ki]
	if ki < 0 || set == nil {
		return fmt.Errorf("%s %q: the header did not announce this kind", r.Kind, r.ID)
	}
	if r.ID == "" {
		return fmt.Errorf("%s in %s row %d: no id", r.Kind, r.Place.Doc, r.Place.Row)
	}
	kt := &st.s.tables.list[ki]
	if err := st.rekey.former(kt, ki, r); err != nil {
		return err
	}
	h := st.codec.hash(kt, r)
	if st.removed.event(kt, r) && !set.holds(h.key) {
		st.keepOut(r)
		return nil
	}
	st.used.note(kt, r)
	at, found := set.slot(h.key)
	if found && at.seq() != unseen {
		st.counts.Repeated++
	}
	switch {
	case at.no() != 0 && at.row() == h.row:
		at.setSeq(unchanged)
		return nil
	case at.no() == 0 && found && at.row() == h.row:
		return nil // said twice in the same words
	case at.no() == 0:
		at.setRow(h.row)
	}
	if st.seq == maxStaged {
		return fmt.Errorf("more than %d changed records in one collection", uint32(maxStaged))
	}
	at.setSeq(st.seq)
	st.seq++
	st.frame = st.codec.encode(append(st.frame[:0], 0, 0, 0, 0), kt, ki, h, r)
	binary.LittleEndian.PutUint32(st.frame, uint32(len(st.frame)-4))
	_, err := st.out.Write(st.frame)
	return err
}

// Warn keeps the first warnings of each code and counts the rest.
func (st *staging) Warn(w sdk.Warning) error {
	if st.ended {
		return errEnded
	}
	addWarning(&st.counts, w)
	return nil
}

func addWarning(c *store.Counts, w sdk.Warning) {
	if c.WarningCounts == nil {
		c.WarningCounts = map[string]int64{}
	}
	if w.Refused {
		c.Refused++
	}
	if c.WarningCounts[w.Code]++; c.WarningCounts[w.Code] <= warningsKept {
		c.Warnings = append(c.Warnings, w)
	}
}

// Progress is of no interest to the store.
func (st *staging) Progress(int64, int64) error {
	if st.ended {
		return errEnded
	}
	return st.ctx.Err()
}

// Purge remembers what to remove for good.
func (st *staging) Purge(kind record.Kind, ids []string) error {
	if err := st.open(); err != nil {
		return err
	}
	i := st.s.tables.index(kind)
	if i < 0 {
		return fmt.Errorf("store: stage %s: purge: unknown kind %q", st.src.Name, kind)
	}
	ids, err := st.rekey.ids(ids)
	st.purges[i] = append(st.purges[i], ids...)
	return err
}

// Discard drops everything staged.
func (st *staging) Discard() error {
	if st.ended {
		return nil
	}
	return st.end()
}

// end closes and removes the staging file.
func (st *staging) end() error {
	st.ended = true
	var errs []error
	for _, set := range st.sets {
		errs = append(errs, set.arena.release())
	}
	st.sets = nil
	errs = append(errs, st.file.Close())
	if err := os.Remove(st.file.Name()); !errors.Is(err, fs.ErrNotExist) {
		errs = append(errs, err)
	}
	return errors.Join(errs...)
}
