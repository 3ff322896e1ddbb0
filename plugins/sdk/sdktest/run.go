package sdktest

import (
	"context"
	"encoding/json"
	"errors"
	"maps"
	"testing"
	"time"

	"github.com/kommunpuls/kommunpuls/plugins/sdk"
	"github.com/kommunpuls/kommunpuls/plugins/sdk/conform"
	"github.com/kommunpuls/kommunpuls/plugins/sdk/record"
)

// patience is how long a source has to obey. The contract gives it a second; a
// machine that does much else at the same time may need more.
const patience = 20 * time.Second

// Run runs the whole suite.
func Run(t *testing.T, c Case) {
	t.Helper()
	if (c.New == nil) == (len(c.Executable) == 0) {
		t.Fatal("sdktest: exactly one of New and Executable must be set")
	}
	if c.MinRecords == 0 {
		c.MinRecords = 1
	}
	t.Run("it says what it is", c.describes)
	t.Run("validate accepts good settings and names the faults of bad ones", c.validates)
	t.Run("validate never connects", c.validateConnects)
	t.Run("validate never opens a file", c.validateOpens)
	t.Run("a collection keeps to the contract", c.collects)
	t.Run("the same content gives the same ids", c.repeats)
	t.Run("while the key is changed every pseudonym comes with the one before", c.twins)
	t.Run("it goes on from its cursor", c.continues)
	t.Run("a collection that fails has no cursor and a reason", c.fails)
	t.Run("cancellation is obeyed", c.cancels)
	t.Run("a system that never answers holds nothing up", c.blackHole)
	t.Run("the daemon's deadline is the one that it sees", c.deadline)
	t.Run("a sink that fails fails the collection", c.sinkFails)
	t.Run("watch", c.watches)
}

func (c Case) describes(t *testing.T) {
	w := c.connect(t)
	for _, f := range conform.Description(w.Describe()) {
		t.Error(f)
	}
}

func (c Case) validates(t *testing.T) {
	w := c.connect(t)
	ctx := context.Background()
	ps, err := w.Check(ctx, c.settings(c.Settings))
	if err != nil || len(ps) > 0 {
		t.Errorf("good settings: %+v, %v", ps, err)
	}
	for name, raw := range map[string]json.RawMessage{
		"a setting that does not exist": json.RawMessage(`{"no_such_setting_at_all": 1}`),
		"no JSON":                       json.RawMessage(`{"`),
		"a list":                        json.RawMessage(`[1, 2]`),
	} {
		ps, err := w.Check(ctx, c.settings(raw))
		if err != nil || len(ps) == 0 {
			t.Errorf("%s: no fault was found (error %v)", name, err)
		}
		for _, p := range ps {
			if p.Message == "" {
				t.Errorf("%s: a fault without words: %+v", name, p)
			}
		}
	}
	w.settle(t, w.recorder())
}

func (c Case) collects(t *testing.T) {
	w := c.connect(t)
	r := w.recorder()
	end, err := w.Collect(context.Background(), c.request(c.Settings), r)
	r.End(end, err)
	if err != nil {
		t.Fatal(err)
	}
	if r.Records < c.MinRecords {
		t.Errorf("%d records, expected at least %d", r.Records, c.MinRecords)
	}
	if end.Seen == 0 {
		t.Error("it saw no row")
	}
	w.settle(t, r)
	if n, _ := w.tap.Messages(); n < 3 {
		t.Errorf("the suite listened to %d messages only", n)
	}
}

func (c Case) repeats(t *testing.T) {
	var first map[record.Kind]map[string]int64
	for range 2 {
		w := c.connect(t)
		r := w.recorder()
		if _, err := w.Collect(context.Background(), c.request(c.Settings), r); err != nil {
			t.Fatal(err)
		}
		if first == nil {
			first = r.IDs
			continue
		}
		for kind := range first {
			if !maps.Equal(first[kind], r.IDs[kind]) {
				t.Errorf("%s: two collections of the same content have different ids", kind)
			}
		}
	}
}

func (c Case) continues(t *testing.T) {
	w := c.connect(t)
	end, err := w.Collect(context.Background(), c.request(c.Settings), w.recorder())
	if err != nil {
		t.Fatal(err)
	}
	r := w.recorder()
	req := c.request(c.Settings)
	req.Cursor = end.Cursor
	end, err = w.Collect(context.Background(), req, r)
	r.End(end, err)
	if err != nil {
		t.Fatal(err)
	}
	// A cursor of another version, or of another source, must not crash it.
	req.Cursor = []byte("\x00 inte en markör")
	if _, err := w.Collect(context.Background(), req, w.recorder()); errors.Is(err, sdk.ErrCrashed) {
		t.Errorf("a strange cursor: %v", err)
	}
	w.settle(t, r)
}

func (c Case) fails(t *testing.T) {
	if c.Broken == nil {
		t.Fatal("sdktest: Broken must be set: settings that Validate accepts and Collect fails with")
	}
	w := c.connect(t)
	if ps, err := w.Check(context.Background(), c.settings(c.Broken)); err != nil || len(ps) > 0 {
		t.Errorf("validate must accept them: %+v, %v", ps, err)
	}
	r := w.recorder()
	end, err := w.Collect(context.Background(), c.request(c.Broken), r)
	r.End(end, err)
	switch {
	case err == nil:
		t.Error("it succeeded")
	case c.BrokenIs != nil && !errors.Is(err, c.BrokenIs):
		t.Errorf("got %v, want %v", err, c.BrokenIs)
	case c.BrokenIs == nil && !errors.Is(err, sdk.ErrBadInput) && !errors.Is(err, sdk.ErrUnreachable):
		t.Errorf("%v is neither sdk.ErrBadInput nor sdk.ErrUnreachable", err)
	}
	w.settle(t, r)
}

var errSink = errors.New("the sink's own fault")

func (c Case) sinkFails(t *testing.T) {
	for _, at := range []string{"Begin", "Write"} {
		w := c.connect(t)
		r := w.recorder()
		r.Hook = func(call string) error {
			if call == at {
				return errSink
			}
			return nil
		}
		end, err := w.Collect(context.Background(), c.request(c.Settings), r)
		if !errors.Is(err, errSink) || len(end.Cursor) != 0 {
			t.Errorf("%s: got %v, cursor %q", at, err, end.Cursor)
		}
		w.returned(t)
	}
}

// returned waits until the source itself has come back, where that can be seen.
func (w connection) returned(t testing.TB) (call, bool) {
	t.Helper()
	if w.calls == nil {
		return call{}, false
	}
	select {
	case c := <-w.calls:
		return c, true
	case <-time.After(patience):
		t.Error("the source still runs although its collection is over")
		return call{}, false
	}
}
