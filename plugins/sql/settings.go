package sql

import (
	"github.com/kommunpuls/kommunpuls/internal/column"
	"github.com/kommunpuls/kommunpuls/internal/setting"
	"github.com/kommunpuls/kommunpuls/plugins/sdk/record"
)

// Settings say which database is asked, and what the answer's columns mean.
// They are the source's own part of the config, as JSON. There is, by
// intention, no setting that skips the verification of a server's certificate,
// and none that takes a whole connection string.
type Settings struct {
	// Driver is postgres, mysql (MariaDB as well), sqlserver or sqlite.
	Driver string `json:"driver"`
	// Host is a name or address, or for postgres and mysql the path of a local
	// socket: postgres its folder, mysql the socket itself.
	Host string `json:"host,omitempty"`
	// Port; 0 is the usual one: 5432, 3306, 1433.
	Port     int    `json:"port,omitempty"`
	Database string `json:"database,omitempty"`
	User     string `json:"user,omitempty"`
	Password string `json:"password,omitempty"`
	// Instance is the named instance of SQL Server.
	Instance string `json:"instance,omitempty"`
	// File is the database of sqlite, relative to the config's folder.
	File string `json:"file,omitempty"`
	// TLS is "on" (default: the server's certificate must hold) or "off".
	TLS string `json:"tls,omitempty"`
	// CAFile holds the certificates (PEM) of the own CA.
	CAFile string `json:"ca_file,omitempty"`
	// StatementTimeout bounds the query, at the server where it can. Default 10m.
	StatementTimeout setting.Duration `json:"statement_timeout,omitempty"`

	// Query is one statement that reads. Its columns are named with AS.
	Query string `json:"query"`
	// Record is the kind each row describes: "ticket", "system" …
	Record record.Kind `json:"record"`
	// ID names the columns that identify a row (joined by "|"). Empty means
	// the column of "ticket_no" or "name". The single entry "*" makes an id of
	// all mapped columns.
	ID []string `json:"id,omitempty"`
	// Columns maps targets to the result's columns, as the table source does.
	Columns map[string]column.Spec `json:"columns"`
	// Constants give a field the same value in every row.
	Constants map[string]string `json:"constants,omitempty"`
	// Increment reads only what has changed, by the placeholder :since.
	Increment *Increment `json:"increment,omitempty"`
	// Covers is "all" when a full pass reads all events there ever were, so
	// that a missing one was deleted.
	Covers string `json:"covers,omitempty"`
	// Supplements, for systems, says that the rows only complete those of the
	// registry, and what they are called: "Molntjänst enligt inköp". A row that
	// answers to no system there is counted as a name seen. Empty: the rows are
	// systems of their own.
	Supplements string `json:"supplements,omitempty"`

	// NullMarkers, Titles, DateOrder, Decimal, Timezone, UnknownValue and
	// BadCell are those of the table source. Decimal is "." if not given.
	NullMarkers  []string `json:"null_markers,omitempty"`
	Titles       []string `json:"titles,omitempty"`
	DateOrder    string   `json:"date_order,omitempty"`
	Decimal      string   `json:"decimal,omitempty"`
	Timezone     string   `json:"timezone,omitempty"`
	UnknownValue string   `json:"unknown_value,omitempty"`
	BadCell      string   `json:"bad_cell,omitempty"`
}

// Increment says how a query reads only what has changed.
type Increment struct {
	// Column of the result that tells when, or in which order, a row changed.
	Column string `json:"column"`
	// Type is what the column and :since hold: "time" (default), "unix"
	// (seconds since 1970), "number" or "text".
	Type string `json:"type,omitempty"`
	// Start is what :since is at a full pass; default 1970, 0 or "".
	Start string `json:"start,omitempty"`
	// Overlap is how far before the newest row the next reading begins, for
	// clocks that differ and transactions that end late. Default 10m. It has a
	// meaning for times only.
	Overlap setting.Duration `json:"overlap,omitempty"`
	// FullEvery is how often everything is read although increments would do,
	// which finds what was deleted. Default 7d.
	FullEvery setting.Duration `json:"full_every,omitempty"`
}
