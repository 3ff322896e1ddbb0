package web

import "time"

// SendingStatus is how what is sent to others fares.
type SendingStatus struct {
	// Up: the last message got through whole.
	Up          bool       `json:"up"`
	LastSuccess *time.Time `json:"last_success"`
	// ErrorClass and Reason are of the last failure, when there is one now.
	ErrorClass  string     `json:"error_class,omitempty"`
	Reason      string     `json:"reason,omitempty"`
	FailingFrom *time.Time `json:"failing_from,omitempty"`
	Failures    int        `json:"consecutive_failures"`
}
