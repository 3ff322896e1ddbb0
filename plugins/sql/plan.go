package sql

import (
	"fmt"
	"net"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/kommunpuls/kommunpuls/internal/column"
	"github.com/kommunpuls/kommunpuls/internal/setting"
	"github.com/kommunpuls/kommunpuls/plugins/sdk"
	"github.com/kommunpuls/kommunpuls/plugins/sdk/record"
)

// Defaults of the settings.
const (
	defaultTimeout   = 10 * time.Minute
	defaultOverlap   = 10 * time.Minute
	defaultFullEvery = 7 * 24 * time.Hour
	defaultZone      = "Europe/Stockholm"
)

// plan is what the settings come to, before any database is asked.
type plan struct {
	Settings
	record    *column.Plan
	statement statement
	zone      *time.Location
	timeout   time.Duration
	ids       [][]string // columns of the id; each with its alternatives
	wholeRow  bool
	start     mark // :since of a full pass
	caFile    string
	file      string
}

// problems gathers faults.
type problems []sdk.Problem

func (ps *problems) add(field, format string, args ...any) {
	*ps = append(*ps, sdk.Problem{Field: field, Message: fmt.Sprintf(format, args...)})
}

// newPlan checks settings and returns every fault found.
func newPlan(s sdk.Settings) (*plan, []sdk.Problem) {
	var ps problems
	p := &plan{}
	if err := setting.Decode(s.JSON, &p.Settings); err != nil {
		return nil, []sdk.Problem{{Message: "Inställningarna går inte att tolka: " + err.Error() + "."}}
	}
	if p.Decimal == "" {
		p.Decimal = "."
	}
	if p.Timezone == "" {
		p.Timezone = defaultZone
	}
	p.timeout = p.StatementTimeout.Or(defaultTimeout)
	p.caFile, p.file = within(s.BaseDir, p.CAFile), within(s.BaseDir, p.File)
	p.checkServer(&ps)
	opt := column.Options{
		Constants: p.Constants, NullMarkers: p.NullMarkers, Titles: p.Titles, DateOrder: p.DateOrder, Decimal: p.Decimal,
		UnknownValue: p.UnknownValue, BadCell: p.BadCell, People: s.Pseudonymiser,
	}
	var err error
	if p.zone, err = time.LoadLocation(p.Timezone); err != nil {
		ps.add("timezone", "Tidszonen %q är okänd; skriv till exempel Europe/Stockholm eller UTC.", p.Timezone)
	}
	opt.Zone = p.zone
	ps = append(ps, opt.Choices()...)
	if p.statement, err = parseStatement(p.Driver, p.Query); err != nil {
		ps.add("query", "%s.", sentence(err.Error()))
	}
	p.checkIncrement(&ps)
	if wrong := column.CheckSupplements(p.Record, p.Supplements); wrong != "" {
		ps.add("supplements", "%s", wrong)
	}
	if _, ok := record.Lookup(p.Record); !ok {
		ps.add("record", "Posttypen %q finns inte. Det finns: %s.", p.Record, strings.Join(column.KindNames(), ", "))
		return p, ps
	}
	var faults []sdk.Problem
	p.record, faults = column.New(p.Record, p.Columns, opt)
	ps = append(ps, faults...)
	p.ids, p.wholeRow, faults = column.IDColumns(p.ID, p.Columns)
	return p, append(ps, faults...)
}

func within(dir, file string) string {
	if file == "" || filepath.IsAbs(file) {
		return file
	}
	return filepath.Join(dir, file)
}

// checkServer checks where the database is.
func (p *plan) checkServer(ps *problems) {
	switch p.Driver {
	case sqlite:
		if p.File == "" {
			ps.add("file", "Ange vilken databasfil som ska läsas.")
		}
		for field, given := range map[string]bool{"host": p.Host != "", "port": p.Port != 0, "user": p.User != "", "password": p.Password != "", "database": p.Database != ""} {
			if given {
				ps.add(field, "En databasfil har ingen server; ta bort raden.")
			}
		}
		slices.SortFunc(*ps, func(a, b sdk.Problem) int { return strings.Compare(a.Field, b.Field) })
	case postgres, mySQL, sqlServer:
		if p.Host == "" {
			ps.add("host", "Ange databasserverns namn, till exempel db1.kommunen.se.")
		}
		if p.Database == "" {
			ps.add("database", "Ange databasens namn.")
		}
		if p.User == "" {
			ps.add("user", "Ange kontot som läser; det ska bara få läsa.")
		}
		if p.File != "" {
			ps.add("file", "En fil anges bara för sqlite.")
		}
	default:
		ps.add("driver", "%q är inte ett av postgres, mysql, sqlserver, sqlite.", p.Driver)
	}
	if p.Instance != "" && p.Driver != sqlServer {
		ps.add("instance", "Bara SQL Server har namngivna instanser.")
	}
	if p.Port < 0 || p.Port > 65535 {
		ps.add("port", "Porten ska vara mellan 1 och 65535.")
	}
	if !slices.Contains([]string{"", "on", "off"}, p.TLS) {
		ps.add("tls", "%q är inte ett av on, off.", p.TLS)
	}
	if p.TLS == "off" && p.CAFile != "" {
		ps.add("ca_file", "Ett certifikat har ingen mening utan kryptering.")
	}
}

// checkIncrement holds the placeholder and the setting together.
func (p *plan) checkIncrement(ps *problems) {
	inc := p.Increment
	if inc == nil {
		if p.statement.since() {
			ps.add("increment", "Frågan har :since; säg under increment vilken kolumn som visar när en rad ändrades.")
		}
		return
	}
	if !p.statement.since() && len(p.statement.parts) > 0 {
		ps.add("query", "Frågan saknar :since, så att allt läses varje gång; skriv till exempel WHERE andrad >= :since.")
	}
	if inc.Column == "" {
		ps.add("increment.column", "Ange vilken av svarets kolumner som visar när en rad ändrades.")
	}
	var ok bool
	if p.start, ok = startMark(inc.Type, inc.Start, p.zone); !ok && slices.Contains(markTypes(), inc.Type) {
		ps.add("increment.start", "%q är inget värde av slaget %s.", inc.Start, inc.kind())
	} else if !ok {
		ps.add("increment.type", "%q är inte ett av time, unix, number, text.", inc.Type)
	}
}

func (i *Increment) kind() string {
	if i.Type == "" {
		return markTime
	}
	return i.Type
}

// isSocket tells a local socket from a host.
func (p *plan) isSocket() bool { return strings.HasPrefix(p.Host, "/") }

// port is the port to talk to.
func (p *plan) port() int {
	if p.Port != 0 {
		return p.Port
	}
	return map[string]int{postgres: 5432, mySQL: 3306, sqlServer: 1433}[p.Driver]
}

// address is host:port.
func (p *plan) address() string { return net.JoinHostPort(p.Host, strconv.Itoa(p.port())) }

// doc is what people call the database: "rt5 på db1.kommunen.se", "glpi.db".
func (p *plan) doc() string {
	if p.Driver == sqlite {
		return filepath.Base(p.file)
	}
	return p.Database + " på " + p.Host
}

// sentence gives a clause a capital.
func sentence(s string) string {
	r := []rune(s)
	if len(r) == 0 {
		return s
	}
	return strings.ToUpper(string(r[0])) + string(r[1:])
}
