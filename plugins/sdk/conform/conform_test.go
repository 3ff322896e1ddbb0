package conform_test

import (
	"context"
	"errors"
	"net"
	"strings"
	"testing"

	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials/insecure"
	"google.golang.org/grpc/test/bufconn"

	"github.com/kommunpuls/kommunpuls/plugins/sdk"
	"github.com/kommunpuls/kommunpuls/plugins/sdk/conform"
	"github.com/kommunpuls/kommunpuls/plugins/sdk/record"
	"github.com/kommunpuls/kommunpuls/plugins/sdk/remote"
)

func desc() sdk.Description {
	return sdk.Description{
		Name: "prov", Version: "1", ConfigSchema: []byte(`{}`), PrivacyNote: "Läser inget.", Kinds: []record.Kind{record.Account, record.Observation},
		Allowed: map[record.Kind][]string{record.Account: {"category", "account.key"}, record.Observation: {"metric", "value"}},
	}
}

func mapped() sdk.Header {
	return sdk.Header{Full: true, Mapped: map[record.Kind][]string{record.Account: {"category", "key"}, record.Observation: {"metric", "value"}}}
}

func TestAFaultyDescriptionIsTold(t *testing.T) {
	if f := conform.Description(desc()); len(f) != 0 {
		t.Errorf("a good one: %v", f)
	}
	for want, damage := range map[string]func(*sdk.Description){
		"name and version":        func(d *sdk.Description) { d.Name = "" },
		"privacy note":            func(d *sdk.Description) { d.PrivacyNote = " " },
		"no JSON":                 func(d *sdk.Description) { d.ConfigSchema = []byte("{") },
		"no kind of record":       func(d *sdk.Description) { d.Kinds, d.Allowed = nil, nil },
		"stands twice":            func(d *sdk.Description) { d.Kinds = append(d.Kinds, record.Account) },
		"unknown kind":            func(d *sdk.Description) { d.Kinds = append(d.Kinds, "ufo") },
		"no allowed fields":       func(d *sdk.Description) { d.Allowed[record.Account] = nil },
		`no field or list "nope"`: func(d *sdk.Description) { d.Allowed[record.Account] = []string{"nope"} },
		"which it does not emit":  func(d *sdk.Description) { d.Allowed[record.Ticket] = []string{"kind"} },
	} {
		d := desc()
		damage(&d)
		if got := strings.Join(conform.Description(d), "\n"); !strings.Contains(got, want) {
			t.Errorf("want %q in %q", want, got)
		}
	}
}

func account(id string) record.Record {
	r := record.New(record.Account, id)
	r.Place = record.Place{Doc: "OU=Social", Row: 1}
	return r
}

func TestEveryBreachOfACollectionIsTold(t *testing.T) {
	p, err := sdk.NewPseudonymiser([]byte("0123456789abcdef"), "k1")
	if err != nil {
		t.Fatal(err)
	}
	good := func() record.Record { return account(p.Of("annsve01")) }
	write := func(recs ...record.Record) func(*conform.Recorder) {
		return func(r *conform.Recorder) { _ = r.Begin(mapped()); _ = r.Write(recs) }
	}
	set := func(field string, v record.Value) record.Record {
		r := good()
		s, _ := record.Lookup(record.Account)
		r.Values[s.Index(field)] = v
		return r
	}
	key := func(v string) record.Record {
		r := good()
		r.Children[0] = []record.Row{{{State: record.Set, S: v}, {State: record.Set, S: "login"}}}
		return r
	}
	for want, do := range map[string]func(*conform.Recorder){
		"":                               write(good(), key(p.Of("anna svensson")), set("category", record.Value{State: record.Set, S: "employee"})),
		"Write before Begin":             func(r *conform.Recorder) { _ = r.Write([]record.Record{good()}) },
		"Begin a second time":            func(r *conform.Recorder) { _ = r.Begin(mapped()); _ = r.Begin(mapped()) },
		"succeeded without Begin":        func(r *conform.Recorder) { r.End(sdk.End{}, nil) },
		"returned a cursor all the same": func(r *conform.Recorder) { r.End(sdk.End{Cursor: []byte("x")}, errors.New("fel")) },
		"Write although nothing changed": func(r *conform.Recorder) { _ = r.Begin(sdk.Header{Unchanged: true}); _ = r.Write(nil) },
		"is outside the allow list":      write(set("enabled", record.Value{State: record.Set, I: 1})),
		"which is not allowed": func(r *conform.Recorder) {
			_ = r.Begin(sdk.Header{Mapped: map[record.Kind][]string{record.Account: {"enabled"}}})
		},
		"only those of system can": func(r *conform.Recorder) {
			h := mapped()
			h.Supplements = map[record.Kind]string{record.Account: "Konto"}
			_ = r.Begin(h)
		},
		"it supplements system, which it does not emit": func(r *conform.Recorder) {
			_ = r.Begin(sdk.Header{Mapped: map[record.Kind][]string{record.System: {"name"}}, Supplements: map[record.Kind]string{record.System: "App"}})
		},
		"label of supplementing records holds the clear value": func(r *conform.Recorder) {
			_ = r.Begin(sdk.Header{Mapped: map[record.Kind][]string{record.System: {"name"}}, Supplements: map[record.Kind]string{record.System: "App för annsve01"}})
		},
		"is not in the header's mapped": func(r *conform.Recorder) {
			_ = r.Begin(sdk.Header{})
			_ = r.Write([]record.Record{set("category", record.Value{State: record.Blank})})
		},
		"is no pseudonym of key k1":      write(account("t9-00000000000000000000000000000000")),
		"holds no pseudonym":             write(key("en-nyckel")),
		"which is none of":               write(set("category", record.Value{State: record.Set, S: "alien"})),
		"without a place":                write(record.Record{Kind: record.Account, ID: p.Of("x"), Values: good().Values, Children: good().Children}),
		"a record of ticket":             write(record.New(record.Ticket, "1")),
		"id holds the clear value":       write(account("Svensson, Anna")),
		"place holds the clear value":    write(func() record.Record { r := good(); r.Place.Doc = "CN=ANNA SVENSSON,OU=x"; return r }()),
		"category holds the clear value": write(set("category", record.Value{State: record.Set, S: "annsve01"})),
		"warning at d holds the clear": func(r *conform.Recorder) {
			_ = r.Begin(mapped())
			_ = r.Warn(sdk.Warning{Code: "x", Reason: "annsve01 saknas", Place: record.Place{Doc: "d"}})
		},
		"a code in snake_case": func(r *conform.Recorder) {
			_ = r.Begin(mapped())
			_ = r.Warn(sdk.Warning{Code: "Bad Date", Reason: "x"})
		},
		"the cursor holds the clear value": func(r *conform.Recorder) { _ = r.Begin(mapped()); r.End(sdk.End{Cursor: []byte("last=ANNSVE01")}, nil) },
		"the error holds the clear value":  func(r *conform.Recorder) { r.End(sdk.End{}, errors.New("annsve01 nekades")) },
		"progress holds the clear value":   func(r *conform.Recorder) { _ = r.Begin(mapped()); _ = r.Progress(191212121212, 0) },
		"by an id that is no pseudonym":    func(r *conform.Recorder) { _ = r.Begin(mapped()); _ = r.Purge(record.Account, []string{"annsve02"}) },
		"a purge of ticket":                func(r *conform.Recorder) { _ = r.Begin(mapped()); _ = r.Purge(record.Ticket, nil) },
		"0 rows seen, and 1 refused": func(r *conform.Recorder) {
			_ = r.Begin(mapped())
			_ = r.Warn(sdk.Warning{Code: "x", Reason: "y", Refused: true})
			r.End(sdk.End{}, nil)
		},
	} {
		t.Run(want, func(t *testing.T) {
			r := conform.NewRecorder(desc(), "k1", conform.NewClear([]string{"Anna Svensson", "annsve01", "19121212-1212"}))
			do(r)
			got := strings.Join(r.Faults(), "\n")
			if want == "" && got != "" || !strings.Contains(got, want) {
				t.Errorf("got %q", got)
			}
		})
	}
}

func TestAClearValueIsFoundInEveryForm(t *testing.T) {
	c := conform.NewClear([]string{"Åsa Öberg", `KOMMUN\asaobe01`, "asa.oberg@kommun.example", "19121212-1212"})
	for _, text := range []string{
		"åsa öberg", "ÖBERG, ÅSA", "öberg åsa", "A\u030asa O\u0308berg", "x ASAOBE01 y", "cn=asa.oberg", "id 191212121212",
	} {
		if c.In(text) == "" {
			t.Errorf("%q was not found", text)
		}
	}
	for _, text := range []string{"Åsa", "Systemlista.xlsx", "k1-0123456789abcdef0123456789abcdef"} {
		if v := c.In(text); v != "" {
			t.Errorf("%q was taken for %q", text, v)
		}
	}
}

// leaky hides a clear value where no recorder looks: in a name that the daemon
// does not know and drops, and in what it panics with.
type leaky struct{ sdk.Source }

func (leaky) Describe() sdk.Description {
	d := desc()
	d.PrivacyNote = "Läser om Anna Svensson."
	return d
}

func TestTheTapFindsAClearValueInAnyMessage(t *testing.T) {
	l := bufconn.Listen(1 << 16)
	server := grpc.NewServer()
	sdk.Register(server, leaky{})
	go func() { _ = server.Serve(l) }()
	defer server.Stop()
	tap := conform.NewTap(conform.NewClear([]string{"Anna Svensson"}))
	conn, err := grpc.NewClient("passthrough:///x", append(tap.DialOptions(), grpc.WithTransportCredentials(insecure.NewCredentials()),
		grpc.WithContextDialer(func(ctx context.Context, _ string) (net.Conn, error) { return l.DialContext(ctx) }))...)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	if _, err := remote.Connect(t.Context(), conn); err != nil {
		t.Fatal(err)
	}
	if f := tap.Faults(); len(f) != 1 || !strings.Contains(f[0], "Describe") {
		t.Errorf("got %v", f)
	}
}
