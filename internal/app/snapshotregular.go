package app

import (
	"context"
	"path/filepath"
	"time"

	"github.com/kommunpuls/kommunpuls/internal/expose/snapshot"
	"github.com/kommunpuls/kommunpuls/internal/expose/snapshot/regular"
	"github.com/kommunpuls/kommunpuls/internal/expose/snapshot/seal"
	"github.com/kommunpuls/kommunpuls/internal/store"
)

// snapshotState is the file in the data folder that remembers what was mailed.
const snapshotState = "snapshots.json"

func (a *App) newSnapshots(parts *Parts) *regular.Keeper {
	a.chainMetrics.Watch(regular.Tasks()...)
	return regular.New(regular.Options{
		Log: a.log, Now: a.now, State: filepath.Join(parts.Config.Rel(parts.Config.DataDir), snapshotState),
		Make: func(ctx context.Context, asOf time.Time) (snapshot.Written, error) {
			return a.Snapshot(ctx, SnapshotOptions{At: store.Point{AsOf: asOf}})
		},
		Stamp: func(ctx context.Context, name string) error {
			_, err := a.Parts().StampSnapshot(ctx, "", name, a.now())
			return err
		},
		Failed: a.chainMetrics.Failed,
		Shown: func(c []seal.Entry) {
			var asOf, created time.Time
			for _, e := range c {
				if e.AsOf.After(asOf) {
					asOf = e.AsOf
				}
				created = e.Created
			}
			a.chainMetrics.Publish(len(c), asOf, created)
		},
	})
}

// SnapshotSettings are what the configuration says of regular snapshots.
func (p *Parts) SnapshotSettings() regular.Settings {
	c := p.Config
	s := regular.Settings{
		Dir: p.SnapshotDir(), Every: c.Snapshot.Every, Stamps: c.Snapshot.Timestamp != nil, Municipality: c.Municipality, Demo: c.Demo,
	}
	if m := c.Snapshot.MailHead; m != nil {
		s.Mail, s.To, s.Day = p.MailSettings(), m.To, m.Day
	}
	return s
}
