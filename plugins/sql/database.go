package sql

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"os"
	"time"

	"github.com/kommunpuls/kommunpuls/internal/column"
	"github.com/kommunpuls/kommunpuls/plugins/sdk"
)

// choose says which of a result's columns are wanted, by position.
type choose func(names []string) ([]int, error)

// database is one connection, in a transaction that only reads.
type database interface {
	// query runs the statement and asks choose which columns to deliver.
	query(ctx context.Context, s statement, since mark, pick choose) (rows, error)
	// close ends the transaction and the connection; nothing stays.
	close() error
}

// rows is a result on its way in; no more than what the driver has in flight is
// held in memory.
type rows interface {
	// next moves to the next row; false is the end, or an error that err tells.
	next() bool
	// cell is a chosen column of the present row, by the order chosen in.
	cell(i int) column.Cell
	err() error
	close()
}

// open connects to the plan's database.
func (p *plan) open(ctx context.Context) (database, error) {
	switch p.Driver {
	case postgres:
		return p.openPostgres(ctx)
	case mySQL:
		return p.openMySQL(ctx)
	case sqlServer:
		return p.openSQLServer(ctx)
	}
	return p.openSQLite(ctx)
}

// farewell bounds the time a goodbye to the server may take.
const farewell = 300 * time.Millisecond

// parting is a context for saying goodbye, also when ctx is over.
func parting(ctx context.Context) (context.Context, context.CancelFunc) {
	return context.WithTimeout(context.WithoutCancel(ctx), farewell)
}

// tlsConfig verifies the server's certificate; nil is no encryption.
func (p *plan) tlsConfig() (*tls.Config, error) {
	if p.TLS == "off" || p.isSocket() {
		return nil, nil //nolint:nilnil // both drivers take nil as no encryption
	}
	c := &tls.Config{ServerName: p.Host, MinVersion: tls.VersionTLS12}
	if p.caFile == "" {
		return c, nil
	}
	pem, err := os.ReadFile(p.caFile)
	if err != nil {
		return nil, fmt.Errorf("ca_file: %w: %w", sdk.ErrBadInput, err)
	}
	c.RootCAs = x509.NewCertPool()
	if !c.RootCAs.AppendCertsFromPEM(pem) {
		return nil, fmt.Errorf("ca_file: %s innehåller inget certifikat (PEM): %w", p.CAFile, sdk.ErrBadInput)
	}
	return c, nil
}
