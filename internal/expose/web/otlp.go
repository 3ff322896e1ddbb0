package web

// OTLPStatus tells in /status how the figures reach an OpenTelemetry collector.
type OTLPStatus struct {
	Endpoint string             `json:"endpoint"`
	Protocol string             `json:"protocol"`
	Signals  []OTLPSignalStatus `json:"signals"`
}

// OTLPSignalStatus is how metrics or traces fare.
type OTLPSignalStatus struct {
	Signal string `json:"signal"`
	SendingStatus
	Queued  int   `json:"queued_spans,omitempty"`
	Dropped int64 `json:"dropped_spans,omitempty"`
}
