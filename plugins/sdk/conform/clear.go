package conform

import (
	"bytes"
	"context"
	"fmt"
	"sort"
	"strconv"
	"strings"
	"sync"

	"golang.org/x/text/unicode/norm"
	"google.golang.org/grpc"
	"google.golang.org/protobuf/proto"

	"github.com/kommunpuls/kommunpuls/plugins/sdk"
)

// minClear is the shortest text looked for: shorter ones stand in everything.
const minClear = 4

// Clear finds personal values in the clear, in every form that a source might
// give them. It is safe for concurrent use.
type Clear struct {
	variants map[string]string // lower case → the value planted
	numbers  map[int64]string
}

// NewClear takes the clear values planted in what a source reads: names,
// logins, addresses, personal numbers.
func NewClear(values []string) *Clear {
	c := &Clear{variants: make(map[string]string), numbers: make(map[int64]string)}
	for _, v := range values {
		for _, form := range forms(v) {
			if form = strings.ToLower(form); len(form) >= minClear {
				c.variants[form] = v
			}
		}
		if digits := onlyDigits(v); len(digits) >= 8 {
			c.variants[digits] = v
			if n, err := strconv.ParseInt(digits, 10, 64); err == nil {
				c.numbers[n] = v
			}
		}
	}
	return c
}

// forms are the ways to write a person: both orders of a name, both Unicode
// forms, what normalisation makes of it, the part of an address before the @.
func forms(v string) []string {
	n := sdk.Normalise(v)
	out := []string{v, n}
	if local, _, ok := strings.Cut(n, "@"); ok && len(local) > 5 {
		out = append(out, local)
	}
	if first, last, ok := strings.Cut(n, " "); ok {
		out = append(out, last+", "+first, last+","+first, last+" "+first)
		if i := strings.LastIndexByte(n, ' '); i > len(first) {
			out = append(out, n[i+1:]+", "+n[:i], n[i+1:]+" "+n[:i])
		}
	}
	for _, s := range out {
		out = append(out, norm.NFC.String(s), norm.NFD.String(s))
	}
	return out
}

func onlyDigits(v string) string {
	return strings.Map(func(r rune) rune {
		if r < '0' || r > '9' {
			return -1
		}
		return r
	}, v)
}

// In returns the planted value that stands in text, or "".
func (c *Clear) In(text string) string {
	low := strings.ToLower(text)
	for form, v := range c.variants {
		if strings.Contains(low, form) {
			return v
		}
	}
	return ""
}

// number returns the planted value that a number is, or "".
func (c *Clear) number(n int64) string { return c.numbers[n] }

// Tap listens on a connection: it looks at the bytes of every message that
// arrives, whatever field they belong to.
type Tap struct {
	clear *Clear

	mu       sync.Mutex
	found    map[string]bool
	messages int
	bytes    int64
}

// NewTap returns a tap that looks for clear values.
func NewTap(c *Clear) *Tap { return &Tap{clear: c, found: make(map[string]bool)} }

// DialOptions put the tap on a connection.
func (t *Tap) DialOptions() []grpc.DialOption {
	return []grpc.DialOption{
		grpc.WithChainUnaryInterceptor(func(ctx context.Context, method string, req, reply any, cc *grpc.ClientConn, invoke grpc.UnaryInvoker, opts ...grpc.CallOption) error {
			err := invoke(ctx, method, req, reply, cc, opts...)
			t.look(method, reply)
			t.lookError(method, err)
			return err
		}),
		grpc.WithChainStreamInterceptor(func(ctx context.Context, desc *grpc.StreamDesc, cc *grpc.ClientConn, method string, open grpc.Streamer, opts ...grpc.CallOption) (grpc.ClientStream, error) {
			s, err := open(ctx, desc, cc, method, opts...)
			if err != nil {
				return nil, err
			}
			return &tapped{ClientStream: s, tap: t, method: method}, nil
		}),
	}
}

type tapped struct {
	grpc.ClientStream
	tap    *Tap
	method string
}

func (s *tapped) RecvMsg(m any) error {
	err := s.ClientStream.RecvMsg(m)
	if err != nil {
		s.tap.lookError(s.method, err)
		return err
	}
	s.tap.look(s.method, m)
	return nil
}

func (t *Tap) look(method string, m any) {
	msg, ok := m.(proto.Message)
	if !ok {
		return
	}
	raw, err := proto.Marshal(msg)
	if err != nil {
		return // what cannot be laid out did not cross either
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	t.messages++
	t.bytes += int64(len(raw))
	low := bytes.ToLower(raw)
	for form, v := range t.clear.variants {
		if bytes.Contains(low, []byte(form)) {
			t.found[fmt.Sprintf("%s: the clear value %q crossed the wire", method, v)] = true
		}
	}
}

func (t *Tap) lookError(method string, err error) {
	if err == nil {
		return
	}
	if v := t.clear.In(err.Error()); v != "" {
		t.mu.Lock()
		defer t.mu.Unlock()
		t.found[fmt.Sprintf("%s: the clear value %q crossed the wire in an error", method, v)] = true
	}
}

// Faults returns what was found.
func (t *Tap) Faults() []string {
	t.mu.Lock()
	defer t.mu.Unlock()
	out := make([]string, 0, len(t.found))
	for f := range t.found {
		out = append(out, f)
	}
	sort.Strings(out)
	return out
}

// Messages returns how many messages and bytes arrived.
func (t *Tap) Messages() (int, int64) {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.messages, t.bytes
}
