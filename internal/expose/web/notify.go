package web

// NotifyStatus tells in /status how people are told of alerts without Prometheus.
type NotifyStatus struct {
	Open     int             `json:"open_alerts"`
	Channels []ChannelStatus `json:"channels"`
}

// ChannelStatus is how one way to reach people fares, and the sign of life.
type ChannelStatus struct {
	Channel string `json:"channel"`
	SendingStatus
	Waiting int   `json:"waiting"`
	Dropped int64 `json:"dropped"`
}
