package notify

import (
	"context"
	"time"

	"github.com/kommunpuls/kommunpuls/internal/mail"
)

// Mail is a mail server and whom to write to.
type Mail struct {
	mail.Settings
	To []string
}

func (m *Mail) send(ctx context.Context, msg Message, timeout time.Duration) error {
	title := msg.Title
	if msg.Municipality != "" {
		title = "[" + msg.Municipality + "] " + title
	}
	s := m.Settings
	s.Timeout = timeout
	return s.Send(ctx, mail.Message{To: m.To, Subject: title, Text: msg.Text(), At: msg.At, ID: msg.ID})
}
