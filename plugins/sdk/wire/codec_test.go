package wire_test

import (
	"errors"
	"math"
	"reflect"
	"strings"
	"testing"

	"google.golang.org/protobuf/proto"

	"github.com/kommunpuls/kommunpuls/plugins/sdk/record"
	"github.com/kommunpuls/kommunpuls/plugins/sdk/wire"
)

// sample fills a record of a kind with every state and type in turn.
func sample(kind record.Kind, i int) record.Record {
	s, _ := record.Lookup(kind)
	r := record.New(kind, "id-"+string(rune('a'+i%26)))
	r.Place = record.Place{Doc: "Ärenden.xlsx", Sheet: "Blad " + string(rune('0'+i%3)), Row: int64(i)}
	r.EffectiveFrom = int64(i % 2 * 1700000000)
	for f := range s.Fields {
		r.Values[f] = sampleValue(s.Fields[f], i+f)
	}
	for c := range s.Children {
		switch (i + c) % 3 {
		case 1:
			r.Children[c] = []record.Row{}
		case 2:
			for k := range 2 {
				row := make(record.Row, len(s.Children[c].Fields))
				for f := range row {
					row[f] = sampleValue(s.Children[c].Fields[f], i+f+k)
				}
				r.Children[c] = append(r.Children[c], row)
			}
		}
	}
	return r
}

func sampleValue(f record.Field, i int) record.Value {
	switch i % 4 {
	case 0:
		return record.Value{}
	case 1:
		return record.Value{State: record.Blank}
	}
	switch f.Type {
	case record.Int, record.Time, record.Date:
		return record.Value{State: record.Set, I: int64(i%7-3) * 1234567890}
	case record.Bool:
		return record.Value{State: record.Set, I: int64(i % 2)}
	case record.Float:
		return record.Value{State: record.Set, F: float64(i) / 3}
	}
	return record.Value{State: record.Set, S: strings.Repeat("åäö ", i%5+1)}
}

func TestRecordsOfEveryKindCrossUnchanged(t *testing.T) {
	for _, s := range record.Schemas() {
		t.Run(string(s.Kind), func(t *testing.T) {
			b, err := wire.NewBuilder(s.Kind)
			if err != nil {
				t.Fatal(err)
			}
			var want, got []record.Record
			for i := range 300 {
				r := sample(s.Kind, i)
				want = append(want, r)
				if err := b.Add(&r); err != nil {
					t.Fatal(err)
				}
				if i%70 == 69 {
					got = append(got, crossed(t, b.Batch())...)
				}
			}
			got = append(got, crossed(t, b.Batch())...)
			if b.Batch() != nil {
				t.Error("an empty builder gives a batch")
			}
			if len(got) != len(want) {
				t.Fatalf("%d records arrived of %d", len(got), len(want))
			}
			for i := range want {
				if !same(want[i], got[i]) {
					t.Fatalf("record %d:\nsent %+v\ngot  %+v", i, want[i], got[i])
				}
			}
		})
	}
}

func crossed(t *testing.T, b *wire.Batch) []record.Record {
	t.Helper()
	raw, err := proto.Marshal(b)
	if err != nil {
		t.Fatal(err)
	}
	var back wire.Batch
	if err := proto.Unmarshal(raw, &back); err != nil {
		t.Fatal(err)
	}
	recs, unknown, err := back.Records()
	if err != nil || len(unknown) != 0 {
		t.Fatal(err, unknown)
	}
	return recs
}

// same compares, an empty list being another thing than none.
func same(a, b record.Record) bool { return reflect.DeepEqual(a, b) }

func TestABatchStaysFarBelowTheLargestMessage(t *testing.T) {
	b, _ := wire.NewBuilder(record.System)
	r := record.New(record.System, "x")
	if err := r.SetText("name", strings.Repeat("n", 900_000)); err != nil {
		t.Fatal(err)
	}
	batches := 0
	for range 5 {
		if err := b.Add(&r); err != nil {
			t.Fatal(err)
		}
		if b.Full() {
			batches++
			if n := proto.Size(b.Batch()); n > wire.MaxMessage*3/4 {
				t.Errorf("a batch of %d bytes", n)
			}
		}
	}
	if batches < 2 {
		t.Errorf("only %d batches were full", batches)
	}
	if err := r.SetText("name", strings.Repeat("n", 2<<20)); err != nil {
		t.Fatal(err)
	}
	if err := b.Add(&r); !errors.Is(err, wire.ErrRecord) {
		t.Errorf("a record of 2 MB: got %v", err)
	}
}

func TestARecordThatDoesNotFitIsRefusedBeforeItIsSent(t *testing.T) {
	b, _ := wire.NewBuilder(record.System)
	none, other := record.New(record.System, ""), record.New(record.Ticket, "1")
	short, badRow := record.New(record.System, "1"), record.New(record.System, "1")
	short.Values = short.Values[1:]
	badRow.Children[0] = []record.Row{make(record.Row, 1)}
	for name, r := range map[string]record.Record{"no id": none, "another kind": other, "too few values": short, "short child row": badRow} {
		if err := b.Add(&r); !errors.Is(err, wire.ErrRecord) {
			t.Errorf("%s: got %v", name, err)
		}
	}
	if b.Batch() != nil {
		t.Error("a refused record was kept")
	}
}

func TestEmptyAndBrokenTextsAreMadeSafe(t *testing.T) {
	b, _ := wire.NewBuilder(record.System)
	r := record.New(record.System, "a\xffb")
	r.Values[0] = record.Value{State: record.Set}
	r.Values[4] = record.Value{State: record.Set, S: "guld\xe5"}
	if err := b.Add(&r); err != nil {
		t.Fatal(err)
	}
	got := crossed(t, b.Batch())[0]
	if got.ID != "a\uFFFDb" || got.Values[0].State != record.Blank || got.Values[4].S != "guld\uFFFD" {
		t.Errorf("got %+v", got)
	}
}

// A batch with two systems, to be broken in one place each.
func good() *wire.Batch {
	return &wire.Batch{
		Kind: "system", Ids: &wire.Texts{Text: []byte("ab"), Lengths: []uint32{1, 1}},
		Documents: []*wire.Document{{Doc: "d"}}, PlaceDocument: []uint32{0, 0}, PlaceRow: []int64{1, 2},
		Columns: []*wire.Column{
			{Field: "name", Texts: &wire.Texts{Text: []byte("åb"), Lengths: []uint32{2, 1}}},
			{Field: "user_count", States: []byte{0b0110}, Ints: []int64{7}},
		},
		Children: []*wire.Child{{Name: "alias", Counts: []int32{1, -1}, Columns: []*wire.Column{{Field: "alias", Texts: &wire.Texts{Text: []byte("x"), Lengths: []uint32{1}}}}}},
	}
}

func TestAMalformedBatchIsRefused(t *testing.T) {
	if _, _, err := good().Records(); err != nil {
		t.Fatal(err)
	}
	for name, damage := range map[string]func(*wire.Batch){
		"text longer than there is":    func(b *wire.Batch) { b.Ids.Lengths[1] = 5 },
		"length near overflow":         func(b *wire.Batch) { b.Ids.Lengths[1] = math.MaxUint32 },
		"text left over":               func(b *wire.Batch) { b.Ids.Text = []byte("abc") },
		"no id":                        func(b *wire.Batch) { b.Ids.Lengths = []uint32{0, 2} },
		"not UTF-8":                    func(b *wire.Batch) { b.Ids.Text = []byte("a\xff") },
		"cut within a letter":          func(b *wire.Batch) { b.Columns[0].Texts.Lengths = []uint32{1, 2} },
		"places missing":               func(b *wire.Batch) { b.PlaceRow = nil },
		"a document that is not there": func(b *wire.Batch) { b.PlaceDocument[0] = 1 },
		"effective dates missing":      func(b *wire.Batch) { b.EffectiveFrom = []int64{1} },
		"states too short":             func(b *wire.Batch) { b.Columns[1].States = []byte{}; b.Columns[1].Ints = []int64{7} },
		"states too long":              func(b *wire.Batch) { b.Columns[1].States = []byte{6, 0} },
		"a state that does not exist":  func(b *wire.Batch) { b.Columns[1].States = []byte{3} },
		"too many values":              func(b *wire.Batch) { b.Columns[1].Ints = []int64{7, 8} },
		"values of another type":       func(b *wire.Batch) { b.Columns[1].Floats, b.Columns[1].Ints = []float64{7}, nil },
		"values of two types":          func(b *wire.Batch) { b.Columns[1].Floats = []float64{7} },
		"an empty text":                func(b *wire.Batch) { b.Columns[0].Texts.Lengths = []uint32{0, 3} },
		"a field twice":                func(b *wire.Batch) { b.Columns[1] = b.Columns[0] },
		"a list twice":                 func(b *wire.Batch) { b.Children = append(b.Children, b.Children[0]) },
		"a negative count":             func(b *wire.Batch) { b.Children[0].Counts[1] = -2 },
		"a huge count":                 func(b *wire.Batch) { b.Children[0].Counts[1] = math.MaxInt32 },
		"counts missing":               func(b *wire.Batch) { b.Children[0].Counts = []int32{1} },
		"more rows of lists than may be": func(b *wire.Batch) {
			b.Children[0].Counts = []int32{wire.MaxChildRows, 1}
		},
		"more records than may be": func(b *wire.Batch) {
			n := wire.MaxRows + 1
			b.Ids = &wire.Texts{Text: make([]byte, n), Lengths: make([]uint32, n)}
		},
	} {
		t.Run(name, func(t *testing.T) {
			b := good()
			damage(b)
			if _, _, err := b.Records(); !errors.Is(err, wire.ErrMalformed) {
				t.Errorf("got %v", err)
			}
		})
	}
}

func TestWhatTheContractDoesNotNameIsCounted(t *testing.T) {
	b := good()
	b.Columns = append(b.Columns, &wire.Column{Field: "shoe_size", Ints: []int64{1, 2}})
	b.Children = append(b.Children, &wire.Child{Name: "pet", Counts: []int32{2, 1}})
	recs, unknown, err := b.Records()
	if err != nil || len(recs) != 2 || !reflect.DeepEqual(unknown, wire.Unknown{"system.shoe_size": 2, "system.pet": 3}) {
		t.Error(recs, unknown, err)
	}
	b.Kind = "spaceship"
	if recs, unknown, err = b.Records(); err != nil || len(recs) != 0 || unknown["spaceship"] != 2 {
		t.Error(recs, unknown, err)
	}
}

// A hostile source cannot crash the daemon, and what is accepted has the shape
// that the rest of the program relies on.
func FuzzBatch(f *testing.F) {
	raw, _ := proto.Marshal(good())
	f.Add(raw)
	for _, s := range record.Schemas() {
		b, _ := wire.NewBuilder(s.Kind)
		for i := range 3 {
			r := sample(s.Kind, i)
			if err := b.Add(&r); err != nil {
				f.Fatal(err)
			}
		}
		raw, _ := proto.Marshal(b.Batch())
		f.Add(raw)
	}
	f.Fuzz(func(t *testing.T, raw []byte) {
		var b wire.Batch
		if proto.Unmarshal(raw, &b) != nil {
			return
		}
		recs, _, err := b.Records()
		if err != nil {
			if !errors.Is(err, wire.ErrMalformed) {
				t.Errorf("an error without a name: %v", err)
			}
			return
		}
		if len(recs) == 0 {
			return
		}
		again, err := wire.NewBuilder(recs[0].Kind)
		if err != nil {
			t.Fatal(err)
		}
		for i := range recs {
			if err := again.Add(&recs[i]); err != nil && !strings.Contains(err.Error(), "more than one record may have") {
				t.Fatalf("an accepted record does not fit: %v", err)
			}
		}
	})
}
