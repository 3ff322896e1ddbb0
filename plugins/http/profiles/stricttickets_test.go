package profiles_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/kommunpuls/kommunpuls/plugins/http/fakes"
	"github.com/kommunpuls/kommunpuls/plugins/http/profiles/profiletest"
	"github.com/kommunpuls/kommunpuls/plugins/sdk/record"
)

// seeds makes rows; opened is when the ticket of a number was opened, and done
// whether it is closed.
func seeds(n int, one func(i int, opened time.Time, done bool) row) []row {
	var out []row
	for i := range n {
		out = append(out, one(i, now.Add(-time.Duration(2+i*20)*time.Hour), i%3 > 0))
	}
	return out
}

// given is a value, or nil.
func given(ok bool, v any) any {
	if ok {
		return v
	}
	return nil
}

func strictTickets() []strict {
	return []strict{zammad(), glpi(), glpi11(), jira(), freshservice(), znuny()}
}

func zammad() strict {
	return strict{
		profile: "zammad", kind: record.Ticket, records: 250, pages: "/api/v1/tickets/", secret: "token", busy: "/api/v1/tickets/", id: "2",
		start: func() (fake, string, map[string]any) {
			z := fakes.NewZammad("zammad-token-1", seeds(250, func(i int, at time.Time, done bool) row {
				return row{
					"id": i + 1, "number": fmt.Sprint(31000 + i), "title": "Skrivaren hos Alva Almkvist", "customer": "alva.almkvist@kommun.example", "owner": "Alva Almkvist",
					"group": "Servicedesk", "state": []string{"open", "closed", "merged"}[i%3], "priority": "2 normal", "type": "Incident", "organization": "Socialförvaltningen",
					"create_article_type": "phone", "created_at": rfc(at), "updated_at": rfc(at.Add(time.Hour)), "first_response_at": rfc(at.Add(10 * time.Minute)),
					"close_at": given(done, rfc(at.Add(time.Hour))), "last_contact_at": nil,
				}
			})...)
			return z, z.URL, row{"token": "zammad-token-1"}
		},
		want: map[string]string{
			"ticket_no": "31001", "status": "closed", "kind": "incident", "queue": "Servicedesk", "channel": "phone", "org_unit": "Socialförvaltningen",
			"opened_at": "2026-11-19T11:00:00Z", "resolved_at": "2026-11-19T12:00:00Z", "first_response_at": "2026-11-19T11:10:00Z", "priority": "2 normal",
		},
		unmapped: []string{"csat", "paused_minutes", "system"},
		touch:    touched(200, "updated_at", rfc(now)), changed: 3,
	}
}

// stockholm writes a time as servers without a zone do, in winter.
func stockholm(t time.Time) string { return t.UTC().Add(time.Hour).Format(time.DateTime) }

func glpi() strict {
	return strict{
		profile: "glpi", kind: record.Ticket, records: 450, pages: "/apirest.php/search/Ticket", secret: "user_token", busy: "/apirest.php/search/Ticket", id: "2",
		start: func() (fake, string, map[string]any) {
			g := fakes.NewGLPI("glpi-user-1", "glpi-app-1", seeds(451, func(i int, at time.Time, done bool) row {
				return row{
					"1": "Skrivaren hos Alva Almkvist", "2": i + 1, "3": 3, "4": "Alva Almkvist", "7": "Utskrift", "8": "Servicedesk", "9": "Phone", "12": []int{4, 6, 5}[i%3], "14": 1,
					"15": stockholm(at), "16": given(i%3 == 1, stockholm(at.Add(9*time.Hour))), "17": given(done, stockholm(at.Add(time.Hour))), "18": nil, "19": stockholm(at.Add(time.Hour)),
					"45": 900, "62": given(done, 4), "71": []string{"Skolan"}, "80": "Socialförvaltningen", "150": 600, "153": 1800, "is_deleted": i == 400,
				}
			})...)
			return g, g.URL, row{"user_token": "glpi-user-1", "app_token": "glpi-app-1"}
		},
		want: map[string]string{
			"ticket_no": "2", "status": "closed", "kind": "incident", "queue": "Servicedesk", "channel": "phone", "org_unit": "Socialförvaltningen", "category": "Utskrift",
			"opened_at": "2026-11-19T11:00:00Z", "resolved_at": "2026-11-19T12:00:00Z", "closed_at": "2026-11-19T20:00:00Z", "due_at": "", "csat": "4", "paused_minutes": "30", "work_minutes": "15",
		},
		unmapped: []string{"first_response_at", "system"},
		touch:    touched(300, "19", stockholm(now)), changed: 3,
	}
}

func glpi11() strict {
	return strict{
		profile: "glpi11", kind: record.Ticket, records: 249, pages: "/api.php/v2/Assistance/Ticket", secret: "client_secret", busy: "/api.php/v2/Assistance/Ticket", id: "2",
		start: func() (fake, string, map[string]any) {
			g := fakes.NewGLPI11("glpi11-secret-1", "glpi11-password-1", seeds(250, func(i int, at time.Time, done bool) row {
				return row{
					"id": i + 1, "name": "Skrivaren hos Alva Almkvist", "content": "Ring 070-1234567", "is_deleted": i == 100, "type": 2, "status": row{"id": []int{4, 6, 5}[i%3], "name": "Läge"},
					"priority": 3, "category": row{"id": 1, "name": "Utskrift"}, "request_type": row{"id": 2, "name": "E-Mail"}, "entity": row{"id": 3, "name": "Socialförvaltningen"},
					"team": []row{{"type": "User", "role": "requester", "name": "Alva Almkvist"}, {"type": "Group", "role": "assigned", "name": "Servicedesk"}},
					"date": rfc(at), "date_creation": rfc(at), "date_mod": rfc(at.Add(time.Hour)), "actiontime": 900,
				}
			})...)
			return g, g.URL, row{"client_id": fakes.GLPI11Client, "client_secret": "glpi11-secret-1", "user": fakes.GLPI11User, "password": "glpi11-password-1"}
		},
		want: map[string]string{
			"ticket_no": "2", "status": "closed", "status_raw": "Läge", "kind": "request", "queue": "Servicedesk", "channel": "mail", "org_unit": "Socialförvaltningen",
			"opened_at": "2026-11-19T11:00:00Z", "work_minutes": "15",
		},
		unmapped: []string{"resolved_at", "closed_at", "first_response_at", "csat"},
		touch:    touched(200, "date_mod", rfc(now)), changed: 3,
	}
}

func TestGLPIsSessionIsClosedAlsoWhenReadingFails(t *testing.T) {
	f, run := glpi().run(t)
	profiletest.Collect(t, run)
	f.Change(func(list []row) []row {
		list[0]["15"] = row{"not": "a time"}
		return list
	})
	if _, err := profiletest.Try(t, run); err == nil {
		t.Error("an object was read as a time")
	}
	g := f.(*fakes.GLPI)
	if n := g.OpenSessions(); n != 0 || g.Count("/apirest.php/killSession", 200) != 2 {
		t.Errorf("%d sessions are open", n)
	}
}

func jira() strict {
	at := func(t time.Time) string { return t.In(time.FixedZone("", 3600)).Format("2006-01-02T15:04:05.000-0700") }
	return strict{
		profile: "jira", kind: record.Ticket, records: 250, pages: "/rest/api/3/search/jql", secret: "api_token", busy: "/rest/api/3/search/jql", id: "10001",
		start: func() (fake, string, map[string]any) {
			j := fakes.NewJira("kommunpuls@kommun.example", "jira-token-1", now.Add(time.Hour), seeds(250, func(i int, opened time.Time, done bool) row {
				return row{"id": fmt.Sprint(10000 + i), "key": fmt.Sprintf("IT-%d", i), "fields": row{
					"summary": "Skrivaren hos Alva Almkvist", "description": "Ring 070-1234567", "reporter": row{"emailAddress": "alva.almkvist@kommun.example"},
					"status":   row{"name": []string{"Waiting for customer", "Klar hos oss", "Canceled"}[i%3], "statusCategory": row{"key": []string{"indeterminate", "done", "done"}[i%3]}},
					"priority": row{"name": "Medium"}, "issuetype": row{"name": "[System] Incident"}, "project": row{"key": "IT", "name": "IT-support"}, "components": []row{{"name": "Ekonomisystemet"}},
					"created": at(opened), "updated": at(opened.Add(time.Hour)), "resolutiondate": given(done, at(opened.Add(time.Hour))), "resolution": given(done, row{"name": "Done"}),
					"customfield_1": row{"completedCycles": []row{{"stopTime": row{"epochMillis": opened.Add(10 * time.Minute).UnixMilli()}}}}, "customfield_2": []row{{"name": "Socialförvaltningen"}},
				}}
			})...)
			return j, j.URL, row{"user": "kommunpuls@kommun.example", "api_token": "jira-token-1", "projects": []string{"IT"}, "first_response_sla": "customfield_1", "org_unit_field": "customfield_2"}
		},
		want: map[string]string{
			"ticket_no": "IT-1", "status": "closed", "status_raw": "Klar hos oss", "kind": "incident", "queue": "IT-support", "system": "Ekonomisystemet", "org_unit": "Socialförvaltningen", "resolution_code": "solved",
			"opened_at": "2026-11-19T11:00:00Z", "resolved_at": "2026-11-19T12:00:00Z", "first_response_at": "2026-11-19T11:10:00Z", "due_at": "",
		},
		unmapped: []string{"csat", "due_at", "category", "channel"},
		touch: func(list []row) []row {
			list[200]["fields"].(row)["updated"] = at(now)
			return list
		}, changed: 3,
	}
}

func freshservice() strict {
	return strict{
		profile: "freshservice", kind: record.Ticket, records: 249, pages: "/api/v2/tickets", secret: "api_key", busy: "/api/v2/tickets", id: "2",
		start: func() (fake, string, map[string]any) {
			f := fakes.NewFreshservice("fresh-key-1", seeds(250, func(i int, at time.Time, done bool) row {
				return row{
					"id": i + 1, "subject": "Skrivaren hos Alva Almkvist", "description_text": "Ring 070-1234567", "requester_id": 9, "deleted": i == 100, "type": "Incident", "status": []int{3, 5, 4}[i%3],
					"priority": 2, "source": 3, "category": "Utskrift", "group_id": 1, "department_id": 1, "created_at": rfc(at), "updated_at": rfc(at.Add(time.Hour)), "due_by": rfc(at.Add(48 * time.Hour)),
					"stats": row{"first_responded_at": rfc(at.Add(10 * time.Minute)), "resolved_at": given(done, rfc(at.Add(time.Hour))), "closed_at": given(done, rfc(at.Add(2*time.Hour)))},
				}
			})...)
			return f, f.URL, row{"api_key": "fresh-key-1"}
		},
		want: map[string]string{
			"ticket_no": "2", "status": "closed", "status_raw": "5", "kind": "incident", "queue": "Servicedesk", "org_unit": "Socialförvaltningen", "channel": "phone", "category": "Utskrift",
			"opened_at": "2026-11-19T11:00:00Z", "resolved_at": "2026-11-19T12:00:00Z", "closed_at": "2026-11-19T13:00:00Z", "first_response_at": "2026-11-19T11:10:00Z", "due_at": "2026-11-21T11:00:00Z",
		},
		unmapped: []string{"csat", "system"},
		touch:    touched(200, "updated_at", rfc(now)), changed: 3,
	}
}

const znunyService = "/znuny/nph-genericinterface.pl/Webservice/kommunpuls/"

func znuny() strict {
	return strict{
		profile: "znuny", kind: record.Ticket, records: 700, pages: znunyService + "TicketGet", secret: "password", busy: znunyService + "TicketSearch", id: "2",
		start: func() (fake, string, map[string]any) {
			z := fakes.NewZnuny("kommunpuls", "znuny-password-1", seeds(700, func(i int, _ time.Time, done bool) row {
				at := now.Add(-time.Duration(2+i) * time.Hour)
				return row{
					"TicketID": fmt.Sprint(i + 1), "TicketNumber": fmt.Sprint(2026110000 + i), "Title": "Skrivaren hos Alva Almkvist", "Owner": "Alva Almkvist", "CustomerUserID": "alva.almkvist@kommun.example",
					"Queue": "IT-support", "State": "läge", "StateType": []string{"open", "closed", "merged"}[i%3], "Priority": "3 normal", "Type": "Incident", "Service": "Utskrift", "CustomerID": "Socialförvaltningen",
					"Created": at.Format(time.DateTime), "Changed": at.Add(time.Hour).Format(time.DateTime), "FirstResponse": at.Add(10 * time.Minute).Format(time.DateTime), "Closed": given(done, at.Add(time.Hour).Format(time.DateTime)),
					"DynamicField": []row{{"Name": "System", "Value": "Ekonomisystemet"}},
				}
			})...)
			return z, z.URL, row{"url": z.URL + "/znuny", "user": "kommunpuls", "password": "znuny-password-1", "from": "2026-09", "system_field": "System"}
		},
		want: map[string]string{
			"ticket_no": "2026110001", "status": "closed", "status_raw": "läge", "kind": "incident", "queue": "IT-support", "service": "Utskrift", "system": "Ekonomisystemet", "org_unit": "Socialförvaltningen",
			"opened_at": "2026-11-20T06:00:00Z", "resolved_at": "2026-11-20T07:00:00Z", "first_response_at": "2026-11-20T06:10:00Z", "due_at": "",
		},
		unmapped: []string{"csat", "channel", "paused_minutes"},
		touch:    touched(600, "Changed", now.Format(time.DateTime)), changed: 4,
	}
}

func TestAMonthWithMoreTicketsThanMayBeAskedForIsAFault(t *testing.T) {
	_, run := znuny().run(t)
	run.Settings["page_size"] = 300
	if res, err := profiletest.Try(t, run); err == nil {
		t.Errorf("%d records were taken for all", len(res.Records[record.Ticket]))
	}
}
