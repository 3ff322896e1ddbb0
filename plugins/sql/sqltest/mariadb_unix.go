//go:build unix

package sqltest

import (
	"database/sql"
	"path/filepath"
	"strconv"
	"syscall"
	"testing"

	"github.com/go-sql-driver/mysql"

	"github.com/kommunpuls/kommunpuls/internal/testneed"
)

// StartMariaDB starts a MariaDB server of its own. Options are further ones of
// the server: "--innodb-buffer-pool-size=256M".
func StartMariaDB(t testing.TB, options ...string) *Server {
	t.Helper()
	const user = "mysql"
	install, bin := testneed.Program(t, "mariadb-install-db"), testneed.Program(t, "mariadbd")
	s := &Server{t: t, Database: database, Admin: admin, Reader: reader, Password: password, Dir: folder(t, user)}
	certificate(t, s.Dir, user)
	s.CAFile = filepath.Join(s.Dir, "ca.pem")
	data, socket := filepath.Join(s.Dir, "data"), filepath.Join(s.Dir, "socket")
	run(t, user, s.Dir, install, "--no-defaults", "--datadir="+data, "--auth-root-authentication-method=normal", "--skip-test-db", "--skip-name-resolve")
	s.listen(testneed.FreeAddr(t))
	s.PID = start(t, user, s.Dir, syscall.SIGTERM, bin, append([]string{
		"--no-defaults", "--datadir=" + data, "--socket=" + socket, "--bind-address=127.0.0.1", "--port=" + strconv.Itoa(s.Port), "--pid-file=" + filepath.Join(s.Dir, "pid"),
		"--skip-name-resolve", "--innodb-flush-log-at-trx-commit=0", "--innodb-buffer-pool-size=64M", "--character-set-server=utf8mb4",
		"--ssl-cert=" + filepath.Join(s.Dir, "server.pem"), "--ssl-key=" + filepath.Join(s.Dir, "server.key"), "--ssl-ca=" + s.CAFile,
	}, options...)...)
	root := s.mariadb("unix", socket, "root", "", "")
	s.db = root
	s.wait()
	s.Exec("CREATE DATABASE "+database+" CHARACTER SET utf8mb4",
		"CREATE USER "+admin+"@'%' IDENTIFIED BY '"+password+"'", "GRANT ALL ON *.* TO "+admin+"@'%'",
		"CREATE USER "+reader+"@'%' IDENTIFIED BY '"+password+"'", "GRANT SELECT ON "+database+".* TO "+reader+"@'%'")
	if err := root.Close(); err != nil {
		t.Fatal(err)
	}
	s.db = s.mariadb("tcp", s.Address(), admin, password, database)
	t.Cleanup(func() { _ = s.db.Close() }) // before the server ends
	s.wait()
	return s
}

func (s *Server) mariadb(network, addr, user, password, database string) *sql.DB {
	s.t.Helper()
	cfg := mysql.NewConfig()
	cfg.Net, cfg.Addr, cfg.User, cfg.Passwd, cfg.DBName, cfg.Logger, cfg.ParseTime = network, addr, user, password, database, &mysql.NopLogger{}, true
	c, err := mysql.NewConnector(cfg)
	if err != nil {
		s.t.Fatal(err)
	}
	return sql.OpenDB(c)
}
