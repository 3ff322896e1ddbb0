package sdktest

import (
	"context"
	"net"
	"os/exec"
	"testing"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials/insecure"
	"google.golang.org/grpc/test/bufconn"

	"github.com/kommunpuls/kommunpuls/plugins/sdk"
	"github.com/kommunpuls/kommunpuls/plugins/sdk/conform"
	"github.com/kommunpuls/kommunpuls/plugins/sdk/remote"
)

// connection is a source on the other side of a wire that is listened to.
type connection struct {
	*remote.Client
	tap   *conform.Tap
	clear *conform.Clear
	// calls, in the same process only, tells what the source itself saw.
	calls chan call
	cut   func()
}

func (c Case) connect(t testing.TB) connection {
	t.Helper()
	clear := conform.NewClear(c.Clear)
	out := connection{clear: clear, tap: conform.NewTap(clear)}
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	if len(c.Executable) > 0 {
		cmd := exec.Command(c.Executable[0], c.Executable[1:]...)
		cmd.Env = append([]string{}, c.Env...)
		child, err := remote.Start(ctx, remote.Config{Cmd: cmd, StartTimeout: time.Minute, DialOptions: out.tap.DialOptions()})
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(child.Close)
		out.Client, out.cut = child.Client, child.Kill
		return out
	}
	out.calls = make(chan call, 1)
	wire := bufconn.Listen(1 << 20)
	server := grpc.NewServer(sdk.ServerOptions()...)
	sdk.Register(server, &probe{Source: c.New(), calls: out.calls})
	served := make(chan error, 1)
	go func() { served <- server.Serve(wire) }()
	opts := append(remote.DialOptions(), out.tap.DialOptions()...)
	opts = append(opts, grpc.WithTransportCredentials(insecure.NewCredentials()),
		grpc.WithContextDialer(func(ctx context.Context, _ string) (net.Conn, error) { return wire.DialContext(ctx) }))
	conn, err := grpc.NewClient("passthrough:///source", opts...)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := conn.Close(); err != nil {
			t.Error(err)
		}
		server.Stop()
		if err := <-served; err != nil {
			t.Error(err)
		}
	})
	if out.Client, err = remote.Connect(ctx, conn); err != nil {
		t.Fatal(err)
	}
	out.cut = server.Stop
	return out
}

func (w connection) recorder() *conform.Recorder {
	return conform.NewRecorder(w.Describe(), keyID, w.clear)
}

// settle reports what the recorder and the tap found.
func (w connection) settle(t testing.TB, r *conform.Recorder) {
	t.Helper()
	for _, f := range append(r.Faults(), w.tap.Faults()...) {
		t.Error(f)
	}
}
