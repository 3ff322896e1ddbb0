package sql

import (
	"context"
	"encoding/json"
	"errors"
	"net"
	"strings"
	"testing"
	"time"

	"github.com/microsoft/go-mssqldb/msdsn"

	"github.com/kommunpuls/kommunpuls/internal/column"
	"github.com/kommunpuls/kommunpuls/plugins/sdk"
)

// No SQL Server can be had in the tests: what is told here is what the driver
// is given and what is made of what it gives.

func sqlServerPlan(t *testing.T, change map[string]any) *plan {
	t.Helper()
	s := map[string]any{"driver": "sqlserver", "host": "sql1.kommunen.se", "database": "Ärenden", "user": `KOMMUN\läs`, "password": "p@ss/w:o?rd#%",
		"query": "SELECT 1 AS nr", "record": "system", "columns": map[string]any{"name": "nr"}}
	for k, v := range change {
		s[k] = v
	}
	b, err := json.Marshal(s)
	if err != nil {
		t.Fatal(err)
	}
	p, ps := newPlan(sdk.Settings{JSON: b})
	if len(ps) > 0 {
		t.Fatal(ps)
	}
	return p
}

func TestSQLServersDriverIsGivenWhatTheSettingsSay(t *testing.T) {
	cfg, err := sqlServerPlan(t, nil).sqlServerConfig()
	if err != nil {
		t.Fatal(err)
	}
	if cfg.Host != "sql1.kommunen.se" || cfg.Port != 1433 || cfg.Database != "Ärenden" || cfg.User != `KOMMUN\läs` || cfg.Password != "p@ss/w:o?rd#%" || !cfg.ReadOnlyIntent {
		t.Errorf("got %s:%d %s %s", cfg.Host, cfg.Port, cfg.Database, cfg.User)
	}
	if cfg.Encryption != msdsn.EncryptionRequired || cfg.TLSConfig == nil || cfg.TLSConfig.InsecureSkipVerify || cfg.TLSConfig.ServerName != "sql1.kommunen.se" {
		t.Errorf("encryption %v, %+v", cfg.Encryption, cfg.TLSConfig)
	}
	if cfg, err = sqlServerPlan(t, map[string]any{"tls": "off", "port": 14330}).sqlServerConfig(); err != nil || cfg.Encryption != msdsn.EncryptionDisabled || cfg.Port != 14330 {
		t.Errorf("%v: encryption %v, port %d", err, cfg.Encryption, cfg.Port)
	}
	if cfg, err = sqlServerPlan(t, map[string]any{"instance": "DRIFT"}).sqlServerConfig(); err != nil || cfg.Instance != "DRIFT" || cfg.Port != 0 {
		t.Errorf("%v: instance %s, port %d", err, cfg.Instance, cfg.Port)
	}
}

func TestSQLServersValues(t *testing.T) {
	wall := time.Date(2026, 7, 1, 12, 30, 15, 0, time.UTC)
	for _, c := range []struct {
		typ  string
		in   any
		want column.Cell
	}{
		{"DATETIME2", wall, column.Cell{Type: column.Wall, Int: wall.Unix()}},
		{"DATETIME", wall, column.Cell{Type: column.Wall, Int: wall.Unix()}},
		{"DATE", wall.Truncate(24 * time.Hour), column.Cell{Type: column.Day, Int: wall.Truncate(24 * time.Hour).Unix()}},
		{"DATETIMEOFFSET", wall.In(time.FixedZone("", 7200)), column.Cell{Type: column.Instant, Int: wall.Unix()}},
		{"DECIMAL", []byte("1234.500"), column.Cell{Type: column.Number, Num: 1234.5, Text: "1234.500"}},
		{"MONEY", []byte("12.5000"), column.Cell{Type: column.Number, Num: 12.5, Text: "12.5000"}},
		{"BIGINT", int64(7), column.Cell{Type: column.Int, Int: 7}},
		{"BIT", true, column.Cell{Type: column.Bool, Int: 1}},
		{"NVARCHAR", "Nät", column.Cell{Type: column.Text, Text: "Nät"}},
		{"VARBINARY", []byte{0xc3, 0x28}, column.Cell{Type: column.Garbled}},
		{"UNIQUEIDENTIFIER", []byte{0x33, 0x22, 0x11, 0x00, 0x55, 0x44, 0x77, 0x66, 0x88, 0x99, 0xaa, 0xbb, 0xcc, 0xdd, 0xee, 0xff},
			column.Cell{Type: column.Text, Text: "00112233-4455-6677-8899-AABBCCDDEEFF"}},
	} {
		t.Run(c.typ, func(t *testing.T) {
			got := sqlServerDecode(c.typ)(c.in)
			if got.Type != c.want.Type || got.Int != c.want.Int || got.Num != c.want.Num || got.Text != c.want.Text {
				t.Errorf("got %+v, want %+v", got, c.want)
			}
		})
	}
}

// A server that takes the connection and hangs up is told from one that is not there.
func TestSQLServerThatHangsUp(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = l.Close() }()
	go func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			_ = c.Close()
		}
	}()
	addr, ok := l.Addr().(*net.TCPAddr)
	if !ok {
		t.Fatal(l.Addr())
	}
	p := sqlServerPlan(t, map[string]any{"host": "127.0.0.1", "port": addr.Port})
	_, err = p.openSQLServer(context.Background())
	if !errors.Is(err, sdk.ErrUnreachable) || strings.Contains(err.Error(), "p@ss") {
		t.Errorf("got %v", err)
	}
	p.Port = 1
	if _, err = p.openSQLServer(context.Background()); !errors.Is(err, sdk.ErrUnreachable) || strings.Contains(err.Error(), "p@ss") {
		t.Errorf("got %v", err)
	}
}
