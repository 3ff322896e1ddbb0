package source_test

import (
	"context"
	"fmt"
	"os"
	"strings"
	"syscall"

	"github.com/hashicorp/go-plugin"
	"google.golang.org/grpc"

	"github.com/kommunpuls/kommunpuls/plugins/sdk"
	"github.com/kommunpuls/kommunpuls/plugins/sdk/wire"
)

// rawStdout is the process's own standard output, whatever os.Stdout is by now.
func rawStdout() *os.File { return os.NewFile(uintptr(syscall.Stdout), "stdout") }

// rogues are children that do not keep to the contract even in their first breath.
func rogues() map[string]func() {
	return map[string]func(){
		"garbage": func() { fmt.Println(strings.Repeat("skräp\n", 100)); select {} },
		"binary": func() {
			for range 100_000 {
				must2(os.Stdout.Write([]byte{0, 255, '|', 7, 13}))
			}
		},
		"silent":  func() { select {} },
		"leaves":  func() {},
		"version": func() { rogue(99, nil) },
		"chatty": func() {
			fmt.Println("hej!")
			must2(os.Stdout.WriteString(strings.Repeat("x", 100_000) + "\n"))
			sdk.Serve(builtin()["good"]())
		},
		"huge": func() { rogue(wire.ProtocolVersion, huge) },
		"noend": func() {
			rogue(wire.ProtocolVersion, func(s wire.Source_CollectServer) error { return s.Send(beginEvent()) })
		},
		"tworounds": func() { rogue(wire.ProtocolVersion, twoBegins) },
		"malformed": func() { rogue(wire.ProtocolVersion, malformed) },
		"afterend":  func() { rogue(wire.ProtocolVersion, afterEnd) },
	}
}

func must2(_ int, err error) { must(err) }

// rogue serves the wire by hand.
func rogue(version uint, collect func(wire.Source_CollectServer) error) {
	shake := sdk.Handshake()
	shake.ProtocolVersion = version
	plugin.Serve(&plugin.ServeConfig{
		HandshakeConfig: shake,
		Plugins:         plugin.PluginSet{wire.PluginName: &rogueServer{collect: collect}},
		GRPCServer:      plugin.DefaultGRPCServer,
	})
}

type rogueServer struct {
	plugin.NetRPCUnsupportedPlugin
	wire.UnimplementedSourceServer
	collect func(wire.Source_CollectServer) error
}

func (r *rogueServer) GRPCServer(_ *plugin.GRPCBroker, s *grpc.Server) error {
	wire.RegisterSourceServer(s, r)
	return nil
}

func (r *rogueServer) GRPCClient(context.Context, *plugin.GRPCBroker, *grpc.ClientConn) (any, error) {
	return nil, errStop
}

func (r *rogueServer) Describe(context.Context, *wire.DescribeRequest) (*wire.DescribeResponse, error) {
	return &wire.DescribeResponse{Name: "rogue", Kinds: []string{"observation"}, Allowed: []*wire.KindFields{{Kind: "observation", Fields: []string{"metric"}}}}, nil
}

func (r *rogueServer) Validate(context.Context, *wire.ValidateRequest) (*wire.ValidateResponse, error) {
	return &wire.ValidateResponse{}, nil
}

func (r *rogueServer) Collect(_ *wire.CollectRequest, s wire.Source_CollectServer) error {
	return r.collect(s)
}

func beginEvent() *wire.CollectEvent {
	return &wire.CollectEvent{Event: &wire.CollectEvent_Begin{Begin: &wire.Header{Full: true}}}
}

func endEvent() *wire.CollectEvent {
	return &wire.CollectEvent{Event: &wire.CollectEvent_End{End: &wire.End{Cursor: []byte("x")}}}
}

func sendAll(s wire.Source_CollectServer, events ...*wire.CollectEvent) error {
	for _, e := range events {
		if err := s.Send(e); err != nil {
			return err
		}
	}
	return nil
}

func huge(s wire.Source_CollectServer) error {
	return sendAll(s, beginEvent(), &wire.CollectEvent{Event: &wire.CollectEvent_Warning{Warning: &wire.Warning{Reason: strings.Repeat("x", 5<<20)}}}, endEvent())
}

func twoBegins(s wire.Source_CollectServer) error {
	return sendAll(s, beginEvent(), beginEvent(), endEvent())
}

func malformed(s wire.Source_CollectServer) error {
	return sendAll(s, beginEvent(), &wire.CollectEvent{Event: &wire.CollectEvent_Batch{Batch: &wire.Batch{Kind: "observation", Ids: &wire.Texts{Lengths: []uint32{1 << 31}}}}}, endEvent())
}

func afterEnd(s wire.Source_CollectServer) error {
	return sendAll(s, beginEvent(), endEvent(), endEvent())
}
