package sdk

import (
	"fmt"
	"strings"
	"unicode/utf8"

	"github.com/kommunpuls/kommunpuls/plugins/sdk/record"
)

// maxLabel is how long the label of supplementing records may be, in letters.
const maxLabel = 40

// CheckSupplements tells what is wrong with what a header says of
// supplementing records: the kind must be system and stand among those mapped,
// and the label, which people read, must be one line. The error is an ErrContract.
func (h Header) CheckSupplements() error {
	for k, label := range h.Supplements {
		_, mapped := h.Mapped[k]
		switch {
		case k != record.System:
			return fmt.Errorf("%w: records of %.40q cannot supplement; only those of system can", ErrContract, k)
		case !mapped && !h.Unchanged:
			return fmt.Errorf("%w: it supplements %s, which it does not map", ErrContract, k)
		case strings.TrimSpace(label) == "" || strings.ContainsAny(label, "\n\r\t") || !utf8.ValidString(label) || utf8.RuneCountInString(label) > maxLabel:
			return fmt.Errorf("%w: supplementing records of %s need a label of one line, at most %d letters", ErrContract, k, maxLabel)
		}
	}
	return nil
}
