//go:build unix

package servertest

import (
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"testing"

	"github.com/kommunpuls/kommunpuls/internal/testneed"
	"github.com/kommunpuls/kommunpuls/plugins/sql/sqltest"
)

// RT is a running Request Tracker.
type RT struct {
	URL   string
	Token string          // of an account that may only read
	DB    *sqltest.Server // its database
	Queue []string        // the queues that Tickets spreads over
}

const rtConfig = `Set($rtname, 'prov');
Set($Organization, 'prov.example');
Set($WebDomain, '127.0.0.1');
Set($WebPort, %[1]s);
Set($WebPath, '');
Set($WebBaseURL, 'http://127.0.0.1:%[1]s');
Set($CanonicalizeRedirectURLs, 0);
Set($DatabaseType, 'Pg');
Set($DatabaseName, '%[2]s'); Set($DatabaseHost, '127.0.0.1'); Set($DatabasePort, '%[3]d'); Set($DatabaseRequireSSL, 0);
Set($DatabaseUser, '%[4]s'); Set($DatabasePassword, '%[5]s'); Set($DatabaseAdmin, '%[4]s');
Set($LogToSTDERR, 'warning'); Set($LogToSyslog, undef); Set($LogToFile, undef);
Set($MailCommand, 'testfile');
Set($Timezone, 'Europe/Stockholm');
Set($BcryptCost, 4); # a token's hash is made anew at each request
Set($DisableGraphViz, 1); Set($DisableGD, 1);
1;
`

const rtAccount = `use strict; use RT -init;
for my $name ('IT-Support','Telefoni','Verksamhet','Skola','Liten') { my $q = RT::Queue->new(RT->SystemUser); my ($ok, $msg) = $q->Create(Name => $name); die $msg unless $ok }
my $u = RT::User->new(RT->SystemUser);
my ($ok, $msg) = $u->Create(Name => 'svc-kommunpuls', EmailAddress => 'svc-kommunpuls@prov.example', Privileged => 1, Password => 'Prov-losenord-1');
die $msg unless $ok;
for (qw(ShowTicket SeeQueue SeeCustomField)) { my ($ok, $msg) = $u->PrincipalObj->GrantRight(Right => $_, Object => $RT::System); die $msg unless $ok }
my $t = RT::AuthToken->new(RT->SystemUser);
my ($id, $m, $auth) = $t->Create(Owner => $u->Id, Description => 'kommunpuls');
die $m unless $auth;
print "TOKEN $auth\n";
`

// StartRT starts Request Tracker 5 on a PostgreSQL of its own, with five
// queues, no tickets, and an account that may read tickets and queues.
func StartRT(t testing.TB) *RT {
	t.Helper()
	server, setup, perl := testneed.Program(t, "/usr/share/request-tracker5/libexec/rt-server"), testneed.Program(t, "rt-setup-database-5"), testneed.Program(t, "perl")
	db := sqltest.StartPostgres(t, "synchronous_commit = off", "full_page_writes = off")
	addr := testneed.FreeAddr(t)
	_, port := hostPort(t, addr)
	p := newPlace(t, "www-data")
	p.mkdir("site", "var", "mason", "session")
	config := p.write("RT_SiteConfig.pm", fmt.Sprintf(rtConfig, port, db.Database, db.Port, db.Admin, db.Password)+
		"Set($VarPath, '"+p.path("var")+"'); Set($MasonDataDir, '"+p.path("mason")+"'); Set($MasonSessionDir, '"+p.path("session")+"');\n1;\n")
	p.env = append(p.env, "RT_SITE_CONFIG="+config, "RT_SITE_CONFIG_DIR="+p.path("site"), "PERL5LIB=/usr/share/request-tracker5/lib")
	p.run("", setup, "--action", "init", "--skip-create", "--dba", db.Admin, "--dba-password", db.Password)
	out := p.run("", perl, p.write("account.pl", rtAccount))
	_, token, ok := strings.Cut(out, "TOKEN ")
	if !ok {
		t.Fatalf("no token: %s", out)
	}
	p.start("", server, "--server", "Starlet", "--max-workers", "2", "--host", "127.0.0.1", "--port", port)
	rt := &RT{URL: "http://" + addr, Token: strings.TrimSpace(token), DB: db, Queue: []string{"IT-Support", "Telefoni", "Verksamhet", "Skola"}}
	p.answers(http.DefaultClient, rt.URL+"/REST/2.0/", http.StatusUnauthorized)
	return rt
}

// Tickets loads n tickets straight into the database: one of five is open, the
// others are solved after 0 to 19 days, some within the first hours, and all
// were made within the year before a moment (yyyy-mm-dd hh:mm:ss, UTC).
func (rt *RT) Tickets(n int, before string) {
	rt.DB.Exec(strings.NewReplacer("{n}", strconv.Itoa(n), "{before}", before).Replace(`
INSERT INTO tickets (id,effectiveid,type,queue,owner,subject,status,priority,initialpriority,finalpriority,timeworked,timeestimated,timeleft,creator,created,lastupdatedby,lastupdated,started,resolved,due)
SELECT 100000+g, 100000+g, 'ticket', (SELECT min(id) FROM queues WHERE name='IT-Support')+(g%4), 6, 'Alva Almkvist kan inte skriva ut '||g,
       CASE WHEN g%5=0 THEN (ARRAY['new','open','stalled'])[1+g%3] ELSE 'resolved' END, g%100, 0, 0, g%60, 0, 0, 1,
       c, 1, CASE WHEN g%5=0 THEN c + interval '600s' ELSE r END, CASE WHEN g%7=0 THEN '1970-01-01' ELSE c + interval '600s' END, CASE WHEN g%5=0 THEN '1970-01-01' ELSE r END, NULL
  FROM (SELECT g, c, c + (g%20) * interval '6 hours' + (g%3600) * interval '1 second' AS r
          FROM (SELECT g, timestamp '{before}' - interval '6 day' - ((g::bigint * 7919) % 29000000) * interval '1 second' AS c FROM generate_series(1,{n}) g) x) y`),
		"ANALYZE tickets")
}
