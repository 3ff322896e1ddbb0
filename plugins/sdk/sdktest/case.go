// Package sdktest is the conformance suite that every source runs:
//
//	func TestConformance(t *testing.T) {
//		sdktest.Run(t, sdktest.Case{
//			New:      func() sdk.Source { return klocka.Source{} },
//			Settings: json.RawMessage(`{"file": "testdata/fakta.json"}`),
//			Broken:   json.RawMessage(`{"file": "testdata/saknas.json"}`),
//			Clear:    []string{"Anna Svensson", "annsve01"},
//		})
//	}
//
// The source always stands behind a real gRPC connection, in this process or,
// with Executable, in a child process.
package sdktest

import (
	"context"
	"encoding/json"
	"testing"
	"time"

	"github.com/kommunpuls/kommunpuls/plugins/sdk"
)

// Case describes a source to the suite.
type Case struct {
	// New makes the source; or Executable is a program that serves it, with
	// its arguments.
	New        func() sdk.Source
	Executable []string
	// Env is what an executable gets of any environment.
	Env []string

	// Settings with which a collection succeeds, and the folder that relative
	// names in them start from.
	Settings json.RawMessage
	BaseDir  string
	// Broken are settings that Validate accepts and Collect fails with.
	Broken json.RawMessage
	// BrokenIs is what that failure is; nil is sdk.ErrBadInput or sdk.ErrUnreachable.
	BrokenIs error
	// MinRecords is how many records the collection has at least; 0 is 1.
	MinRecords int64
	// Clear are the personal values planted in what is read: none of them may
	// cross the wire, in any form.
	Clear []string

	// Connecting, for a source that talks over the network, returns settings
	// that make it talk to an address that the suite listens on.
	Connecting func(addr string) json.RawMessage
	// Opening, for a source that reads files, returns settings that name a
	// file which the suite watches.
	Opening func(path string) json.RawMessage

	// Watch, for a source that can, makes things happen.
	Watch *Watching

	// Now is the clock that the source is given; zero is 2026-11-21 12:00 UTC.
	Now time.Time
}

// Watching makes a watch testable.
type Watching struct {
	// Settings are those of the watch; nil is the case's.
	Settings json.RawMessage
	// Feed makes the n:th thing happen, from 1, that the watch reports in a batch.
	Feed func(t testing.TB, n int)
}

// key is what the suite's pseudonyms are made with.
const (
	key   = "sdktest-pseudonym-key"
	keyID = "test"
)

func (c Case) settings(raw json.RawMessage) sdk.Settings {
	return sdk.Settings{Instance: "conformance", JSON: raw, BaseDir: c.BaseDir, PseudonymKey: []byte(key), KeyID: keyID}
}

func (c Case) request(raw json.RawMessage) sdk.CollectRequest {
	return sdk.CollectRequest{Settings: c.settings(raw), Now: c.now()}
}

func (c Case) now() time.Time {
	if c.Now.IsZero() {
		return time.Date(2026, 11, 21, 12, 0, 0, 0, time.UTC)
	}
	return c.Now
}

// probe stands between the server and the source, and notes what arrives there.
type probe struct {
	sdk.Source
	calls chan call
}

type call struct {
	deadline time.Time
	hasOne   bool
	returned time.Time
	err      error
}

func (p *probe) Collect(ctx context.Context, req sdk.CollectRequest, out sdk.Sink) (sdk.End, error) {
	c := call{}
	c.deadline, c.hasOne = ctx.Deadline()
	end, err := p.Source.Collect(ctx, req, out)
	c.returned, c.err = time.Now(), err
	select {
	case p.calls <- c:
	default: // nobody asks about this one
	}
	return end, err
}
