package sql_test

import (
	"context"
	"fmt"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/kommunpuls/kommunpuls/plugins/sdk"
	"github.com/kommunpuls/kommunpuls/plugins/sdk/record"
	"github.com/kommunpuls/kommunpuls/plugins/sql"
	"github.com/kommunpuls/kommunpuls/plugins/sql/sqltest"
)

// million is the number of rows of the benchmark.
const million = 1_000_000

// tickets are rows as a service desk has them: numbers of their own, words that
// recur, times, and measures.
const tickets = `CREATE TABLE arende AS SELECT i::bigint AS nr, timestamptz '2021-01-01 06:00+00' + i * interval '150 s' AS skapad,
	CASE WHEN i % 7 < 5 THEN timestamptz '2021-01-01 06:00+00' + i * interval '150 s' + (i % 300) * interval '20 min' END AS lost,
	(ARRAY['Felanmälan','Beställning','Fråga'])[1 + i % 3] AS typ, (ARRAY['Stängt','Löst','Pågår'])[1 + i % 7 % 3] AS status,
	(ARRAY['Servicedesk','Drift','Nät','Klient'])[1 + i % 4] AS ko, (ARRAY['Socialförvaltningen','Barn och utbildning','Teknik'])[1 + i % 5 % 3] AS forvaltning,
	'Kategori ' || i % 40 AS kategori, (i % 5)::int AS ateroppnad, (i % 600)::float8 AS minuter
	FROM generate_series(1, 1000000) i`

const ticketQuery = "SELECT nr, skapad, lost, typ, status, ko, forvaltning, kategori, ateroppnad, minuter FROM arende"

// counter is a sink that keeps nothing.
type counter struct{ records, refused int64 }

func (c *counter) Begin(sdk.Header) error { return nil }
func (c *counter) Write(recs []record.Record) error {
	c.records += int64(len(recs))
	return nil
}
func (c *counter) Warn(w sdk.Warning) error {
	if w.Refused {
		c.refused++
	}
	return nil
}
func (c *counter) Progress(int64, int64) error       { return nil }
func (c *counter) Purge(record.Kind, []string) error { return nil }

// bare is a loop written with pgx alone, each value in a variable of its type.
func bare(tb testing.TB, srv *sqltest.Server) {
	tb.Helper()
	ctx := context.Background()
	conn, err := pgx.Connect(ctx, fmt.Sprintf("host=%s port=%d user=%s password=%s dbname=%s sslmode=disable", srv.Host, srv.Port, srv.Reader, srv.Password, srv.Database))
	if err != nil {
		tb.Fatal(err)
	}
	defer func() { _ = conn.Close(ctx) }()
	rows, err := conn.Query(ctx, ticketQuery)
	if err != nil {
		tb.Fatal(err)
	}
	var (
		n                                 int
		nr                                int64
		opened                            time.Time
		resolved                          *time.Time
		kind, status, queue, unit, sorted string
		again                             int32
		minutes                           float64
	)
	for rows.Next() {
		if err := rows.Scan(&nr, &opened, &resolved, &kind, &status, &queue, &unit, &sorted, &again, &minutes); err != nil {
			tb.Fatal(err)
		}
		n++
	}
	if rows.Err() != nil || n != million {
		tb.Fatal(rows.Err(), n)
	}
}

// BenchmarkMillionRows reads a million rows of PostgreSQL, and prints the time
// and the processor time at the source's output as multiples of a bare pgx
// loop that scans the same rows, in turns in one process.
func BenchmarkMillionRows(b *testing.B) {
	srv := sqltest.StartPostgres(b, "shared_buffers = 512MB")
	srv.Exec(tickets, "ANALYZE arende")
	s := server("postgres", srv).with("tls", "off", "ca_file", nil, "query", ticketQuery, "columns", map[string]any{
		"ticket_no": "nr", "opened_at": "skapad", "resolved_at": "lost", "kind": "typ", "status": "status", "queue": "ko", "org_unit": "forvaltning",
		"category": "kategori", "reopened_count": "ateroppnad", "work_minutes": "minuter",
	})
	req := s.request(b, "")
	bare(b, srv) // the server's cache is warm for both
	var peer, ours, peerCPU, oursCPU time.Duration
	b.ResetTimer()
	for range b.N {
		at, cpu := time.Now(), processor(b)
		bare(b, srv)
		peer, peerCPU = peer+time.Since(at), peerCPU+processor(b)-cpu
		at, cpu = time.Now(), processor(b)
		c := &counter{}
		if _, err := (sql.Source{}).Collect(context.Background(), req, c); err != nil || c.records != million || c.refused != 0 {
			b.Fatal(err, c)
		}
		ours, oursCPU = ours+time.Since(at), oursCPU+processor(b)-cpu
	}
	b.ReportMetric(float64(million*b.N)/ours.Seconds(), "rows/s")
	b.ReportMetric(ours.Seconds()/peer.Seconds(), "×bare-pgx")
	if peerCPU > 0 {
		b.ReportMetric(oursCPU.Seconds()/peerCPU.Seconds(), "×bare-pgx-CPU")
	}
}
