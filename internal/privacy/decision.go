package privacy

import (
	"errors"
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"time"

	"github.com/kommunpuls/kommunpuls/internal/calendar"
)

// ErrDecision is wrapped by what is wrong with a decision that is given.
var ErrDecision = errors.New("beslutet går inte att använda")

var (
	dayRE  = regexp.MustCompile(`\b(\d{4})-(\d{2})-(\d{2})\b`)
	yearRE = regexp.MustCompile(`\b(\d{4})/\d`)
	roleRE = regexp.MustCompile(`^[\p{L}][\p{L} \-]{1,60}$`)
)

// CheckDecision wants the reference of a decision that has been made, and the
// role, never the person, that carries it out.
func CheckDecision(decision, by string, now time.Time) error {
	if !strings.ContainsFunc(decision, func(r rune) bool { return r >= '0' && r <= '9' }) {
		return fmt.Errorf("%w: ange beslutet så att det går att hitta, till exempel --beslut \"KS 2026/12 § 34\"", ErrDecision)
	}
	for _, m := range dayRE.FindAllString(decision, -1) {
		day, err := time.ParseInLocation(time.DateOnly, m, calendar.Location())
		if err != nil {
			return fmt.Errorf("%w: %s är ingen dag", ErrDecision, m)
		}
		if day.After(now) {
			return fmt.Errorf("%w: %s har inte varit ännu", ErrDecision, m)
		}
	}
	for _, m := range yearRE.FindAllStringSubmatch(decision, -1) {
		if year, err := strconv.Atoi(m[1]); err == nil && year > now.In(calendar.Location()).Year() {
			return fmt.Errorf("%w: året %d har inte börjat", ErrDecision, year)
		}
	}
	if !roleRE.MatchString(by) {
		return fmt.Errorf("%w: ange vilken roll som utför det, till exempel --av arkivansvarig; aldrig ett namn eller en adress", ErrDecision)
	}
	return nil
}
