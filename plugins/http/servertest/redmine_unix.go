//go:build unix

package servertest

import (
	"crypto/rand"
	"encoding/hex"
	"fmt"
	"net/http"
	"os"
	"strings"
	"testing"

	"github.com/kommunpuls/kommunpuls/internal/testneed"
	"github.com/kommunpuls/kommunpuls/plugins/sql/sqltest"
)

// Redmine is a running Redmine with 2,000 issues.
type Redmine struct {
	URL string
	Key string          // API key of an account that may only read
	DB  *sqltest.Server // its database

	place *place
}

const redmineSetup = `
Redmine::DefaultData::Loader.load('en')
Setting.rest_api_enabled='1'; Setting.default_language='en'; Setting.login_required='1'
u=User.find_by_login('admin'); u.must_change_passwd=false; u.save!(validate: false)
k=User.new(firstname: 'Kommun', lastname: 'Puls', mail: 'svc-kommunpuls@prov.example'); k.login='svc-kommunpuls'
k.password=k.password_confirmation='Prov-losenord-1'; k.save!
srand(1); now=Time.utc(2026,11,20,9)
projects=%w[it-support telefoni fagsystem skola].map { |i|
  p=Project.new(name: i.capitalize, identifier: i, is_public: i=='skola'); p.trackers=Tracker.all; p.enabled_module_names=['issue_tracking']; p.save!
  Member.create!(project: p, user_id: k.id, roles: [Role.find_by_name('Reporter')]); p }
IssueCategory.create!(project: projects[0], name: 'Utskrift')
st=IssueStatus.all.to_a; closed=st.find { |s| s.name=='Closed' }; fresh=st.find { |s| s.name=='New' }; going=st.find { |s| s.name=='In Progress' }
pr=IssuePriority.all.to_a; trackers=Tracker.all.to_a
ActiveRecord::Base.transaction do
  2000.times do |i|
    c=now-rand(365*86400)-21*86400; r=c+(i%3==0 ? rand(86400) : rand(20*86400)); cl=rand<0.8; s=cl ? closed : (rand<0.5 ? fresh : going)
    is=Issue.new(project: projects[i%4], tracker: trackers[i%3], author: u, subject: "Alva Almkvist kan inte skriva ut #{i}", description: 'Ring 070-1234567', status: s, priority: pr.sample)
    is.category=projects[0].issue_categories.first if i%4==0
    is.due_date=c.to_date+30 if i%10==0
    is.notify=false; is.save!(validate: false)
    is.update_columns(created_on: c, closed_on: (cl ? r : nil), updated_on: (cl ? r : c+600))
  end
end
puts "KEY #{k.api_key}"
`

// StartRedmine starts Redmine 5 on a PostgreSQL of its own, with 2,000 issues
// in four projects, of which Skola is public, and an account that may read.
// Whoever is not logged in sees nothing; see [Redmine.Open].
func StartRedmine(t testing.TB) *Redmine {
	t.Helper()
	testneed.Program(t, "puma")
	bundle := testneed.Program(t, "bundle")
	db := sqltest.StartPostgres(t, "synchronous_commit = off", "full_page_writes = off")
	addr := testneed.FreeAddr(t)
	p := newPlace(t, "www-data")
	secret := make([]byte, 24)
	if _, err := rand.Read(secret); err != nil {
		t.Fatal(err)
	}
	p.run("", "cp", "-r", "/usr/share/redmine", p.path("app"))
	for _, gone := range []string{"app/Gemfile.lock", "app/config/database.yml", "app/instances"} {
		if err := os.RemoveAll(p.path(gone)); err != nil {
			t.Fatal(err)
		}
	}
	inst := "instances/default/"
	p.run("app", "mkdir", "-p", inst+"config", inst+"log", inst+"tmp/cache", inst+"files", inst+"public/plugin_assets", "tmp", "log", "files", "public/plugin_assets", "plugins")
	p.write("app/"+inst+"config/secret_key.txt", hex.EncodeToString(secret))
	p.write("app/"+inst+"config/database.yml", fmt.Sprintf("production:\n  adapter: postgresql\n  database: %s\n  host: 127.0.0.1\n  port: %d\n  username: %s\n  password: %s\n  sslmode: disable\n", db.Database, db.Port, db.Admin, db.Password))
	gemfile, err := os.ReadFile(p.path("app/Gemfile"))
	if err != nil {
		t.Fatal(err)
	}
	own := strings.ReplaceAll(string(gemfile), "/usr/share/redmine/{config,instances/*/config}/database.yml", p.path("app")+"/instances/*/config/database.yml")
	if own == string(gemfile) {
		t.Fatal("Redmine's Gemfile looks for its database elsewhere than it did")
	}
	p.write("app/Gemfile", own)
	p.write("app/Gemfile.local", "gem 'puma'\n")
	p.env = append(p.env, "RAILS_ENV=production", "REDMINE_LANG=en", "BUNDLE_GEMFILE="+p.path("app/Gemfile"), "RUBYOPT=-W0")
	p.run("app", bundle, "install", "--local")
	p.run("app", bundle, "exec", "rake", "db:migrate")
	out := p.run("app", bundle, "exec", "rails", "runner", p.write("setup.rb", redmineSetup))
	_, key, ok := strings.Cut(out, "KEY ")
	if !ok {
		t.Fatalf("no key: %s", out)
	}
	p.start("app", bundle, "exec", "puma", "-b", "tcp://"+addr, "-e", "production", "-t", "2:4", "config.ru")
	r := &Redmine{URL: "http://" + addr, Key: strings.TrimSpace(key), DB: db, place: p}
	p.answers(http.DefaultClient, r.URL+"/issues.json", http.StatusUnauthorized)
	return r
}

// Open lets anyone read what is public, as many do: a key that is not known
// then gives 200 and the public issues.
func (r *Redmine) Open() {
	r.DB.Exec("UPDATE settings SET value = '0', updated_on = now() + interval '1 minute' WHERE name = 'login_required'")
	r.place.answers(http.DefaultClient, r.URL+"/issues.json", http.StatusOK)
}
