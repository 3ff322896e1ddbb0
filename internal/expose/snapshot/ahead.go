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

// What is made before its turn is held in parts of partBytes: no more than
// heldParts of all files together, and turnParts of the one that is written.
const (
	partBytes = 64 << 10
	heldParts = 128
	turnParts = 16
)

// writeAll writes files in their order, making the next ones while one is
// written: as many at once as workers, 1 if nothing is said. One that is made
// lets the next begin although its turn has not come, until what is held in
// memory is as much as may be; then they wait for whoever is written.
func writeAll(ctx context.Context, b *bag.Writer, workers int, jobs []job) (err error) {
	ctx, cancel := context.WithCancel(ctx)
	var wg sync.WaitGroup
	defer func() {
		cancel()
		wg.Wait()
	}()
	work, begun := make(chan struct{}, max(workers, 1)), make(chan *madeFile, len(jobs))
	room, spare := make(chan struct{}, heldParts), make(chan struct{}, turnParts)
	wg.Go(func() {
		for _, j := range jobs {
			select {
			case work <- struct{}{}:
			case <-ctx.Done():
				return
			}
			f := &madeFile{ctx: ctx, parts: make(chan part, heldParts+turnParts), room: room, spare: spare, turn: make(chan struct{})}
			begun <- f
			wg.Go(func() {
				f.end(j.write(ctx, f))
				<-work
			})
		}
	})
	for _, j := range jobs {
		w, err := b.File(j.name)
		if err != nil {
			return err
		}
		select {
		case f := <-begun:
			err = f.copyTo(w)
		case <-ctx.Done():
			err = ctx.Err()
		}
		if err != nil {
			return fmt.Errorf("%s: %w", j.name, err)
		}
	}
	return nil
}

// part is a piece of a file, and where its place in memory is given back.
type part struct {
	bytes []byte
	place chan struct{}
}

// madeFile is a file on its way into the bag.
type madeFile struct {
	ctx         context.Context
	buf         []byte
	parts       chan part     // has room for all that may be held
	room, spare chan struct{} // places in memory: of all, and of whoever is written
	turn        chan struct{} // closed when the file's turn has come
	err         error         // once parts is closed
}

// Write adds to the file, and waits where too much is held.
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
	p := part{bytes: f.buf}
	turn, spare := f.turn, chan struct{}(nil)
	for p.place == nil {
		select {
		case f.room <- struct{}{}:
			p.place = f.room
		case spare <- struct{}{}: // once the turn has come
			p.place = spare
		case <-turn:
			turn, spare = nil, f.spare
		case <-f.ctx.Done():
			return f.ctx.Err()
		}
	}
	f.parts <- p
	f.buf = nil
	return nil
}

func (f *madeFile) end(err error) {
	if err == nil && len(f.buf) > 0 {
		err = f.send()
	}
	f.err = err
	close(f.parts)
}

func (f *madeFile) copyTo(w io.Writer) error {
	close(f.turn)
	for {
		select {
		case p, ok := <-f.parts:
			if !ok {
				return f.err
			}
			<-p.place
			if _, err := w.Write(p.bytes); err != nil {
				return err
			}
		case <-f.ctx.Done():
			return f.ctx.Err()
		}
	}
}
