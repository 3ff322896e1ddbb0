// Package sqlite keeps the store in one SQLite file: a present table and a
// table of closed versions for every record kind, generated from the record
// schemas.
//
// One process owns the file for writing. Collections are staged in a file
// beside the store and applied in short transactions; readers never block a
// writer and are never blocked by one (WAL).
package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"time"

	"github.com/kommunpuls/kommunpuls/internal/store"
)

// Options tune an open store. The zero value is right for the daemon.
type Options struct {
	// ReadOnly opens beside the process that owns the store; every write
	// returns store.ErrLocked.
	ReadOnly bool
	// CacheKiB is the page cache of the writing connection; 0 is [DefaultCacheKiB].
	CacheKiB int
	// MaxPages limits the file's size in pages of 4 KiB; 0 is no limit.
	MaxPages int
	// QueryTimeout stops a reader's query whose context has no deadline; 0 is a minute.
	QueryTimeout time.Duration
}

// DefaultCacheKiB is the page cache of the writing connection. Each page of
// 4 KiB takes 8 KiB of memory with its head, as the allocator rounds up.
const DefaultCacheKiB = 16 << 10

const (
	defaultQueryTimeout = time.Minute
	busyTimeoutMS       = 10_000
	// readerCacheKiB bounds the page cache of a connection that evaluates, and
	// what it sorts in memory. More made nothing faster.
	readerCacheKiB = 4 << 10
	// idleTime is how long a connection keeps its cache when nobody asks.
	idleTime = time.Minute
	// checkpointPages is how far the log grows before it is moved into the
	// file: a page that a large load writes many times is moved once.
	checkpointPages = 8000
)

// Store is one open SQLite store. It satisfies [store.Store].
type Store struct {
	path    string
	opt     Options
	tables  tables
	owner   *ownerLock          // nil when read-only
	write   *sql.DB             // one connection, immediate transactions; nil when read-only
	read    *sql.DB             // internal look-ups
	readers *sql.DB             // KPI texts, hardened
	writing sync.Mutex          // held for each short write: an Apply, a Commit and the like
	closed  bool                // under writing
	held    map[string]*staging // collections that the guard holds, by source; under writing
}

var _ store.Store = (*Store)(nil)

// Open opens the store at path, making or migrating it when needed. It
// returns store.ErrLocked if another process owns it, store.ErrCorrupt if the
// file fails its own checks and store.ErrNewer if a newer program made it.
func Open(ctx context.Context, path string, opt Options) (*Store, error) {
	if err := registerFunctions(); err != nil {
		return nil, fmt.Errorf("store: register functions: %w", err)
	}
	if opt.CacheKiB == 0 {
		opt.CacheKiB = DefaultCacheKiB
	}
	if opt.QueryTimeout == 0 {
		opt.QueryTimeout = defaultQueryTimeout
	}
	abs, err := filepath.Abs(path)
	if err != nil {
		return nil, fmt.Errorf("store %s: %w", path, err)
	}
	s := &Store{path: abs, opt: opt, tables: newTables(), held: map[string]*staging{}}
	if err := s.open(ctx); err != nil {
		return nil, errors.Join(fmt.Errorf("store %s: %w", path, translate(err)), s.Close())
	}
	return s, nil
}

func (s *Store) open(ctx context.Context) error {
	if s.opt.ReadOnly {
		if _, err := os.Stat(s.path); errors.Is(err, fs.ErrNotExist) {
			return fmt.Errorf("no store here yet: %w", store.ErrNotFound)
		}
	} else {
		if err := s.openOwner(ctx); err != nil {
			return err
		}
	}
	var err error
	if s.read, err = sql.Open("sqlite", s.dsn("ro", pragma("cache_size", "-8192"))); err != nil {
		return err
	}
	s.read.SetMaxOpenConns(4)
	if s.opt.ReadOnly {
		if err := checkVersion(ctx, s.read); err != nil {
			return err
		}
	}
	if s.readers, err = sql.Open("sqlite", s.dsn("ro", "_dqs=0", "_defensive=1", pragma("cache_size", fmt.Sprint(-readerCacheKiB)), "_query_only=1")); err != nil {
		return err
	}
	// One evaluation holds a reader per worker and may open one more for a base
	// period while a page is served beside it; those beyond two are given back.
	s.readers.SetMaxOpenConns(16)
	s.readers.SetMaxIdleConns(2)
	s.readers.SetConnMaxIdleTime(idleTime)
	return nil
}

func (s *Store) openOwner(ctx context.Context) error {
	if err := os.MkdirAll(filepath.Dir(s.path), 0o750); err != nil {
		return err
	}
	var err error
	if s.owner, err = lockOwner(s.path + ".lock"); err != nil {
		return err
	}
	opts := []string{"_txlock=immediate", "_journal_mode=WAL", "_synchronous=FULL",
		pragma("secure_delete", "on"), pragma("cache_size", fmt.Sprint(-s.opt.CacheKiB)), pragma("temp_store", "file"), pragma("wal_autocheckpoint", fmt.Sprint(checkpointPages))}
	if s.opt.MaxPages > 0 {
		opts = append(opts, pragma("max_page_count", fmt.Sprint(s.opt.MaxPages)))
	}
	if s.write, err = sql.Open("sqlite", s.dsn("rwc", opts...)); err != nil {
		return err
	}
	s.write.SetMaxOpenConns(1)
	if err := quickCheck(ctx, s.write); err != nil {
		return err
	}
	if err := migrate(ctx, s.write); err != nil {
		return err
	}
	return s.recover(ctx)
}

// dsn builds the name of a connection. A path may hold characters that mean
// something in a URI, so each part is escaped.
func (s *Store) dsn(mode string, opts ...string) string {
	p := filepath.ToSlash(s.path)
	if !strings.HasPrefix(p, "/") {
		p = "/" + p // C:/data becomes /C:/data
	}
	all := append([]string{"mode=" + mode, fmt.Sprintf("_busy_timeout=%d", busyTimeoutMS), pragma("automatic_index", "off")}, opts...)
	return (&url.URL{Scheme: "file", Path: p}).String() + "?" + strings.Join(all, "&")
}

func pragma(name, value string) string { return "_pragma=" + name + "(" + value + ")" }

// Close waits for a write that goes on, ends every connection and gives up
// ownership. Whoever still asks gets an error; closing again does nothing.
func (s *Store) Close() error {
	s.writing.Lock()
	defer s.writing.Unlock()
	if s.closed {
		return nil
	}
	s.closed = true
	var errs []error
	for source := range s.held {
		errs = append(errs, s.dropHeld(source, nil))
	}
	for _, db := range []*sql.DB{s.readers, s.read, s.write} {
		if db != nil {
			errs = append(errs, db.Close())
		}
	}
	if s.owner != nil {
		errs = append(errs, s.owner.release())
	}
	return errors.Join(errs...)
}

// writable refuses a write on a store opened beside its owner.
func (s *Store) writable() error {
	if s.write == nil {
		return fmt.Errorf("store: opened for reading only: %w", store.ErrLocked)
	}
	return nil
}

// update runs f in one write transaction and returns how long the write lock was held.
func (s *Store) update(ctx context.Context, f func(*sql.Tx) error) (held time.Duration, err error) {
	if err := s.writable(); err != nil {
		return 0, err
	}
	tx, err := s.write.BeginTx(ctx, nil)
	if err != nil {
		return 0, translate(err)
	}
	start := time.Now()
	if err := f(tx); err != nil {
		return time.Since(start), errors.Join(translate(err), rollback(tx))
	}
	if err := tx.Commit(); err != nil {
		return time.Since(start), errors.Join(translate(err), rollback(tx))
	}
	return time.Since(start), nil
}

// rollback ends a failed transaction. SQLite itself has already ended it
// after a full disk or an interrupt, which is not a second fault.
func rollback(tx *sql.Tx) error {
	err := tx.Rollback()
	if err == nil || errors.Is(err, sql.ErrTxDone) || strings.Contains(err.Error(), "no transaction is active") {
		return nil
	}
	return err
}
