package profiles_test

import (
	"fmt"
	"time"

	"github.com/kommunpuls/kommunpuls/plugins/http/fakes"
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
	return []strict{zammad()}
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
