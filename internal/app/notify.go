package app

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/kommunpuls/kommunpuls/internal/config"
	"github.com/kommunpuls/kommunpuls/internal/expose/web"
	"github.com/kommunpuls/kommunpuls/internal/notify"
)

// notifyFile remembers in the data folder what people were told of.
const notifyFile = "notify.json"

func (p *Parts) notifyFile() string {
	return filepath.Join(p.Config.Rel(p.Config.DataDir), notifyFile)
}

// NotifySettings are what the configuration says of the built-in notifier; nil is
// nothing. Its rules and limits are those of the alerts.
func (p *Parts) NotifySettings() (*notify.Settings, error) {
	n := p.Config.Notify
	if n == nil {
		return nil, nil
	}
	alerts, err := p.AlertSettings()
	if err != nil {
		return nil, err
	}
	s := &notify.Settings{Alerts: alerts, Municipality: p.Config.Municipality, Demo: p.Config.Demo, Repeat: n.Repeat.Std()}
	for _, name := range slices.Sorted(maps.Keys(n.Channels)) {
		s.Channels = append(s.Channels, channel(name, n.Channels[name]))
	}
	if n.Ping != nil {
		s.Ping = &notify.Ping{URL: strings.TrimSpace(n.Ping.URL.Value()), Method: n.Ping.Method, Every: n.Ping.Every.Std()}
	}
	return s, nil
}

func channel(name string, c config.Channel) notify.Channel {
	out := notify.Channel{Name: name, Owners: c.Owners}
	if m := c.Mail; m != nil {
		out.Mail = &notify.Mail{Settings: mailSettings(m.At()), To: m.To}
	}
	hook := func(h *config.Hook) *notify.Hook {
		if h == nil {
			return nil
		}
		return &notify.Hook{URL: strings.TrimSpace(h.URL.Value()), Secret: h.Secret.Value()}
	}
	out.Teams, out.Webhook = hook(c.Teams), hook(c.Webhook)
	return out
}

// applyNotify puts changed settings into force.
func (a *App) applyNotify(ctx context.Context, p *Parts) error {
	s, err := p.NotifySettings()
	if err != nil {
		return err
	}
	a.notify.Apply(ctx, s)
	return nil
}

// TryChannel sends a trial message through one channel of a configuration.
func TryChannel(ctx context.Context, p *Parts, name string, now time.Time) error {
	s, err := p.NotifySettings()
	if err != nil {
		return err
	}
	var names []string
	if s != nil {
		for i := range s.Channels {
			if c := &s.Channels[i]; c.Name == name {
				return c.Try(ctx, s.Municipality, s.Demo, now)
			}
			names = append(names, s.Channels[i].Name)
		}
	}
	return fmt.Errorf("%w: notify.channels: %q finns inte; det som finns är: %s", config.ErrInvalid, name, orNone(names))
}

func (a *App) notifyStatus() *web.NotifyStatus {
	st := a.notify.Status()
	if st == nil {
		return nil
	}
	out := &web.NotifyStatus{Open: st.Open}
	for _, c := range st.Channels {
		out.Channels = append(out.Channels, web.ChannelStatus{
			Channel: c.Channel, Waiting: c.Waiting, Dropped: c.Dropped,
			SendingStatus: web.SendingStatus{Up: c.Up, LastSuccess: known(c.LastSuccess), ErrorClass: c.Class, Reason: c.Reason, FailingFrom: known(c.FailingFrom), Failures: c.Failures},
		})
	}
	return out
}

// orNone lists names, or says that there are none.
func orNone(names []string) string { return cmp.Or(strings.Join(names, ", "), "inget än") }
