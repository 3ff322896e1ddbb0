package storetest

import (
	"testing"

	"github.com/kommunpuls/kommunpuls/internal/store"
	"github.com/kommunpuls/kommunpuls/plugins/sdk/record"
)

func joining() []test {
	return []test{
		{"A ticket that moved to a new system is one ticket", movedTicket},
		{"A ticket that moved is one even when the old system comes last", movedTicketLate},
		{"A moved ticket that changes stays joined", movedTicketChanges},
	}
}

const movedQuery = "SELECT source_id, opened_at, first_response_at FROM ticket ORDER BY 1"

func oldQueue(t *testing.T) collection {
	return full("gamla", monday, record.Ticket, ticket(t, "7", monday, "first_response_at", tuesday), ticket(t, "8", monday))
}

func newQueue(t *testing.T, pairs ...any) collection {
	return full("nya", wednesday, record.Ticket, ticket(t, "N1", wednesday, append([]any{"previous_id", "7"}, pairs...)...))
}

var movedAnswer = "8|" + epochs(monday) + "|- N1|" + epochs(monday) + "|" + epochs(tuesday)

func movedTicket(t *testing.T, s store.Store) {
	oldQueue(t).must(t, s)
	newQueue(t).must(t, s)
	want(t, s, now(), "ticket", movedQuery, movedAnswer)
}

func movedTicketLate(t *testing.T, s store.Store) {
	newQueue(t).must(t, s)
	c := oldQueue(t)
	c.now = thursday
	c.must(t, s)
	want(t, s, now(), "ticket", movedQuery, movedAnswer)
}

func movedTicketChanges(t *testing.T, s store.Store) {
	oldQueue(t).must(t, s)
	newQueue(t).must(t, s)
	c := newQueue(t, "queue", "nät")
	c.now = thursday
	c.must(t, s)
	want(t, s, now(), "ticket", movedQuery, movedAnswer)
}
