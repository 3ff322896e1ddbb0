package terminal

import (
	"io"
	"log/slog"
	"time"

	"github.com/vbauerster/mpb/v8"
	"github.com/vbauerster/mpb/v8/decor"
)

// logEvery is how often long work is logged where there is no terminal.
const logEvery = 10 * time.Second

// Progress shows how far long work has come: bars on a terminal, log lines
// elsewhere. End must be called.
type Progress struct {
	bars *mpb.Progress // nil where there is no terminal
	log  *slog.Logger
	now  func() time.Time
	last *mpb.Bar
}

// NewProgress shows progress on w, or in the log when w is no terminal.
func NewProgress(w io.Writer, log *slog.Logger, now func() time.Time) *Progress {
	p := &Progress{log: log, now: now}
	if Is(w) {
		p.bars = mpb.New(mpb.WithOutput(w), mpb.WithWidth(40))
	}
	return p
}

// Start begins a piece of work and returns what tells how far it has come;
// total 0 is unknown.
func (p *Progress) Start(name string) func(done, total int64) {
	p.finish()
	if p.bars == nil {
		began := p.now()
		return func(done, total int64) {
			if t := p.now(); t.Sub(began) >= logEvery {
				began = t
				p.log.Info("working", "on", name, "done", done, "of", total)
			}
		}
	}
	bar := p.bars.New(0, mpb.BarStyle(), mpb.BarRemoveOnComplete(),
		mpb.PrependDecorators(decor.Name(name+" ", decor.WCSyncSpaceR)), mpb.AppendDecorators(decor.CurrentNoUnit("%d ")))
	p.last = bar
	return func(done, total int64) {
		bar.SetTotal(max(total, done+1), false)
		bar.SetCurrent(done)
	}
}

func (p *Progress) finish() {
	if p.last != nil {
		p.last.SetTotal(-1, true)
		p.last = nil
	}
}

// End takes the bars away.
func (p *Progress) End() {
	p.finish()
	if p.bars != nil {
		p.bars.Wait()
	}
}
