package web

import "time"

// OTLPStatus tells in /status how the figures reach an OpenTelemetry collector.
type OTLPStatus struct {
	Endpoint string             `json:"endpoint"`
	Protocol string             `json:"protocol"`
	Signals  []OTLPSignalStatus `json:"signals"`
}

// OTLPSignalStatus is how metrics or traces fare.
type OTLPSignalStatus struct {
	Signal string `json:"signal"`
	// Up: the last sending got through whole.
	Up          bool       `json:"up"`
	LastSuccess *time.Time `json:"last_success"`
	// ErrorClass and Reason are of the last failure, when there is one now.
	ErrorClass  string     `json:"error_class,omitempty"`
	Reason      string     `json:"reason,omitempty"`
	FailingFrom *time.Time `json:"failing_from,omitempty"`
	Failures    int        `json:"consecutive_failures"`
	Queued      int        `json:"queued_spans,omitempty"`
	Dropped     int64      `json:"dropped_spans,omitempty"`
}
