package ldap

import (
	"context"
	"fmt"
	"sort"
	"strings"

	"github.com/kommunpuls/kommunpuls/plugins/sdk"
)

// count notes where an entry stood.
func (d *dirState) count(e *entry, base string) {
	d.perBase[base]++
	d.after.Entries++
	d.after.OUs[dnKey(parentDN(e.dn))]++
}

// guard keeps an OU that the account may no longer read from looking like an
// OU whose accounts were deleted. A directory hides what may not be read
// without a word, so silence is what it looks for.
func (d *dirState) guard(ctx context.Context, emptied []string) error {
	for _, b := range d.inScope {
		if d.perBase[b] == 0 {
			return fmt.Errorf("%s: inga konton alls; antingen är basen fel eller så får läskontot inte läsa där: %w", b, sdk.ErrUnreachable)
		}
	}
	if d.before == nil {
		return nil
	}
	var lost []string
	var sum int64
	for ou, n := range d.before.OUs {
		if d.after.OUs[ou] == 0 && d.covers(ou) && !accepted(ou, emptied) {
			lost = append(lost, ou)
			sum += n
		}
	}
	sort.Strings(lost)
	// Accounts that were moved are still counted, in another OU.
	moved := d.before.Entries-d.after.Entries < (sum+1)/2
	var hidden []string
	for _, ou := range lost {
		state, err := d.look(ctx, ou)
		if err != nil {
			return err
		}
		if state == listsNothing || state == cannotTell && !moved && sum >= 3 {
			hidden = append(hidden, fmt.Sprintf("%s (%d konton förut)", shown(ou), d.before.OUs[ou]))
		}
	}
	if len(hidden) == 0 {
		return nil
	}
	return fmt.Errorf("%s visar inga konton längre, och kontona har inte flyttats inom basen; läskontot har troligen förlorat läsrätten. "+
		"Är enheten verkligen tömd, skriv den under emptied_ous: %w", strings.Join(hidden, ", "), sdk.ErrUnreachable)
}

// shown names a container for people. Only an OU's own name is shown: what else
// can hold entries may be named after a person.
func shown(key string) string {
	for rest := key; rest != ""; rest = parentDN(rest) {
		if strings.HasPrefix(rest, "ou=") || strings.HasPrefix(rest, "dc=") {
			return rest
		}
	}
	return "en behållare"
}

func accepted(ou string, emptied []string) bool {
	for _, e := range emptied {
		if beneath(ou, dnKey(e)) {
			return true
		}
	}
	return false
}

// sight is what a look at an OU told.
type sight uint8

const (
	cannotTell   sight = iota // the OU is gone, or hidden as a whole
	listsNothing              // it says that it has entries and shows none
	lists                     // it shows entries, or says that it is empty
)

// look asks an OU itself whether it is empty.
func (d *dirState) look(ctx context.Context, ou string) (sight, error) {
	s, ok := d.dir.(*server)
	if !ok {
		return cannotTell, nil
	}
	children := 0
	q := query{base: ou, class: anything}
	err := s.each(ctx, q, func(e *entry) error {
		if dnKey(e.dn) != ou {
			children++
		}
		return nil
	})
	if isMissing(err) {
		return cannotTell, nil
	}
	if err != nil {
		return cannotTell, err
	}
	if children > 0 {
		return lists, nil
	}
	says, err := s.lookup(ctx, ou, "hasSubordinates", "numSubordinates", "msDS-Approx-Immed-Subordinates")
	switch {
	case isMissing(err):
		return cannotTell, nil
	case err != nil:
		return cannotTell, err
	}
	for _, name := range []string{"hasSubordinates", "numSubordinates", "msDS-Approx-Immed-Subordinates"} {
		switch one(says[name]) {
		case "":
		case "0", "FALSE":
			return lists, nil
		default:
			return listsNothing, nil
		}
	}
	return cannotTell, nil
}
