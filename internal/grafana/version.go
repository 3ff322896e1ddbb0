package grafana

import (
	"fmt"
	"strconv"
	"strings"
)

// MinVersion is the oldest Grafana that dashboards and alert rules are made for.
const MinVersion = "9.4"

// check reads a version such as "9.4.0-pre" or "12.1.0+security-01".
func checkVersion(version string) error {
	var have [2]int
	parts := strings.SplitN(version, ".", 3)
	for i := range have {
		if i >= len(parts) {
			return fmt.Errorf("%w: versionen %q går inte att läsa", ErrNotGrafana, version)
		}
		n, err := strconv.Atoi(strings.TrimPrefix(parts[i], "v"))
		if err != nil {
			return fmt.Errorf("%w: versionen %q går inte att läsa", ErrNotGrafana, version)
		}
		have[i] = n
	}
	if have[0] < 9 || have[0] == 9 && have[1] < 4 {
		return fmt.Errorf("%w: den är %s, men %s eller senare behövs; uppgradera Grafana, vars data följer med", ErrTooOld, version, MinVersion)
	}
	return nil
}
