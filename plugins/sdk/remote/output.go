package remote

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"regexp"
	"strings"
	"sync"

	"github.com/kommunpuls/kommunpuls/plugins/sdk/wire"
)

// Bounds of what is looked at before a handshake.
const (
	maxLine    = 16 << 10
	maxGarbage = 256 << 10
	maxTail    = 8 << 10
)

// handshake passes the one line that go-plugin wants on, and swallows what a
// child prints before and after it.
type handshake struct {
	pipe io.ReadCloser
	in   *bufio.Reader
	line []byte // what is left to pass on

	mu      sync.Mutex
	found   bool
	garbage int
}

func newHandshake(pipe io.ReadCloser) *handshake {
	return &handshake{pipe: pipe, in: bufio.NewReaderSize(pipe, maxLine)}
}

func (h *handshake) Read(p []byte) (int, error) {
	if !h.shaken() {
		if err := h.search(); err != nil {
			return 0, err
		}
	}
	if len(h.line) > 0 {
		n := copy(p, h.line)
		h.line = h.line[n:]
		return n, nil
	}
	_, err := io.Copy(io.Discard, h.in) // until the child is gone
	if err == nil {
		err = io.EOF
	}
	return 0, err
}

func (h *handshake) search() error {
	for {
		line, err := h.in.ReadSlice('\n')
		if isHandshake(line) {
			h.line = bytes.Clone(line)
			h.mu.Lock()
			h.found = true
			h.mu.Unlock()
			return nil
		}
		h.mu.Lock()
		h.garbage += len(line)
		over := h.garbage > maxGarbage
		h.mu.Unlock()
		if over {
			return io.EOF
		}
		if err != nil && !errors.Is(err, bufio.ErrBufferFull) {
			return io.EOF
		}
	}
}

// isHandshake tells go-plugin's line: core|version|network|address|protocol|certificate.
func isHandshake(line []byte) bool {
	parts := bytes.Split(bytes.TrimSpace(line), []byte("|"))
	if len(parts) < 5 || !bytes.HasSuffix(line, []byte("\n")) {
		return false
	}
	network := string(parts[2])
	return len(parts[0]) == 1 && (network == "unix" || network == "tcp") && string(parts[4]) == "grpc"
}

func (h *handshake) Close() error { return h.pipe.Close() }

func (h *handshake) shaken() bool {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.found
}

// seen words what came instead of a handshake, without repeating it: it may be
// anything.
func (h *handshake) seen() string {
	h.mu.Lock()
	defer h.mu.Unlock()
	switch {
	case h.found:
		return "the handshake came, and no answer after it"
	case h.garbage == 0:
		return "nothing on standard output"
	}
	return fmt.Sprintf("%d bytes on standard output that are none", h.garbage)
}

// tail keeps the end of what a child writes on standard error. It is shown to
// nobody as it is, since it may hold what was being read.
type tail struct {
	next io.Writer

	mu   sync.Mutex
	kept []byte
}

func (t *tail) Write(p []byte) (int, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.kept = append(t.kept, p...)
	if len(t.kept) > 2*maxTail {
		t.kept = append(t.kept[:0], t.kept[len(t.kept)-maxTail:]...)
	}
	if t.next != nil {
		if _, err := t.next.Write(p); err != nil {
			t.next = nil // nobody listens; the child is not to suffer for it
		}
	}
	return len(p), nil
}

func (t *tail) note(s string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.kept = append(t.kept, (s + "\n")...)
}

// panicked finds where a Go program died: the first line of a stack that is
// not the runtime's. The panic's own words are left out.
func (t *tail) panicked() string {
	t.mu.Lock()
	defer t.mu.Unlock()
	text := string(t.kept)
	begin := max(strings.Index(text, "panic: "), strings.Index(text, "fatal error: "))
	if begin < 0 {
		return ""
	}
	text = text[begin:]
	i := strings.Index(text, "\ngoroutine ")
	if i < 0 {
		return "panic"
	}
	// A stack has two lines a frame: the function, then a tab and its place.
	place := regexp.MustCompile(`^\t.*[/\\]([^/\\]+:\d+)`)
	lines := strings.Split(text[i+1:], "\n")
	for j := 1; j+1 < len(lines); j++ {
		if m := place.FindStringSubmatch(lines[j+1]); m != nil && !strings.HasPrefix(lines[j], "runtime.") && !strings.HasPrefix(lines[j], "panic(") {
			return "panic at " + m[1]
		}
	}
	return "panic"
}

// refusal returns what a child said on purpose before it refused to start.
func (t *tail) refusal() string {
	t.mu.Lock()
	defer t.mu.Unlock()
	for _, line := range strings.Split(string(t.kept), "\n") {
		if text, ok := strings.CutPrefix(line, wire.RefusalPrefix); ok {
			return clip(text)
		}
	}
	return ""
}
