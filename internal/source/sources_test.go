package source_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"time"

	"github.com/kommunpuls/kommunpuls/plugins/sdk"
	"github.com/kommunpuls/kommunpuls/plugins/sdk/record"
)

// scripted is a source that does what its name says.
type scripted struct {
	collect func(ctx context.Context, req sdk.CollectRequest, out sdk.Sink) (sdk.End, error)
	watch   func(ctx context.Context, req sdk.WatchRequest, out sdk.WatchSink) error
}

func (s scripted) Describe() sdk.Description {
	return sdk.Description{
		Name: "scripted", Version: "1", ConfigSchema: []byte(`{}`), PrivacyNote: "Läser ingenting.",
		Kinds:    []record.Kind{record.Observation, record.Account},
		Allowed:  map[record.Kind][]string{record.Observation: {"kind", "metric", "value", "started_at"}, record.Account: {"category", "account.key"}},
		CanWatch: s.watch != nil,
	}
}

func (s scripted) Validate(_ context.Context, set sdk.Settings) []sdk.Problem {
	if strings.Contains(string(set.JSON), "wrong") {
		return []sdk.Problem{{Field: "a", Message: "Fältet a är fel."}, {Field: "b", Message: "Fältet b är fel."}}
	}
	return nil
}

func (s scripted) Collect(ctx context.Context, req sdk.CollectRequest, out sdk.Sink) (sdk.End, error) {
	return s.collect(ctx, req, out)
}

func (s scripted) Watch(ctx context.Context, req sdk.WatchRequest, out sdk.WatchSink) error {
	if s.watch == nil {
		return sdk.ErrNotSupported
	}
	return s.watch(ctx, req, out)
}

func begin(out sdk.Sink) error {
	return out.Begin(sdk.Header{Full: true, Mapped: map[record.Kind][]string{record.Observation: {"metric", "value"}}})
}

func observation(id string, value float64) record.Record {
	r := record.New(record.Observation, id)
	r.Place = record.Place{Doc: "prov", Row: 1}
	must(r.SetText("metric", "m"))
	must(r.SetFloat("value", value))
	return r
}

func must(err error) {
	if err != nil {
		panic(err)
	}
}

// after begins, writes one record and then does something else.
func after(then func(ctx context.Context, out sdk.Sink) (sdk.End, error)) func() sdk.Source {
	return func() sdk.Source {
		return scripted{collect: func(ctx context.Context, _ sdk.CollectRequest, out sdk.Sink) (sdk.End, error) {
			if err := errors.Join(begin(out), out.Write([]record.Record{observation("1", 1)}), out.Progress(1, 0)); err != nil {
				return sdk.End{}, err
			}
			return then(ctx, out)
		}}
	}
}

var errStop = errors.New("unreached")

func builtin() map[string]func() sdk.Source {
	return map[string]func() sdk.Source{
		"good":   func() sdk.Source { return scripted{collect: good} },
		"panics": after(func(context.Context, sdk.Sink) (sdk.End, error) { panic("Anna Svensson") }),
		"dies":   after(func(context.Context, sdk.Sink) (sdk.End, error) { go explode(); select {} }),
		"exits":  after(func(context.Context, sdk.Sink) (sdk.End, error) { os.Exit(0); return sdk.End{}, nil }),
		"sleeps": after(func(context.Context, sdk.Sink) (sdk.End, error) { select {} }),
		"obeys":  after(func(ctx context.Context, _ sdk.Sink) (sdk.End, error) { <-ctx.Done(); return sdk.End{}, ctx.Err() }),
		"floods": after(flood),
		"prints": after(printing),
		"unreachable": after(func(context.Context, sdk.Sink) (sdk.End, error) {
			return sdk.End{}, fmt.Errorf("katalogen svarar inte: %w", sdk.ErrUnreachable)
		}),
		"outside":     after(outside),
		"environment": after(environment),
		"deadline":    after(deadline),
		"unchanged":   func() sdk.Source { return scripted{collect: unchanged} },
		"forgets": func() sdk.Source {
			return scripted{collect: func(context.Context, sdk.CollectRequest, sdk.Sink) (sdk.End, error) { return sdk.End{}, nil }}
		},
		"ignores": after(ignoresErrors),
		"parent":  func() sdk.Source { return scripted{collect: parent} },
		"million": ticketing,
		"watches": func() sdk.Source { return scripted{collect: good, watch: counting} },
	}
}

func good(_ context.Context, req sdk.CollectRequest, out sdk.Sink) (sdk.End, error) {
	if err := begin(out); err != nil {
		return sdk.End{}, err
	}
	n := 0
	for _, c := range strings.Split(strings.Trim(string(req.Settings.JSON), `"`), ",") {
		v, err := strconv.ParseFloat(c, 64)
		if err != nil {
			v = float64(n)
		}
		n++
		if err := out.Write([]record.Record{observation(strconv.Itoa(n), v)}); err != nil {
			return sdk.End{}, err
		}
	}
	if err := errors.Join(out.Progress(int64(n), int64(n)), out.Warn(sdk.Warning{Code: "bad_date", Reason: "Datumet finns inte.", Place: record.Place{Doc: "prov", Row: 9}, Refused: true})); err != nil {
		return sdk.End{}, err
	}
	return sdk.End{Cursor: []byte("after " + string(req.Cursor)), Seen: int64(n) + 1}, nil
}

func explode() {
	var none *record.Record
	none.ID = "Anna Svensson"
}

func flood(_ context.Context, out sdk.Sink) (sdk.End, error) {
	recs := make([]record.Record, 1000)
	for i := range recs {
		recs[i] = observation(strconv.Itoa(i), 1)
	}
	for {
		if err := out.Write(recs); err != nil {
			return sdk.End{}, err
		}
	}
}

func printing(context.Context, sdk.Sink) (sdk.End, error) {
	line, raw := strings.Repeat("skräp ", 100_000), rawStdout()
	for range 20 {
		fmt.Println(line)
		fmt.Fprintln(os.Stderr, line)
		if _, err := raw.WriteString(line); err != nil {
			return sdk.End{}, err
		}
	}
	return sdk.End{Seen: 1}, nil
}

func outside(_ context.Context, out sdk.Sink) (sdk.End, error) {
	clearID, secret, odd := record.New(record.Account, "annsve01"), observation("2", 2), observation("3", 3)
	must(secret.SetText("cause", "Anna Svensson ringde"))
	odd.Values[0] = record.Value{State: record.Set, S: "ovni"}
	system := record.New(record.System, "s1")
	p, err := sdk.NewPseudonymiser([]byte("0123456789abcdef"), "k1")
	must(err)
	account := record.New(record.Account, p.Of("annsve01"))
	must(account.SetText("category", "employee"))
	must(account.SetBool("enabled", true))
	account.Children[0] = []record.Row{{{State: record.Set, S: "annsve01"}, {State: record.Set, S: "login"}}, {{State: record.Set, S: p.Of("annsve01")}, {State: record.Set, S: "login"}}}
	account.Children[1] = []record.Row{{{State: record.Set, S: "Domain Admins"}, {}, {}}}
	return sdk.End{Seen: 6}, out.Write([]record.Record{clearID, secret, odd, system, account})
}

func environment(_ context.Context, out sdk.Sink) (sdk.End, error) {
	for i, kv := range os.Environ() {
		r := observation(strconv.Itoa(100+i), 1)
		must(r.SetText("metric", kv))
		if err := out.Write([]record.Record{r}); err != nil {
			return sdk.End{}, err
		}
	}
	stdin, err := os.Readlink("/proc/self/fd/0")
	must(err)
	r := observation("99", 1)
	must(r.SetText("metric", "stdin="+stdin))
	return sdk.End{}, out.Write([]record.Record{r})
}

func deadline(ctx context.Context, out sdk.Sink) (sdk.End, error) {
	at, ok := ctx.Deadline()
	if !ok {
		return sdk.End{}, errStop
	}
	return sdk.End{}, out.Write([]record.Record{observation("left", time.Until(at).Seconds())})
}

func unchanged(_ context.Context, _ sdk.CollectRequest, out sdk.Sink) (sdk.End, error) {
	return sdk.End{Cursor: []byte("same")}, out.Begin(sdk.Header{Unchanged: true})
}

// ignoresErrors writes what cannot be sent and says that all went well.
func ignoresErrors(_ context.Context, out sdk.Sink) (sdk.End, error) {
	_ = out.Write([]record.Record{{Kind: "spaceship", ID: "1"}})
	return sdk.End{Cursor: []byte("never")}, nil
}

// parent starts a process of its own and waits.
func parent(_ context.Context, _ sdk.CollectRequest, out sdk.Sink) (sdk.End, error) {
	must(begin(out))
	cmd := exec.Command("sleep", "300")
	cmd.Stdout, cmd.Stderr = os.Stdout, os.Stderr
	must(cmd.Start())
	for i, pid := range []int{os.Getpid(), cmd.Process.Pid} {
		if err := out.Progress(int64(pid), int64(i)); err != nil {
			return sdk.End{}, err
		}
	}
	select {}
}

// counting sends 1, 2, 3 … with the number as cursor, and breaks once after
// each third.
func counting(ctx context.Context, req sdk.WatchRequest, out sdk.WatchSink) error {
	n, err := strconv.Atoi("0" + strings.TrimPrefix(string(req.Cursor), "n"))
	if err != nil {
		n = 0
	}
	for i := n + 1; ; i++ {
		b := sdk.WatchBatch{
			Mapped:  map[record.Kind][]string{record.Observation: {"metric", "value"}},
			Records: []record.Record{observation(strconv.Itoa(i), float64(i))}, Cursor: []byte("n" + strconv.Itoa(i)),
		}
		if err := out.Send(ctx, b); err != nil {
			return err
		}
		if i%3 == 0 {
			return fmt.Errorf("avbrott: %w", sdk.ErrUnreachable)
		}
	}
}
