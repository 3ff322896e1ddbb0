//go:build unix

package sqltest

import (
	"database/sql"
	"net"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/stdlib"

	"github.com/kommunpuls/kommunpuls/internal/testneed"
)

// StartPostgres starts a PostgreSQL server of its own. Settings are further
// lines of its configuration: "shared_buffers = 256MB".
func StartPostgres(t testing.TB, settings ...string) *Server {
	t.Helper()
	const user = "postgres"
	initdb, bin := testneed.Program(t, "initdb"), testneed.Program(t, "postgres")
	s := &Server{t: t, Database: database, Admin: admin, Reader: reader, Password: password, Dir: folder(t, user)}
	certificate(t, s.Dir, user)
	s.CAFile = filepath.Join(s.Dir, "ca.pem")
	pw := filepath.Join(s.Dir, "password")
	if err := os.WriteFile(pw, []byte(password), 0o600); err != nil {
		t.Fatal(err)
	}
	give(t, user, pw)
	data := filepath.Join(s.Dir, "data")
	run(t, user, s.Dir, initdb, "--pgdata="+data, "--username="+admin, "--pwfile="+pw, "--auth=scram-sha-256", "--encoding=UTF8", "--locale=C.UTF-8", "--no-sync")
	s.listen(testneed.FreeAddr(t))
	conf := append([]string{
		"listen_addresses = '127.0.0.1'", "port = " + strconv.Itoa(s.Port), "unix_socket_directories = '" + s.Dir + "'", "fsync = off",
		"ssl = on", "ssl_cert_file = '" + filepath.Join(s.Dir, "server.pem") + "'", "ssl_key_file = '" + filepath.Join(s.Dir, "server.key") + "'",
	}, settings...)
	f, err := os.OpenFile(filepath.Join(data, "postgresql.conf"), os.O_APPEND|os.O_WRONLY, 0) //nolint:gosec // made just now
	if err != nil {
		t.Fatal(err)
	}
	if _, err := f.WriteString("\n" + strings.Join(conf, "\n") + "\n"); err != nil {
		t.Fatal(err)
	}
	if err := f.Close(); err != nil {
		t.Fatal(err)
	}
	s.PID = start(t, user, s.Dir, syscall.SIGINT, bin, "-D", data) // SIGINT ends it without waiting for sessions
	first := s.postgres("postgres")
	s.db = first
	s.wait()
	s.Exec("CREATE DATABASE "+database, "CREATE ROLE "+reader+" LOGIN PASSWORD '"+password+"' IN ROLE pg_read_all_data")
	if err := first.Close(); err != nil {
		t.Fatal(err)
	}
	s.db = s.postgres(database)
	t.Cleanup(func() { _ = s.db.Close() }) // before the server ends
	s.wait()
	return s
}

func (s *Server) postgres(database string) *sql.DB {
	s.t.Helper()
	cfg, err := pgx.ParseConfig("host=127.0.0.1 port=" + strconv.Itoa(s.Port) + " user=" + admin + " password=" + password + " dbname=" + database + " sslmode=disable")
	if err != nil {
		s.t.Fatal(err)
	}
	return stdlib.OpenDB(*cfg)
}

// listen takes the address that the server is to have.
func (s *Server) listen(addr string) {
	s.t.Helper()
	host, port, err := net.SplitHostPort(addr)
	if err != nil {
		s.t.Fatal(err)
	}
	s.Host = host
	if s.Port, err = strconv.Atoi(port); err != nil {
		s.t.Fatal(err)
	}
}
