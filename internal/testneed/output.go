package testneed

import (
	"bytes"
	"sync"
)

// Output keeps what a program says and may be read while it says more. The
// zero value is ready.
type Output struct {
	mu   sync.Mutex
	said bytes.Buffer
}

func (o *Output) Write(p []byte) (int, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.said.Write(p)
}

// String is what has been said so far.
func (o *Output) String() string {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.said.String()
}
