package source_test

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"sync"
	"testing"
	"time"

	"github.com/kommunpuls/kommunpuls/internal/store"
	"github.com/kommunpuls/kommunpuls/plugins/sdk"
	"github.com/kommunpuls/kommunpuls/plugins/sdk/record"
)

// memStore keeps collections in memory and fails the test on any use that the
// store's contract does not allow. What it does not implement is not called:
// the embedded interface is nil.
type memStore struct {
	store.Store
	t *testing.T

	mu       sync.Mutex
	records  map[string]map[string]record.Record // by source and id
	cursors  map[string][]byte
	failures map[string]string
	warnings map[string][]sdk.Warning
	mapped   map[string]map[record.Kind][]string
	open     map[string]int // staging areas not yet ended
	commits  []string
	held     bool
	failNext error
}

func newMemStore(t *testing.T) *memStore {
	m := &memStore{
		t: t, records: map[string]map[string]record.Record{}, cursors: map[string][]byte{}, failures: map[string]string{},
		warnings: map[string][]sdk.Warning{}, mapped: map[string]map[record.Kind][]string{}, open: map[string]int{},
	}
	t.Cleanup(func() {
		for name, n := range m.open {
			if n != 0 {
				t.Errorf("%d staging areas of %s were neither applied nor discarded", n, name)
			}
		}
	})
	return m
}

func (m *memStore) Stage(_ context.Context, src store.SourceInfo, now time.Time) (store.Staging, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if src.Name == "" || src.Plugin == "" || now.IsZero() {
		m.t.Errorf("stage of %+v at %v", src, now)
	}
	if m.open[src.Name]++; m.open[src.Name] > 1 {
		m.t.Errorf("%s is staged twice at once", src.Name)
	}
	return &memStaging{m: m, name: src.Name, rows: map[string]record.Record{}}, nil
}

func (m *memStore) Cursor(_ context.Context, name string) ([]byte, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	c, ok := m.cursors[name]
	if !ok {
		return nil, fmt.Errorf("cursor of %s: %w", name, store.ErrNotFound)
	}
	return c, nil
}

func (m *memStore) NoteFailure(ctx context.Context, name, plugin, reason string, _ time.Time) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	if plugin == "" || reason == "" {
		m.t.Errorf("a failure of %q without a reason", name)
	}
	m.failures[name] = reason
	return ctx.Err()
}

func (m *memStore) Commit(ctx context.Context, src store.SourceInfo, b sdk.WatchBatch, _ time.Time) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.failNext != nil {
		err := m.failNext
		m.failNext = nil
		return err
	}
	if m.records[src.Name] == nil {
		m.records[src.Name] = map[string]record.Record{}
	}
	for _, r := range b.Records {
		m.records[src.Name][r.ID] = r
		m.commits = append(m.commits, r.ID)
	}
	m.cursors[src.Name] = b.Cursor
	return ctx.Err()
}

func (m *memStore) value(name, id, field string) record.Value {
	m.mu.Lock()
	defer m.mu.Unlock()
	r, ok := m.records[name][id]
	if !ok {
		return record.Value{}
	}
	return r.Get(field)
}

func (m *memStore) count(name string) int {
	m.mu.Lock()
	defer m.mu.Unlock()
	return len(m.records[name])
}

type memStaging struct {
	m         *memStore
	name      string
	begun     bool
	header    sdk.Header
	rows      map[string]record.Record
	warnings  []sdk.Warning
	closed    bool
	progress  int64
	purgedIDs []string
}

func (s *memStaging) live(call string, needsBegin bool) {
	if s.closed || needsBegin && !s.begun {
		s.m.t.Errorf("%s: %s out of turn", s.name, call)
	}
}

func (s *memStaging) Begin(h sdk.Header) error {
	s.live("Begin", false)
	if s.begun {
		s.m.t.Errorf("%s: Begin twice", s.name)
	}
	s.begun, s.header = true, h
	return nil
}

func (s *memStaging) Write(recs []record.Record) error {
	s.live("Write", true)
	for _, r := range recs {
		s.rows[r.ID] = r
	}
	return nil
}

func (s *memStaging) Warn(w sdk.Warning) error {
	s.live("Warn", true)
	s.warnings = append(s.warnings, w)
	return nil
}

func (s *memStaging) Progress(done, _ int64) error {
	s.live("Progress", true)
	s.progress = done
	return nil
}

func (s *memStaging) Purge(_ record.Kind, ids []string) error {
	s.live("Purge", true)
	s.purgedIDs = append(s.purgedIDs, ids...)
	return nil
}

func (s *memStaging) end() {
	s.m.mu.Lock()
	defer s.m.mu.Unlock()
	if s.closed {
		s.m.t.Errorf("%s: ended twice", s.name)
	}
	s.closed = true
	s.m.open[s.name]--
}

func (s *memStaging) Apply(ctx context.Context, end sdk.End, opt store.ApplyOptions) (store.Counts, error) {
	s.live("Apply", true)
	s.end()
	if err := ctx.Err(); err != nil {
		return store.Counts{}, err
	}
	s.m.mu.Lock()
	defer s.m.mu.Unlock()
	if s.m.held && !opt.AcceptVanished {
		return store.Counts{Seen: end.Seen, Vanished: 30}, fmt.Errorf("apply: %w", store.ErrHeld)
	}
	if s.m.failNext != nil {
		err := s.m.failNext
		s.m.failNext = nil
		return store.Counts{}, err
	}
	if !s.header.Unchanged {
		if s.header.Full || s.m.records[s.name] == nil {
			s.m.records[s.name] = map[string]record.Record{}
		}
		maps.Copy(s.m.records[s.name], s.rows)
		for _, id := range s.purgedIDs {
			delete(s.m.records[s.name], id)
		}
	}
	s.m.warnings[s.name], s.m.mapped[s.name], s.m.cursors[s.name] = s.warnings, s.header.Mapped, end.Cursor
	delete(s.m.failures, s.name)
	return store.Counts{Seen: end.Seen, Inserted: int64(len(s.rows))}, nil
}

func (s *memStaging) Discard() error {
	s.end()
	return nil
}

var errDisk = errors.Join(store.ErrFull, errors.New("no space left"))

// SourceKey says that sources were never collected: their keys are tried against
// the real store.
func (m *memStore) SourceKey(context.Context, string) (string, error) {
	return "", store.ErrNotFound
}
