package storetest

import (
	"reflect"
	"testing"
	"time"

	"github.com/kommunpuls/kommunpuls/internal/store"
	"github.com/kommunpuls/kommunpuls/plugins/sdk/record"
)

func changing() []test {
	return []test{
		{"Rows that came, changed and went are counted by source and kind", rowChanges},
		{"An event that is known otherwise has changed, and one that is gone has gone", eventChanges},
	}
}

func rowChanges(t *testing.T, s store.Store) {
	three := systems(t, 3)
	full("lista", monday, record.System, three...).must(t, s)
	full("kö", monday, record.Ticket, ticket(t, "1", monday)).must(t, s)
	renamed := set(t, systems(t, 3)[1], "name", "Nytt namn")
	full("lista", tuesday, record.System, three[0], renamed, system(t, "s900", "Tillkommet")).must(t, s)
	full("lista", wednesday, record.System, three[0], renamed, system(t, "s900", "Tillkommet")).must(t, s)

	changes(t, s, monday, wednesday, store.RowChange{Source: "lista", Kind: record.System, Added: 1, Changed: 1, Removed: 1})
	changes(t, s, tuesday, wednesday)
	changes(t, s, monday.Add(-time.Hour), monday,
		store.RowChange{Source: "kö", Kind: record.Ticket, Added: 1}, store.RowChange{Source: "lista", Kind: record.System, Added: 3})
	// One that came and went in the stretch did both.
	full("lista", thursday, record.System, three[0], renamed).must(t, s)
	changes(t, s, monday, thursday, store.RowChange{Source: "lista", Kind: record.System, Added: 1, Changed: 1, Removed: 2})
}

func eventChanges(t *testing.T, s store.Store) {
	full("kö", monday, record.Ticket, ticket(t, "1", monday), ticket(t, "2", monday)).must(t, s)
	c := full("kö", tuesday, record.Ticket, set(t, ticket(t, "2", monday), "queue", "annan"))
	c.header.CoversAll = true
	c.must(t, s)
	changes(t, s, monday, tuesday, store.RowChange{Source: "kö", Kind: record.Ticket, Changed: 1, Removed: 1})
}

func changes(t *testing.T, s store.Store, from, to time.Time, want ...store.RowChange) {
	t.Helper()
	got, err := s.RowChanges(t.Context(), from, to)
	if err != nil {
		t.Fatal(err)
	}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("from %s to %s: got %+v, want %+v", from.Format(time.DateOnly), to.Format(time.DateOnly), got, want)
	}
}
