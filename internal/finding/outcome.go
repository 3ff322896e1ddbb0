package finding

import "time"

// Outcomes lists every outcome, best first, those without a figure last.
func Outcomes() []Outcome {
	return []Outcome{Met, Partly, NotDue, NotMet, Waived, Measured, Stale, NoData, NotApplicable, Error}
}

// Name is what people call an outcome.
func (o Outcome) Name() Text {
	switch o {
	case Met:
		return Text{"nått", "met"}
	case Partly:
		return Text{"delvis nått", "partly met"}
	case NotMet:
		return Text{"inte nått", "not met"}
	case NotDue:
		return Text{"målet ligger framåt i tiden", "not due yet"}
	case Measured:
		return Text{"mäts, inget mål beslutat", "measured, no target decided"}
	case Waived:
		return Text{"godtaget undantag", "waived by decision"}
	case NoData:
		return Text{Unknown, "we do not know"}
	case Stale:
		return Text{"kan vara inaktuellt", "may be out of date"}
	case NotApplicable:
		return Text{"gäller inte här", "does not apply here"}
	case Error:
		return Text{"gick inte att räkna ut", "could not be computed"}
	}
	return Text{string(o), string(o)}
}

// PaceName is what people call the pace towards a target that is not due.
func PaceName(pace string) Text {
	switch pace {
	case "on_pace":
		return Text{"i takt med målet", "on pace"}
	case "behind":
		return Text{"efter planen", "behind"}
	}
	return Text{pace, pace}
}

// TrendName is what people call a change.
func TrendName(trend string) Text {
	switch trend {
	case "better":
		return Text{"bättre", "better"}
	case "worse":
		return Text{"sämre", "worse"}
	case "unchanged":
		return Text{"ungefär som förut", "about the same"}
	case "not_comparable":
		return Text{"går inte att jämföra", "not comparable"}
	}
	return Text{trend, trend}
}

// MonthName is a month in Swedish.
func MonthName(m time.Month) string {
	return [...]string{"januari", "februari", "mars", "april", "maj", "juni", "juli", "augusti", "september", "oktober", "november", "december"}[m-1]
}
