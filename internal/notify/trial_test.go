package notify

import (
	"net/http"
	"net/http/httptest"
	"testing"
	"time"
)

func TestTwoTrialsAreNotOneMessage(t *testing.T) {
	ids := make(chan string, 2)
	srv := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { ids <- r.Header.Get(IDHeader) }))
	t.Cleanup(srv.Close)
	c := &Channel{Name: "jour", Webhook: &Hook{URL: srv.URL, Secret: "nyckel"}}
	at := time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)
	for _, now := range []time.Time{at, at.Add(time.Second)} {
		if err := c.Try(t.Context(), "Exempelkommun", false, now); err != nil {
			t.Fatal(err)
		}
	}
	if first, second := <-ids, <-ids; first == second || first == "" {
		t.Errorf("the ids are %q and %q", first, second)
	}
}
