package wire_test

import (
	"testing"

	"google.golang.org/protobuf/proto"

	"github.com/kommunpuls/kommunpuls/plugins/sdk/record"
	"github.com/kommunpuls/kommunpuls/plugins/sdk/wire"
)

const benchRows = 2000

func encodeTickets(b *testing.B, builder *wire.Builder, recs []record.Record) []byte {
	for i := range recs {
		if err := builder.Add(&recs[i]); err != nil {
			b.Fatal(err)
		}
	}
	raw, err := proto.Marshal(builder.Batch())
	if err != nil {
		b.Fatal(err)
	}
	return raw
}

func tickets() []record.Record {
	recs := make([]record.Record, benchRows)
	for i := range recs {
		recs[i] = sample(record.Ticket, i)
	}
	return recs
}

func BenchmarkEncodeTickets(b *testing.B) {
	builder, err := wire.NewBuilder(record.Ticket)
	if err != nil {
		b.Fatal(err)
	}
	recs := tickets()
	for b.Loop() {
		b.SetBytes(int64(len(encodeTickets(b, builder, recs))))
	}
	b.ReportMetric(float64(benchRows*b.N)/b.Elapsed().Seconds(), "rows/s")
}

func BenchmarkDecodeTickets(b *testing.B) {
	builder, err := wire.NewBuilder(record.Ticket)
	if err != nil {
		b.Fatal(err)
	}
	raw := encodeTickets(b, builder, tickets())
	b.SetBytes(int64(len(raw)))
	for b.Loop() {
		var batch wire.Batch
		if err := proto.Unmarshal(raw, &batch); err != nil {
			b.Fatal(err)
		}
		if recs, _, err := batch.Records(); err != nil || len(recs) != benchRows {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(benchRows*b.N)/b.Elapsed().Seconds(), "rows/s")
}
