package ldap

import (
	"fmt"
	"sort"
	"strings"

	"github.com/kommunpuls/kommunpuls/plugins/sdk"
	"github.com/kommunpuls/kommunpuls/plugins/sdk/record"
)

// warn says what a person should look at, as counts: a directory's rows have
// no numbers, and their names are personal.
func (c *collection) warn() error {
	for _, d := range c.dirs {
		f := d.dir.about()
		if n := d.conv.unit.refused + d.conv.pupils.refused; n > 0 {
			c.warnings["personal_number:"+c.set.OrgUnit.From] += n
		}
		if s, ok := d.dir.(*server); ok {
			for host := range s.skipped {
				if err := c.out.Warn(sdk.Warning{Place: record.Place{Doc: f.where}, Code: "referral_not_followed",
					Reason: "Katalogen hänvisar till " + host + ", som inte står i referral_hosts. Det som finns där är inte med."}); err != nil {
					return err
				}
			}
		}
	}
	codes := make([]string, 0, len(c.warnings))
	for code := range c.warnings {
		codes = append(codes, code)
	}
	sort.Strings(codes)
	for _, code := range codes {
		kind, column, _ := strings.Cut(code, ":")
		w := sdk.Warning{Place: record.Place{Doc: c.dirs[0].dir.about().where}, Column: column, Code: kind}
		switch n := c.warnings[code]; kind {
		case "bad_time":
			w.Reason = fmt.Sprintf("%d poster har en tid som inte går att förstå. Fältet är tomt hos dem.", n)
		case "personal_number":
			w.Reason = fmt.Sprintf("%d poster har något som liknar ett personnummer där enheten ska stå. Det läses inte.", n)
		case "server_kind_unknown":
			w.Reason = fmt.Sprintf("%d servrar: katalogen säger inte om de är fysiska eller virtuella. Ange server_kind eller en regel.", n)
		}
		if err := c.out.Warn(w); err != nil {
			return err
		}
	}
	return nil
}
