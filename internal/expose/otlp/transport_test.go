package otlp

import (
	"context"
	"net/http"
	"net/http/httptest"
	"testing"

	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
)

// What a receiver answered tells more than that our time was out when it was
// asked again, wherever in an attempt that happens to be.
func TestAnAttemptThatOurTimeCutsOffHidesNoAnswer(t *testing.T) {
	over, cancel := context.WithCancel(t.Context())
	cancel()
	t.Run("grpc", func(t *testing.T) {
		w := &wire{}
		hear := func(ctx context.Context, said error) codes.Code {
			return status.Code(w.hear(ctx, "", nil, nil, nil, func(context.Context, string, any, any, *grpc.ClientConn, ...grpc.CallOption) error { return said }))
		}
		busy, late := status.Error(codes.Unavailable, "busy"), status.Error(codes.DeadlineExceeded, "")
		w.begin()
		if got := hear(over, late); got != codes.DeadlineExceeded {
			t.Errorf("a receiver that never answered: %s", got)
		}
		w.begin()
		hear(t.Context(), busy)
		if got := hear(over, late); got != codes.Unavailable {
			t.Errorf("one that answered before: %s", got)
		}
		w.begin()
		if got := hear(over, late); got != codes.DeadlineExceeded {
			t.Errorf("one that answered an earlier request: %s", got)
		}
		hear(t.Context(), busy)
		if got := hear(t.Context(), nil); got != codes.OK {
			t.Errorf("one that takes it after all: %s", got)
		}
	})
	t.Run("http", func(t *testing.T) {
		srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusServiceUnavailable) }))
		t.Cleanup(srv.Close)
		w := &wire{}
		rt := w.around(&http.Transport{})
		t.Cleanup(w.hangUp)
		ask := func(ctx context.Context) int {
			req, err := http.NewRequestWithContext(ctx, http.MethodGet, srv.URL, nil)
			if err != nil {
				t.Fatal(err)
			}
			if resp, err := rt.RoundTrip(req); err == nil {
				_ = resp.Body.Close()
			}
			code, _ := w.last()
			return code
		}
		w.begin()
		if got := ask(over); got != 0 {
			t.Errorf("a receiver that never answered: %d", got)
		}
		w.begin()
		ask(t.Context())
		if got := ask(over); got != http.StatusServiceUnavailable {
			t.Errorf("one that answered before: %d", got)
		}
		w.begin()
		if got := ask(over); got != 0 {
			t.Errorf("one that answered an earlier request: %d", got)
		}
	})
}
