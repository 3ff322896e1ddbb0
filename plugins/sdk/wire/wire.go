// Package wire is what crosses between the daemon and a source: the gRPC
// service of source.proto and the records' layout within its batches.
//
// Records travel column by column, because a million tickets of twenty-five
// fields are then a few thousand long vectors and not twenty-five million
// small messages. Whoever decodes trusts nothing: every length, index and
// count is checked against what there is before anything is allocated.
package wire

//go:generate protoc --go_out=. --go_opt=paths=source_relative --go-grpc_out=. --go-grpc_opt=paths=source_relative source.proto

// MaxMessage is the largest message in either direction.
const MaxMessage = 4 << 20

// The handshake between the daemon and a child process.
const (
	ProtocolVersion = 1
	CookieKey       = "KOMMUNPULS_SOURCE"
	CookieValue     = "kommunpuls.source.v1"
	PluginName      = "source"
)

// Window is the flow-control window of a stream: what may be under way
// before the sender waits for the receiver.
const Window = 2 << 20

// RefusalPrefix begins the line on standard error with which a child tells why
// it will not run; the daemon shows that line, and no other.
const RefusalPrefix = "kommunpuls refuses: "
