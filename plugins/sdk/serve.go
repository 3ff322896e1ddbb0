package sdk

import (
	"context"
	"errors"
	"os"

	"github.com/hashicorp/go-hclog"
	"github.com/hashicorp/go-plugin"
	"google.golang.org/grpc"

	"github.com/kommunpuls/kommunpuls/plugins/sdk/wire"
)

// Serve runs a source as a child of the daemon and returns when the daemon
// lets it go. It is all that main does:
//
//	func main() { sdk.Serve(klocka.Source{}) }
//
// What the source prints on standard output from here on goes nowhere;
// standard error reaches the daemon's log at debug level, so neither may hold
// personal data.
func Serve(src Source) {
	plugin.Serve(&plugin.ServeConfig{
		HandshakeConfig: Handshake(),
		Plugins:         plugin.PluginSet{wire.PluginName: &served{src: src}},
		GRPCServer: func(opts []grpc.ServerOption) *grpc.Server {
			return grpc.NewServer(append(opts, ServerOptions()...)...)
		},
		Logger: hclog.New(&hclog.LoggerOptions{Level: hclog.Error, Output: os.Stderr, JSONFormat: true}),
	})
}

// Handshake is what the daemon and a source must agree on before they talk.
func Handshake() plugin.HandshakeConfig {
	return plugin.HandshakeConfig{
		ProtocolVersion:  wire.ProtocolVersion,
		MagicCookieKey:   wire.CookieKey,
		MagicCookieValue: wire.CookieValue,
	}
}

// ServerOptions are the limits of the contract.
func ServerOptions() []grpc.ServerOption {
	return []grpc.ServerOption{
		grpc.MaxRecvMsgSize(wire.MaxMessage), grpc.MaxSendMsgSize(wire.MaxMessage),
		grpc.InitialWindowSize(wire.Window), grpc.InitialConnWindowSize(wire.Window),
	}
}

// Register adds a source to a gRPC server; [Serve] does so by itself.
func Register(s *grpc.Server, src Source) { wire.RegisterSourceServer(s, &server{src: src}) }

// served is the child's side of go-plugin.
type served struct {
	plugin.NetRPCUnsupportedPlugin
	src Source
}

func (p *served) GRPCServer(_ *plugin.GRPCBroker, s *grpc.Server) error {
	Register(s, p.src)
	return nil
}

func (p *served) GRPCClient(context.Context, *plugin.GRPCBroker, *grpc.ClientConn) (any, error) {
	return nil, errors.New("sdk: a source is no client")
}
