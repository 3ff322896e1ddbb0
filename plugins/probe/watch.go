package probe

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/kommunpuls/kommunpuls/internal/watchlist"
	"github.com/kommunpuls/kommunpuls/plugins/sdk"
	"github.com/kommunpuls/kommunpuls/plugins/sdk/record"
)

const (
	flushEvery = 2 * time.Second
	slotsEvery = time.Minute
	fileEvery  = 10 * time.Second
	// patience is how long a watch that ends waits for its probes.
	patience = 500 * time.Millisecond
	// maxGap is how far back results that were lost with the process are told
	// as not measured; what is further back has no records at all.
	maxGap = 2 * time.Minute
)

// errChanged says that the list of targets is another one now.
var errChanged = errors.New("probe: the list of targets has changed")

// Watch implements [sdk.Source].
func (s Source) Watch(ctx context.Context, req sdk.WatchRequest, out sdk.WatchSink) error {
	list, err := load(ctx, req.Settings)
	if err != nil {
		return err
	}
	last, _ := readCursor(req.Cursor)
	w := &watch{out: out, settings: req.Settings, codec: watchlist.NewCodec(), now: time.Now, tray: newTray(last), list: list, until: last.Until, slots: time.Now()}
	w.sight = newSight(list.Gateways())
	w.resume(last)
	for {
		if err := w.run(ctx); !errors.Is(err, errChanged) {
			return err
		}
	}
}

// load reads the settings and the list of targets.
func load(ctx context.Context, s sdk.Settings) (*watchlist.List, error) {
	list, err := watchlist.Load(ctx, s.JSON, s.BaseDir)
	switch {
	case err == nil && len(list.Targets) > len(list.Gateways()):
		return list, nil
	case ctx.Err() != nil:
		return nil, ctx.Err()
	case err == nil:
		return nil, fmt.Errorf("probe: %w: listan har inga mål", sdk.ErrBadInput)
	}
	return nil, fmt.Errorf("probe: %w: %w", sdk.ErrBadInput, err)
}

// watch is one running watch.
type watch struct {
	out      sdk.WatchSink
	settings sdk.Settings
	codec    watchlist.Codec
	now      func() time.Time
	list     *watchlist.List
	tray     *tray
	sight    *sight
	until    int64 // of the newest cursor, milliseconds
	warnings []sdk.Warning
	pinged   bool // that pinging is not allowed has been told
	slots    time.Time
	missed   hours // as of the last warning
}

// resume tells of the slots whose results were lost with the process before.
func (w *watch) resume(last cursor) {
	now := w.now()
	oldest := now.Add(-maxGap)
	lost := func(t *watchlist.Target, at time.Time) {
		w.tray.put(outcome{target: t, slot: at, began: at, ended: at, finding: unknown(watchlist.NotMeasured)})
	}
	if last.Until == 0 {
		return
	}
	for _, s := range last.Open {
		if t, ok := w.list.Find(s.Target); ok && time.UnixMilli(s.At).After(oldest) {
			lost(t, time.UnixMilli(s.At))
		}
	}
	from := time.UnixMilli(last.Until)
	if from.Before(oldest) {
		from = oldest
	}
	for i := range w.list.Targets {
		t := &w.list.Targets[i]
		for at := slotAfter(t, from); !at.After(now); at = at.Add(t.Interval) {
			lost(t, at)
		}
	}
}

// run probes one list until ctx ends, a batch is refused or the list changes.
func (w *watch) run(ctx context.Context) error {
	probing, cancel := context.WithCancel(ctx)
	pool := newPool(probing, w.list, w.settings.BaseDir, w.now, w.tray.put)
	after := w.now()
	if last := time.UnixMilli(w.until); last.After(after) && last.Sub(after) < maxGap {
		after = last // the clock was set back a little: no slot comes twice
	}
	d := &dispatcher{list: w.list, plan: newPlan(w.list, after), pool: pool, now: w.now, tray: w.tray}
	dispatched := make(chan struct{})
	go func() {
		defer close(dispatched)
		d.run(probing)
	}()
	defer func() {
		cancel()
		<-dispatched
		pool.stop(patience)
		w.tray.abandon()
	}()
	flush, file := time.NewTicker(flushEvery), time.NewTicker(fileEvery)
	defer flush.Stop()
	defer file.Stop()
	for {
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-flush.C:
			if err := w.flush(ctx, pool); err != nil {
				return err
			}
		case <-file.C:
			if w.changed(ctx) {
				return errChanged
			}
		}
	}
}

// changed reads the list anew when its file is another one. A list that cannot
// be read leaves the old one, with a warning.
func (w *watch) changed(ctx context.Context) bool {
	if !w.list.File.Changed() {
		return false
	}
	list, err := load(ctx, w.settings)
	if err != nil {
		w.warn("targets_file", "Listan över mål har ändrats och går inte att läsa, så den gamla gäller: "+err.Error())
		return false
	}
	w.list, w.sight = list, newSight(list.Gateways())
	return true
}

func (w *watch) warn(code, reason string) {
	w.warnings = append(w.warnings, sdk.Warning{Code: code, Reason: reason})
}

// flush sends what has been found since the last time.
func (w *watch) flush(ctx context.Context, p *pool) error {
	found, c := w.tray.take()
	now := w.now()
	if len(found) == 0 && len(w.warnings) == 0 {
		return nil
	}
	w.look(ctx, p, found)
	recs := w.records(found)
	if now.Sub(w.slots) >= slotsEvery {
		recs = append(recs, w.slotRecord(c.Slots, now))
		w.slots = now
	}
	raw, err := json.Marshal(c)
	if err != nil {
		return err
	}
	err = w.out.Send(ctx, sdk.WatchBatch{Mapped: mapped(), Records: recs, Warnings: w.warnings, Cursor: raw})
	if err != nil {
		return err
	}
	w.warnings, w.until = nil, c.Until
	return nil
}

func (w *watch) records(found []outcome) []record.Record {
	recs := make([]record.Record, 0, len(found)+1)
	for i := range found {
		o := &found[i]
		recs = append(recs, w.codec.Record(o.result()))
		if !o.expires.IsZero() {
			recs = append(recs, w.codec.Certificate(o.target, o.slot, o.expires))
		}
		if o.cause == watchlist.NoPermission && !w.pinged {
			w.pinged = true
			w.warn("no_permission", pingAdvice())
		}
	}
	return recs
}

// slotRecord tells how many slots of the hour were missed, and warns of new ones.
func (w *watch) slotRecord(h hours, now time.Time) record.Record {
	before := w.missed
	if before.Hour != h.Hour {
		before = hours{}
	}
	if n := h.Missed - before.Missed; n > 0 {
		w.warn("missed_slot", fmt.Sprintf("%d av %d mätningar hanns inte med: alla %d samtidiga mätningar var upptagna, eller så stod datorn stilla. Höj workers, eller mät glesare.", n, h.Due-before.Due, w.list.Workers))
	}
	w.missed = h
	hour := time.Unix(h.Hour, 0)
	if h.Hour == 0 {
		hour = now.Truncate(time.Hour)
	}
	return w.codec.Slots(w.settings.Instance, hour, h.Due, h.Missed)
}
