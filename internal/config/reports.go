package config

import (
	"slices"
	"strings"
	"time"
)

// Report is a report that is made regularly, kept and mailed.
type Report struct {
	Name        string   `yaml:"name" json:"name" jsonschema:"required,description=A name of your own; it stands in metrics and in kommunpuls report send"`
	Kind        string   `yaml:"kind" json:"kind" jsonschema:"required,enum=ledning,enum=revision,enum=forvaltning,enum=manad"`
	Forvaltning string   `yaml:"forvaltning" json:"forvaltning,omitempty" jsonschema:"description=Id of the org unit for kind forvaltning; alla makes one for each"`
	Every       string   `yaml:"every" json:"every" jsonschema:"required,enum=week,enum=month,enum=quarter,enum=year"`
	Weekday     string   `yaml:"weekday" json:"weekday,omitempty" jsonschema:"default=mån,description=With every: week"`
	Day         int      `yaml:"day" json:"day,omitempty" jsonschema:"default=1,minimum=1,maximum=28,description=Day of the month; of the first month of a quarter or a year"`
	Time        string   `yaml:"time" json:"time,omitempty" jsonschema:"default=07:00,pattern=^[0-2][0-9]:[0-5][0-9]$,description=Local time"`
	Formats     []string `yaml:"formats" json:"formats,omitempty" jsonschema:"enum=html,enum=pdf,description=html and pdf unless given"`
	To          []string `yaml:"to" json:"to,omitempty" jsonschema:"description=Whom it is mailed to; nobody unless given"`
	LinkOnly    bool     `yaml:"link_only" json:"link_only,omitempty" jsonschema:"description=The letter has the first sentence and a link and no files"`
	Keep        int      `yaml:"keep" json:"keep,omitempty" jsonschema:"minimum=0,description=How many are kept; 0 is all"`

	// On is Weekday as it was understood.
	On time.Weekday `yaml:"-" json:"-"`
	// Minutes is Time since midnight.
	Minutes int `yaml:"-" json:"-"`
}

// Kinds of reports, and how often they are made.
const (
	ForUnit  = "forvaltning"
	AllUnits = "alla"

	Weekly    = "week"
	Monthly   = "month"
	Quarterly = "quarter"
	Yearly    = "year"
)

// weekdays are as people write them, Sunday first as in package time.
func weekdays() [7][2]string {
	return [7][2]string{{"sön", "sun"}, {"mån", "mon"}, {"tis", "tue"}, {"ons", "wed"}, {"tor", "thu"}, {"fre", "fri"}, {"lör", "sat"}}
}

func setReportDefaults(rs []Report) {
	for i := range rs {
		r := &rs[i]
		if r.Every == Weekly && r.Weekday == "" {
			r.Weekday = "mån"
		}
		if r.Every != Weekly && r.Day == 0 {
			r.Day = 1
		}
		if r.Time == "" {
			r.Time = "07:00"
		}
		if len(r.Formats) == 0 {
			r.Formats = []string{"html", "pdf"}
		}
	}
}

func (v *validator) checkReports(c *Config) {
	seen := map[string]bool{}
	for i := range c.Reports {
		r := &c.Reports[i]
		field := v.checkName("reports", i, r.Name, seen)
		v.checkReport(field, r)
		v.checkReportMail(field, r, c)
	}
}

func (v *validator) checkReport(field string, r *Report) {
	v.oneOf(field+".kind", r.Kind, "ledning", "revision", ForUnit, "manad")
	switch {
	case r.Kind == ForUnit && r.Forvaltning == "":
		v.fault(field+".forvaltning", "måste anges: förvaltningens beteckning, eller %s för en rapport till var och en", AllUnits)
	case r.Kind != ForUnit && r.Forvaltning != "":
		v.fault(field+".forvaltning", "hör till kind: %s; ta bort den", ForUnit)
	}
	v.oneOf(field+".every", r.Every, Weekly, Monthly, Quarterly, Yearly)
	v.checkReportDay(field, r)
	at, err := time.Parse("15:04", r.Time)
	if err != nil {
		v.fault(field+".time", "%q är ingen tid; skriv till exempel 07:00", r.Time)
	}
	r.Minutes = at.Hour()*60 + at.Minute()
	for _, f := range r.Formats {
		v.oneOf(field+".formats", f, "html", "pdf")
	}
	if r.Keep < 0 {
		v.fault(field+".keep", "%d är för lite; 0 sparar alla", r.Keep)
	}
}

func (v *validator) checkReportDay(field string, r *Report) {
	if r.Every == Weekly {
		if r.Day != 0 {
			v.fault(field+".day", "hör inte till every: week; skriv weekday: mån")
		}
		for i, names := range weekdays() {
			if slices.Contains(names[:], strings.ToLower(r.Weekday)) {
				r.On = time.Weekday(i)
				return
			}
		}
		v.fault(field+".weekday", "%q är ingen veckodag; välj mån, tis, ons, tor, fre, lör eller sön", r.Weekday)
		return
	}
	if r.Weekday != "" {
		v.fault(field+".weekday", "hör till every: week; skriv day: 1")
	}
	if r.Day < 1 || r.Day > 28 {
		v.fault(field+".day", "%d går inte; välj mellan 1 och 28, som finns i varje månad", r.Day)
	}
}

func (v *validator) checkReportMail(field string, r *Report, c *Config) {
	if len(r.To) == 0 {
		if r.LinkOnly {
			v.fault(field+".link_only", "säger något bara när to är angivet")
		}
		return
	}
	v.recipients(field+".to", r.To)
	if c.Mail == nil {
		v.fault(field+".to", "kan inte mejlas: ange e-postservern under mail")
	}
	if r.LinkOnly && c.PublicURL == "" {
		v.fault(field+".link_only", "kräver public_url, adressen som länken leder till")
	}
}

func (v *validator) oneOf(field, got string, known ...string) {
	if !slices.Contains(known, got) {
		v.fault(field, "%q finns inte; välj bland %s", got, strings.Join(known, ", "))
	}
}
