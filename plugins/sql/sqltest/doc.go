// Package sqltest starts real database servers for tests: PostgreSQL and
// MariaDB, each in a folder of its own on a free loopback port, as the
// unprivileged user that its Debian package makes, and ends them with the test.
//
//	srv := sqltest.StartPostgres(t)
//	srv.Exec("CREATE TABLE ticket (id bigint)")
package sqltest

import (
	"context"
	"database/sql"
	"net"
	"os"
	"path/filepath"
	"strconv"
	"testing"
	"time"
)

// Server is a running server. Admin may do everything; Reader may read all
// tables of Database. Both log in by password, over TLS or without.
type Server struct {
	Host     string
	Port     int
	Database string
	Admin    string
	Reader   string
	Password string // of both
	CAFile   string // signs the server's certificate, which is for localhost and 127.0.0.1
	Dir      string // of the server's files
	PID      int

	t  testing.TB
	db *sql.DB // as Admin
}

// The names that every server has.
const (
	database = "kommunpuls_prov"
	admin    = "provchef"
	reader   = "provlasare"
	password = "prov-losenord-9f2c"
)

// Exec runs statements as Admin.
func (s *Server) Exec(statements ...string) {
	s.t.Helper()
	for _, q := range statements {
		if _, err := s.db.Exec(q); err != nil {
			s.t.Fatalf("%s: %v", q, err)
		}
	}
}

// Count returns one number, read as Admin.
func (s *Server) Count(query string) int64 {
	s.t.Helper()
	var n int64
	if err := s.db.QueryRow(query).Scan(&n); err != nil {
		s.t.Fatalf("%s: %v", query, err)
	}
	return n
}

// DB is the connection as Admin.
func (s *Server) DB() *sql.DB { return s.db }

// Address is host:port.
func (s *Server) Address() string { return net.JoinHostPort(s.Host, strconv.Itoa(s.Port)) }

// folder makes a folder that an unprivileged server can reach; those of
// testing.T belong to whoever runs the test.
func folder(t testing.TB, user string) string {
	t.Helper()
	dir, err := os.MkdirTemp("", "kommunpuls-sqltest-")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := os.RemoveAll(dir); err != nil {
			t.Error(err)
		}
	})
	give(t, user, dir)
	return dir
}

// wait waits until the server takes the connection.
func (s *Server) wait() {
	s.t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), 2*time.Minute)
	defer cancel()
	var err error
	for ctx.Err() == nil {
		if err = s.db.PingContext(ctx); err == nil {
			return
		}
		time.Sleep(50 * time.Millisecond)
	}
	log, _ := os.ReadFile(filepath.Join(s.Dir, "log"))
	s.t.Fatalf("the server is not ready: %v\n%s", err, log)
}
