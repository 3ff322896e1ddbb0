package notify

import (
	"context"
	"log/slog"
	"time"
)

// Channel is one way to reach people: one of Mail, Teams and Webhook is set.
type Channel struct {
	Name    string
	Owners  []string // of the alerts that it wants; none are all
	Mail    *Mail
	Teams   *Hook
	Webhook *Hook
}

// Results of a message, as they stand on kommunpuls_notify_sent_total.
const (
	sent    = "sent"
	failed  = "failed"  // an attempt; it is tried again
	dropped = "dropped" // it grew too old, or too many waited
)

// channel is a way to reach people at work. n.mu guards all but its constants.
type channel struct {
	n     *Notifier
	conf  *Channel
	log   *slog.Logger
	more  chan struct{} // holds a token when there is something new to send
	first time.Duration
	last  time.Duration

	known       bool
	failures    int
	failure     *failure
	failingFrom time.Time
	lastSuccess time.Time
	results     map[string]int64
}

func newChannel(n *Notifier, conf *Channel) *channel {
	c := &channel{
		n: n, conf: conf, log: n.opt.Log.With("channel", conf.Name), more: make(chan struct{}, 1),
		first: 5 * time.Second, last: 5 * time.Minute, results: map[string]int64{sent: 0, failed: 0, dropped: 0},
	}
	if n.settings.FirstRetry > 0 {
		c.first = n.settings.FirstRetry
	}
	if n.settings.LastRetry > 0 {
		c.last = n.settings.LastRetry
	}
	return c
}

// put queues a message. n.mu is held.
func (c *channel) put(m Message) {
	q := append(c.n.state.Outbox[c.conf.Name], m)
	if over := len(q) - maxWaiting; over > 0 {
		c.results[dropped] += int64(over)
		q = q[over:]
	}
	c.n.state.Outbox[c.conf.Name] = q
	select {
	case c.more <- struct{}{}:
	default:
	}
}

// next is the oldest message that waits and is not too old to be of use.
func (c *channel) next() (Message, bool) {
	c.n.mu.Lock()
	defer c.n.mu.Unlock()
	q := c.n.state.Outbox[c.conf.Name]
	for len(q) > 0 && c.n.opt.Now().Sub(q[0].At) > maxAge {
		q = q[1:]
		c.results[dropped]++
	}
	c.n.state.Outbox[c.conf.Name] = q
	if len(q) == 0 {
		return Message{}, false
	}
	return q[0], true
}

// deliver sends what is queued, in order, each until it is through.
func (c *channel) deliver(ctx context.Context) {
	wait := c.first
	for ctx.Err() == nil {
		m, ok := c.next()
		if !ok {
			select {
			case <-ctx.Done():
			case <-c.more:
			}
			continue
		}
		err := c.conf.send(ctx, m, c.timeout())
		if ctx.Err() != nil && err != nil {
			return
		}
		c.note(err)
		if err == nil {
			c.done(m)
			wait = c.first
			continue
		}
		t := time.NewTimer(wait)
		select {
		case <-ctx.Done():
		case <-t.C:
		}
		t.Stop()
		wait = min(2*wait, c.last)
	}
}

func (c *channel) timeout() time.Duration {
	c.n.mu.Lock()
	defer c.n.mu.Unlock()
	if c.n.settings != nil && c.n.settings.Timeout > 0 {
		return c.n.settings.Timeout
	}
	return defaultTimeout
}

const defaultTimeout = 20 * time.Second

// done takes a message that is through off the queue.
func (c *channel) done(m Message) {
	c.n.mu.Lock()
	defer c.n.mu.Unlock()
	q := c.n.state.Outbox[c.conf.Name]
	if len(q) > 0 && q[0].ID == m.ID {
		c.n.state.Outbox[c.conf.Name] = q[1:]
	}
	c.n.save()
}

// note takes down what an attempt came to. Only a change is logged.
func (c *channel) note(err error) {
	c.n.mu.Lock()
	defer c.n.mu.Unlock()
	c.known = true
	now := c.n.opt.Now()
	if err == nil {
		c.results[sent]++
		c.lastSuccess = now
		if c.failures > 0 {
			c.log.Info("notices get through again", "failed_for", now.Sub(c.failingFrom).Round(time.Second))
		}
		c.failures, c.failure = 0, nil
		return
	}
	f := judgeFailure(err)
	c.results[failed]++
	if c.failures++; c.failures == 1 {
		c.failingFrom = now
	}
	if c.failure == nil || c.failure.class != f.class {
		c.log.Warn("notices do not get through", "class", f.class, "reason", f.reason)
	}
	c.failure = f
}

// send makes one attempt.
func (c *Channel) send(ctx context.Context, m Message, timeout time.Duration) error {
	ctx, cancel := context.WithTimeout(ctx, timeout)
	defer cancel()
	switch {
	case c.Mail != nil:
		return c.Mail.send(ctx, m, timeout)
	case c.Teams != nil:
		return c.Teams.teams(ctx, m)
	default:
		return c.Webhook.webhook(ctx, m)
	}
}

// Try sends a message that says that it is a trial. Each has an id of its own:
// a mail server that has seen a letter throws the next of the same id away.
func (c *Channel) Try(ctx context.Context, municipality string, demo bool, now time.Time) error {
	m := Message{
		ID: c.Name + "-" + Trial + "-" + now.UTC().Format("20060102T150405.000"), Kind: Trial, Municipality: municipality, Demo: demo, At: now,
		Alerts: []Told{{Name: "KommunpulsTrial", Severity: "notify", Owner: "kommunpuls", Since: now, Summary: "Prov av larm från kommunpuls",
			Description: "Det här är ett prov. Inget har hänt, och ingenting behöver göras."}},
	}
	if err := c.send(ctx, m.titled(), defaultTimeout); err != nil {
		return judgeFailure(err)
	}
	return nil
}
