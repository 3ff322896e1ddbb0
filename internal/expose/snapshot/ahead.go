package snapshot

import (
	"context"
	"fmt"
	"io"
	"sync"

	"github.com/kommunpuls/kommunpuls/internal/expose/snapshot/bag"
)

// job writes one file of a bag.
type job struct {
	name  string
	write func(ctx context.Context, w io.Writer) error
}

// heldBytes is how much of a file is made before its turn comes.
const heldBytes = 4 << 20

// writeAll writes files in their order, making the next ones while one is
// written: as many at once as workers, 1 if nothing is said. No more of them
// than heldBytes each is held in memory.
func writeAll(ctx context.Context, b *bag.Writer, workers int, jobs []job) (err error) {
	ctx, cancel := context.WithCancel(ctx)
	var wg sync.WaitGroup
	defer func() {
		cancel()
		wg.Wait()
	}()
	at := make(chan struct{}, max(workers, 1))
	files := make([]*madeFile, len(jobs))
	for i := range jobs {
		files[i] = &madeFile{ctx: ctx, parts: make(chan []byte, heldBytes/partBytes)}
	}
	wg.Go(func() {
		for i, j := range jobs {
			select {
			case at <- struct{}{}:
			case <-ctx.Done():
				return
			}
			f := files[i]
			wg.Go(func() { f.end(j.write(ctx, f)) })
		}
	})
	for i, j := range jobs {
		w, err := b.File(j.name)
		if err != nil {
			return err
		}
		if err := files[i].copyTo(w); err != nil {
			return fmt.Errorf("%s: %w", j.name, err)
		}
		files[i] = nil
		<-at // one that is made and not written still counts as held
	}
	return nil
}

const partBytes = 64 << 10

// madeFile is a file on its way into the bag.
type madeFile struct {
	ctx   context.Context
	buf   []byte
	parts chan []byte
	err   error // once parts is closed
}

// Write adds to the file, and waits where too much of it is held.
func (f *madeFile) Write(b []byte) (int, error) {
	if f.buf == nil {
		f.buf = make([]byte, 0, partBytes)
	}
	f.buf = append(f.buf, b...)
	if len(f.buf) < partBytes {
		return len(b), nil
	}
	return len(b), f.send()
}

func (f *madeFile) send() error {
	select {
	case f.parts <- f.buf:
		f.buf = nil
		return nil
	case <-f.ctx.Done():
		return f.ctx.Err()
	}
}

func (f *madeFile) end(err error) {
	if err == nil && len(f.buf) > 0 {
		err = f.send()
	}
	f.err = err
	close(f.parts)
}

func (f *madeFile) copyTo(w io.Writer) error {
	for {
		select {
		case b, ok := <-f.parts:
			if !ok {
				return f.err
			}
			if _, err := w.Write(b); err != nil {
				return err
			}
		case <-f.ctx.Done():
			return f.ctx.Err()
		}
	}
}
