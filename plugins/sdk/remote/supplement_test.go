package remote_test

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
	"github.com/kommunpuls/kommunpuls/plugins/sdk/wire"
)

// apps is a source that opens with a header and writes nothing.
type apps struct {
	sdk.Source
	header sdk.Header
}

func (apps) Describe() sdk.Description {
	return sdk.Description{Name: "apps", Version: "1", Kinds: []record.Kind{record.System}, Allowed: map[record.Kind][]string{record.System: {"name", "sso_mode"}}, PrivacyNote: "Läser inget."}
}

func (a apps) Collect(_ context.Context, _ sdk.CollectRequest, out sdk.Sink) (sdk.End, error) {
	return sdk.End{Seen: 1}, out.Begin(a.header)
}

// raw answers with a header that no sdk would send.
type raw struct {
	wire.UnimplementedSourceServer
	header *wire.Header
}

func (raw) Describe(context.Context, *wire.DescribeRequest) (*wire.DescribeResponse, error) {
	return &wire.DescribeResponse{Name: "raw", Kinds: []string{"system"}}, nil
}

func (r raw) Collect(_ *wire.CollectRequest, s wire.Source_CollectServer) error {
	return errors.Join(s.Send(&wire.CollectEvent{Event: &wire.CollectEvent_Begin{Begin: r.header}}), s.Send(&wire.CollectEvent{Event: &wire.CollectEvent_End{End: &wire.End{}}}))
}

func collect(t *testing.T, register func(*grpc.Server)) (sdk.Header, error) {
	t.Helper()
	l := bufconn.Listen(1 << 16)
	server := grpc.NewServer()
	register(server)
	go func() { _ = server.Serve(l) }()
	defer server.Stop()
	conn, err := grpc.NewClient("passthrough:///x", grpc.WithTransportCredentials(insecure.NewCredentials()),
		grpc.WithContextDialer(func(ctx context.Context, _ string) (net.Conn, error) { return l.DialContext(ctx) }))
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	c, err := remote.Connect(t.Context(), conn)
	if err != nil {
		t.Fatal(err)
	}
	r := conform.NewRecorder(c.Describe(), "k1", conform.NewClear(nil))
	_, err = c.Collect(t.Context(), sdk.CollectRequest{}, r)
	return r.Header, err
}

func TestWhatSupplementsCrossesTheWire(t *testing.T) {
	h := sdk.Header{Full: true, Mapped: map[record.Kind][]string{record.System: {"name", "sso_mode"}}, Supplements: map[record.Kind]string{record.System: "Entra-applikation"}}
	got, err := collect(t, func(s *grpc.Server) { sdk.Register(s, apps{header: h}) })
	if err != nil {
		t.Fatal(err)
	}
	if got.Supplements[record.System] != "Entra-applikation" || len(got.Supplements) != 1 {
		t.Errorf("got %v", got.Supplements)
	}
}

func TestASourceCannotSupplementAnythingElse(t *testing.T) {
	systems := map[record.Kind][]string{record.System: {"name"}}
	for want, m := range map[string]map[record.Kind]string{
		"only those of system can": {record.Ticket: "Ärende"},
		"need a label of one line": {record.System: "Två\nrader"},
		"at most 40 letters":       {record.System: strings.Repeat("å", 41)},
	} {
		t.Run(want, func(t *testing.T) {
			h := sdk.Header{Mapped: systems, Supplements: m}
			_, err := collect(t, func(s *grpc.Server) { sdk.Register(s, apps{header: h}) })
			if !errors.Is(err, sdk.ErrContract) || !strings.Contains(err.Error(), want) {
				t.Errorf("its own side: got %v", err)
			}
			w := &wire.Header{Mapped: []*wire.KindFields{{Kind: "system", Fields: []string{"name"}}}, Supplements: map[string]string{}}
			for k, label := range m {
				w.Supplements[string(k)] = label
			}
			_, err = collect(t, func(s *grpc.Server) { wire.RegisterSourceServer(s, raw{header: w}) })
			if !errors.Is(err, sdk.ErrContract) || !strings.Contains(err.Error(), want) {
				t.Errorf("the daemon's side: got %v", err)
			}
		})
	}
	if err := (sdk.Header{Supplements: map[record.Kind]string{record.System: "App"}}).CheckSupplements(); err == nil || !strings.Contains(err.Error(), "does not map") {
		t.Errorf("a kind that is not mapped: got %v", err)
	}
}
