package web

import "time"

// NotifyStatus tells in /status how people are told of alerts without Prometheus.
type NotifyStatus struct {
	Open     int             `json:"open_alerts"`
	Channels []ChannelStatus `json:"channels"`
}

// ChannelStatus is how one way to reach people fares, and the sign of life.
type ChannelStatus struct {
	Channel string `json:"channel"`
	// Up: the last message got through.
	Up          bool       `json:"up"`
	LastSuccess *time.Time `json:"last_success"`
	ErrorClass  string     `json:"error_class,omitempty"`
	Reason      string     `json:"reason,omitempty"`
	FailingFrom *time.Time `json:"failing_from,omitempty"`
	Failures    int        `json:"consecutive_failures"`
	Waiting     int        `json:"waiting"`
	Dropped     int64      `json:"dropped"`
}
