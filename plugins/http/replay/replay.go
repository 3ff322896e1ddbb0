package replay

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/kommunpuls/kommunpuls/plugins/sdk"
	"github.com/kommunpuls/kommunpuls/plugins/sdk/conform"
	"github.com/kommunpuls/kommunpuls/plugins/sdk/record"
)

// What a case's pseudonyms are made with, so that want.json can hold them.
const (
	pseudonymKey = "kommunpuls-replay-pseudonym-key"
	keyID        = "replay"
)

// Run collects from a source as a case says, and returns what came of each
// collection. faults are questions that were asked otherwise than expected, or
// not at all, and breaches of the contract.
func (c *Case) Run(ctx context.Context, src sdk.Source, profile string) (outcomes []Outcome, faults []string, err error) {
	zone, err := time.LoadLocation("Europe/Stockholm")
	if err != nil {
		return nil, nil, err
	}
	server := c.serve()
	defer server.Close()
	settings, err := c.settings(profile, server.URL)
	if err != nil {
		return nil, nil, err
	}
	s := sdk.Settings{Instance: filepath.Base(c.dir), JSON: settings, BaseDir: c.dir, PseudonymKey: []byte(pseudonymKey), KeyID: keyID}
	for _, p := range src.Validate(ctx, s) {
		faults = append(faults, strings.TrimPrefix(p.Field+": "+p.Message, ": "))
	}
	if len(faults) > 0 {
		return nil, faults, nil
	}
	var cursor []byte
	for i := range c.Collections {
		col := &c.Collections[i]
		now, err := time.Parse(time.RFC3339, col.Now)
		if err != nil {
			return nil, nil, fmt.Errorf("%w: now: %w", ErrCase, err)
		}
		server.begin(col.Exchanges)
		k := &sink{Recorder: conform.NewRecorder(src.Describe(), keyID, conform.NewClear(nil)), zone: zone}
		end, err := src.Collect(ctx, sdk.CollectRequest{Settings: s, Cursor: cursor, Full: col.Full, Now: now}, k)
		k.End(end, err)
		if ctx.Err() != nil {
			return nil, nil, ctx.Err()
		}
		for _, f := range append(server.end(), k.Faults()...) {
			faults = append(faults, fmt.Sprintf("insamling %d: %s", i+1, f))
		}
		if err != nil {
			outcomes = append(outcomes, Outcome{Error: strings.ReplaceAll(err.Error(), server.URL, "{{server}}")})
			continue
		}
		k.out.Seen = end.Seen
		outcomes = append(outcomes, k.out)
		cursor = end.Cursor
	}
	return outcomes, faults, nil
}

// settings are the case's, with the server's address and the profile.
func (c *Case) settings(profile, server string) (json.RawMessage, error) {
	all := make(map[string]any, len(c.Settings)+1)
	for k, v := range c.Settings {
		all[k] = v
	}
	all["profile"] = profile
	b, err := json.Marshal(all)
	if err != nil {
		return nil, fmt.Errorf("%w: settings: %w", ErrCase, err)
	}
	return bytes.ReplaceAll(b, []byte("{{server}}"), []byte(server)), nil
}

// Encode writes outcomes as want.json has them.
func Encode(outcomes []Outcome) ([]byte, error) {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	err := e.Encode(outcomes)
	return b.Bytes(), err
}

// Want is the path of what should come of a case.
func (c *Case) Want() string { return filepath.Join(c.dir, "want.json") }

// Compare holds outcomes against want.json and says where they first differ;
// "" is nowhere.
func (c *Case) Compare(outcomes []Outcome) (string, error) {
	got, err := Encode(outcomes)
	if err != nil {
		return "", err
	}
	want, err := os.ReadFile(c.Want())
	if errors.Is(err, os.ErrNotExist) {
		return "want.json saknas", nil
	}
	if err != nil {
		return "", err
	}
	want = bytes.ReplaceAll(want, []byte("\r\n"), []byte("\n"))
	if bytes.Equal(got, want) {
		return "", nil
	}
	g, w := strings.Split(string(got), "\n"), strings.Split(string(want), "\n")
	for i := range g {
		if i >= len(w) {
			return fmt.Sprintf("want.json rad %d: filen är slut, här kom %s", i+1, plainLine(g[i])), nil
		}
		if g[i] != w[i] {
			return fmt.Sprintf("want.json rad %d: väntat %s, här kom %s", i+1, plainLine(w[i]), plainLine(g[i])), nil
		}
	}
	return fmt.Sprintf("want.json rad %d: här kom ingenting", len(g)+1), nil
}

func plainLine(s string) string { return strings.TrimRight(strings.TrimSpace(s), ",") }

func place(p record.Place) string {
	if p.Row > 0 {
		return fmt.Sprintf("%s, rad %d", p.Doc, p.Row)
	}
	return p.Doc
}
