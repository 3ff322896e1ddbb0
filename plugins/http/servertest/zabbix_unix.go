//go:build unix

package servertest

import (
	"fmt"
	"net/http"
	"os"
	"strings"
	"testing"

	"github.com/kommunpuls/kommunpuls/internal/testneed"
	"github.com/kommunpuls/kommunpuls/plugins/sql/sqltest"
)

// Zabbix is a running Zabbix frontend, whose database the tests fill: events
// and problems as its server writes them.
type Zabbix struct {
	URL            string
	User, Password string // of an account that may only read
	DB             *sqltest.Server
}

// passwordHash is that of the account's password.
const passwordHash = "$2y$04$v1tpfZNLmr126Nm3W74yLO3xMfeqxcAu/BwsotbE3hNyzG/xSqgPi"

const zabbixConfig = `<?php
$DB['TYPE'] = 'POSTGRESQL'; $DB['SERVER'] = '127.0.0.1'; $DB['PORT'] = '%d'; $DB['DATABASE'] = '%s'; $DB['USER'] = '%s'; $DB['PASSWORD'] = '%s';
$DB['SCHEMA'] = ''; $DB['ENCRYPTION'] = false; $DB['VERIFY_HOST'] = false; $DB['DOUBLE_IEEE754'] = true;
$ZBX_SERVER = '127.0.0.1'; $ZBX_SERVER_PORT = '1'; $ZBX_SERVER_NAME = 'prov'; $IMAGE_FORMAT_DEFAULT = IMAGE_FORMAT_PNG;
`

// StartZabbix starts the frontend of Zabbix 6.0, and with it the API, on a
// PostgreSQL of its own.
func StartZabbix(t testing.TB) *Zabbix {
	t.Helper()
	php, zcat := testneed.Program(t, "php"), testneed.Program(t, "zcat")
	sh := testneed.Program(t, "sh")
	psql := testneed.Program(t, "psql")
	db := sqltest.StartPostgres(t, "synchronous_commit = off", "full_page_writes = off")
	addr := testneed.FreeAddr(t)
	p := newPlace(t, "www-data")
	p.env = append(p.env, "PGPASSWORD="+db.Password, "PHP_CLI_SERVER_WORKERS=2")
	to := fmt.Sprintf("%s -q -v ON_ERROR_STOP=1 -h 127.0.0.1 -p %d -U %s %s", psql, db.Port, db.Admin, db.Database)
	for _, part := range []string{"schema", "images", "data"} {
		p.run("", sh, "-c", zcat+" /usr/share/zabbix-server-pgsql/"+part+".sql.gz | "+to)
	}
	p.run("", "cp", "-rL", "/usr/share/zabbix", p.path("ui"))
	conf := p.write("zabbix.conf.php", fmt.Sprintf(zabbixConfig, db.Port, db.Database, db.Admin, db.Password))
	reader := p.path("ui/include/classes/core/CConfigFile.php")
	text, err := os.ReadFile(reader) //nolint:gosec // our own copy
	if err != nil {
		t.Fatal(err)
	}
	own := strings.ReplaceAll(string(text), "/etc/zabbix/zabbix.conf.php", conf)
	if own == string(text) {
		t.Fatal("Zabbix looks for its configuration elsewhere than it did")
	}
	if err := os.Remove(reader); err != nil {
		t.Fatal(err)
	}
	p.write("ui/include/classes/core/CConfigFile.php", own)
	p.start("ui", php, "-S", addr, "-t", p.path("ui"))
	z := &Zabbix{URL: "http://" + addr, User: "kommunpuls", Password: "prov-losenord-1", DB: db}
	z.fill()
	p.answers(http.DefaultClient, z.URL+"/api_jsonrpc.php", http.StatusPreconditionFailed) // it wants a POST
	return z
}

// fill makes an account, two host groups and two hosts with a trigger each.
func (z *Zabbix) fill() {
	z.DB.Exec(
		"INSERT INTO usrgrp (usrgrpid, name) VALUES (900, 'lasare')",
		"INSERT INTO users (userid, username, name, surname, passwd, roleid) VALUES (900, '"+z.User+"', 'Alva', 'Almkvist', '"+passwordHash+"', 1)",
		"INSERT INTO users_groups (id, usrgrpid, userid) VALUES (900, 900, 900)",
		"INSERT INTO hstgrp (groupid, name) VALUES (900, 'Skolor'), (901, 'Hemligt')",
		"INSERT INTO rights (rightid, groupid, permission, id) VALUES (900, 900, 2, 900)",
		"INSERT INTO hosts (hostid, host, name, status) VALUES (900, 'nav-skolan', 'nav-skolan', 0), (901, 'nav-hemlig', 'nav-hemlig', 0)",
		"INSERT INTO hosts_groups (hostgroupid, hostid, groupid) VALUES (900, 900, 900), (901, 901, 901)",
		"INSERT INTO items (itemid, type, hostid, name, key_) VALUES (900, 2, 900, 'svar', 'svar'), (901, 2, 901, 'svar', 'svar')",
		"INSERT INTO triggers (triggerid, expression, description, priority) VALUES (900, '{900}=0', 'svarar inte', 4), (901, '{901}=0', 'svarar inte', 4)",
		"INSERT INTO functions (functionid, itemid, triggerid, name, parameter) VALUES (900, 900, 900, 'last', '$'), (901, 901, 901, 'last', '$')",
	)
}

// Problems writes n problems that began at times before a moment (epoch), an
// hour apart; each has lasted ten minutes, but every tenth goes on. Every
// fourth is of the lowest severities, and every hundredth of a host that the
// account may not see.
func (z *Zabbix) Problems(n int, before int64) {
	z.DB.Exec(fmt.Sprintf("INSERT INTO events (eventid, source, object, objectid, clock, value, name, severity) "+
		"SELECT 2*g, 0, 0, CASE WHEN g%%100=0 THEN 901 ELSE 900 END, %d - 3600*(%d-g+1), 1, 'Alva Almkvists problem', CASE WHEN g%%4=0 THEN 1 ELSE 4+g%%2 END FROM generate_series(1,%d) g", before, n, n),
		fmt.Sprintf("INSERT INTO events (eventid, source, object, objectid, clock, value, name, severity) SELECT eventid+1, 0, 0, objectid, clock+600, 0, name, 0 FROM events WHERE value = 1 AND (eventid/2)%%10 <> 0 AND eventid <= %d", 2*n),
		"INSERT INTO event_recovery (eventid, r_eventid) SELECT eventid-1, eventid FROM events WHERE value = 0 AND eventid-1 NOT IN (SELECT eventid FROM event_recovery)",
		"INSERT INTO event_tag (eventtagid, eventid, tag, value) SELECT eventid*2, eventid, 'users', '120' FROM events WHERE value = 1",
		"INSERT INTO event_tag (eventtagid, eventid, tag, value) SELECT eventid*2+1, eventid, 'opening', 'always' FROM events WHERE value = 1")
}

// End ends a problem at a time.
func (z *Zabbix) End(eventid, at int64) {
	z.DB.Exec(fmt.Sprintf("INSERT INTO events (eventid, source, object, objectid, clock, value, severity) SELECT 9000000+eventid, 0, 0, objectid, %d, 0, 0 FROM events WHERE eventid = %d", at, eventid),
		fmt.Sprintf("INSERT INTO event_recovery (eventid, r_eventid) VALUES (%d, %d)", eventid, 9000000+eventid))
}
