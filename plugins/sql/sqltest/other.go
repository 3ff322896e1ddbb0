//go:build !unix

package sqltest

import (
	"testing"

	"github.com/kommunpuls/kommunpuls/internal/testneed"
)

// StartPostgres needs a system whose packages the tests know.
func StartPostgres(t testing.TB, _ ...string) *Server {
	t.Helper()
	testneed.Program(t, "initdb")
	t.Fatal("sqltest starts servers on Unix only")
	return nil
}

// StartMariaDB needs a system whose packages the tests know.
func StartMariaDB(t testing.TB, _ ...string) *Server {
	t.Helper()
	testneed.Program(t, "mariadb-install-db")
	t.Fatal("sqltest starts servers on Unix only")
	return nil
}

// Kill ends the server at once.
func (s *Server) Kill() {}

func give(testing.TB, string, string) {}
