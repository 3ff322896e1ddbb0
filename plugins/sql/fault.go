package sql

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net"
	"slices"
	"strings"

	"github.com/go-sql-driver/mysql"
	"github.com/jackc/pgx/v5/pgconn"
	mssql "github.com/microsoft/go-mssqldb"
	driver "modernc.org/sqlite"

	"github.com/kommunpuls/kommunpuls/plugins/sdk"
)

// What a server says may quote a value of the database, which may be a name.
// Its words are shown only where they speak of the query or of the login.

// reason is what a driver's error means.
type reason struct {
	text string
	kind error // sdk.ErrUnreachable or sdk.ErrBadInput
}

// unreachable explains why there is no connection.
func (p *plan) unreachable(err error) error {
	return p.explain(err, sdk.ErrUnreachable)
}

// explained explains an error of a connection that was made.
func (p *plan) explained(err error) error {
	return p.explain(err, sdk.ErrBadInput)
}

// explain turns a driver's error into words that hold neither a password nor a
// value of the database. What ctx ended stays what it is.
func (p *plan) explain(err, otherwise error) error {
	switch {
	case err == nil:
		return nil
	case errors.Is(err, context.Canceled):
		return err
	case errors.Is(err, sdk.ErrBadInput) || errors.Is(err, sdk.ErrUnreachable):
		return err
	}
	r := p.reason(err)
	if r.kind == nil {
		r.kind = otherwise
	}
	return fmt.Errorf("%s: %w", r.text, r.kind)
}

func (p *plan) reason(err error) reason {
	var (
		pg   *pgconn.PgError
		my   *mysql.MySQLError
		ms   mssql.Error
		lite *driver.Error
		text *textError
		cert *tls.CertificateVerificationError
		auth x509.UnknownAuthorityError
		host x509.HostnameError
		dns  *net.DNSError
		op   *net.OpError
	)
	switch {
	case errors.As(err, &pg):
		return p.postgresReason(pg)
	case errors.As(err, &my):
		return p.mysqlReason(my)
	case errors.As(err, &ms):
		return p.sqlServerReason(ms)
	case errors.As(err, &lite):
		return p.sqliteReason(lite, errors.As(err, &text))
	case errors.As(err, &cert), errors.As(err, &auth), errors.As(err, &host):
		return reason{"serverns certifikat godtas inte; ange ca_file om kommunen har en egen certifikatutfärdare", sdk.ErrUnreachable}
	case strings.Contains(err.Error(), "refused TLS connection"), strings.Contains(err.Error(), "TLS requested but server does not support"):
		return reason{"servern har ingen kryptering; slå på den, eller skriv tls: \"off\" om nätet däremellan är säkert", sdk.ErrUnreachable}
	case errors.As(err, &dns):
		return reason{"namnet " + p.Host + " finns inte i DNS", sdk.ErrUnreachable}
	case errors.As(err, &op) && op.Op == "dial":
		return reason{"ingen svarar på " + p.address(), sdk.ErrUnreachable}
	case errors.Is(err, context.DeadlineExceeded):
		return reason{"servern svarade inte i tid", sdk.ErrUnreachable}
	}
	return reason{"förbindelsen med servern bröts", sdk.ErrUnreachable}
}

// Words that several servers have in common.
const (
	wrongLogin = "användarnamnet eller lösenordet godtas inte"
	mayNotRead = "kontot får inte läsa det som frågan vill läsa"
	wantsWrite = "frågan försöker skriva; källan läser bara, och ingenting har ändrats"
	ended      = "servern avslutade förbindelsen"
)

func (p *plan) tooLong() reason {
	return reason{fmt.Sprintf("frågan tog längre tid än %s; gör den snabbare eller höj statement_timeout", p.timeout), sdk.ErrUnreachable}
}

func (p *plan) postgresReason(e *pgconn.PgError) reason {
	switch class := e.Code[:min(2, len(e.Code))]; {
	case e.Code == "57014":
		return p.tooLong()
	case e.Code == "25006":
		return reason{wantsWrite, sdk.ErrBadInput}
	case e.Code == "42501":
		return reason{mayNotRead + " (" + e.Message + ")", sdk.ErrBadInput}
	case class == "28":
		return reason{wrongLogin, sdk.ErrUnreachable}
	case class == "3D":
		return reason{"databasen " + p.Database + " finns inte", sdk.ErrUnreachable}
	case class == "57", class == "08", class == "53":
		return reason{ended + " (" + e.Code + ")", sdk.ErrUnreachable}
	case class == "42" && e.Position > 0: // the place in the query that it speaks of
		return reason{"frågan går inte att utföra: " + e.Message, sdk.ErrBadInput}
	case class == "42", class == "22":
		return reason{"ett värde i databasen går inte att räkna om som frågan vill (" + e.Code + ")", sdk.ErrBadInput}
	}
	return reason{"servern kunde inte utföra frågan (" + e.Code + ")", nil}
}

func (p *plan) mysqlReason(e *mysql.MySQLError) reason {
	switch n := e.Number; {
	case n == 1969, n == 3024, n == 1317:
		return p.tooLong()
	case n == 1792:
		return reason{wantsWrite, sdk.ErrBadInput}
	case n == 1045, n == 1698, n == 1251:
		return reason{wrongLogin, sdk.ErrUnreachable}
	case n == 1044, n == 1049:
		return reason{"databasen " + p.Database + " finns inte, eller så får kontot inte läsa den", sdk.ErrUnreachable}
	case n == 1142, n == 1143, n == 1227, n == 1370:
		return reason{mayNotRead, sdk.ErrBadInput}
	case slices.Contains([]uint16{1040, 1053, 1077, 1927, 1203, 1226}, n):
		return reason{fmt.Sprintf("%s (%d)", ended, n), sdk.ErrUnreachable}
	case slices.Contains([]uint16{1052, 1054, 1064, 1146, 1305, 1055, 1060, 1066, 1222}, n):
		return reason{"frågan går inte att utföra: " + e.Message, sdk.ErrBadInput}
	}
	return reason{fmt.Sprintf("servern kunde inte utföra frågan (%d)", e.Number), nil}
}

func (p *plan) sqlServerReason(e mssql.Error) reason {
	switch n := e.Number; {
	case n == 18456, n == 18452, n == 18470, n == 18486, n == 18487, n == 18488:
		return reason{wrongLogin, sdk.ErrUnreachable}
	case n == 4060, n == 911:
		return reason{"databasen " + p.Database + " finns inte, eller så får kontot inte läsa den", sdk.ErrUnreachable}
	case n == 229, n == 230, n == 916:
		return reason{mayNotRead, sdk.ErrBadInput}
	case n == 1222:
		return p.tooLong()
	case n == 245, n == 241, n == 242, n == 8114, n == 8115:
		return reason{fmt.Sprintf("ett värde i databasen går inte att räkna om som frågan vill (%d)", n), sdk.ErrBadInput}
	case slices.Contains([]int32{102, 156, 207, 208, 209, 4104, 195, 8120}, n):
		return reason{"frågan går inte att utföra: " + e.Message, sdk.ErrBadInput}
	}
	return reason{fmt.Sprintf("servern kunde inte utföra frågan (%d)", e.Number), nil}
}

// sqliteReason is of the query's text alone if ofText; else a value may have
// been at fault, and may be quoted.
func (p *plan) sqliteReason(e *driver.Error, ofText bool) reason {
	switch e.Code() & 0xff {
	case 8:
		return reason{wantsWrite, sdk.ErrBadInput}
	case 9:
		return p.tooLong()
	case 5, 6:
		return reason{"databasfilen är låst av ett annat program", sdk.ErrUnreachable}
	case 11, 26:
		return reason{"filen är ingen hel SQLite-databas", sdk.ErrBadInput}
	case 14:
		return reason{"databasfilen går inte att öppna", sdk.ErrUnreachable}
	case 1:
		if ofText {
			return reason{"frågan går inte att utföra: " + e.Error(), sdk.ErrBadInput}
		}
		return reason{"ett värde i databasen går inte att räkna om som frågan vill (1)", sdk.ErrBadInput}
	}
	return reason{fmt.Sprintf("databasfilen går inte att läsa (%d)", e.Code()), nil}
}
