package nextstep

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/kommunpuls/kommunpuls/internal/finding"
	"github.com/kommunpuls/kommunpuls/internal/naming"
	"github.com/kommunpuls/kommunpuls/internal/wording"
	"github.com/kommunpuls/kommunpuls/plugins/sdk/record"
)

// Rule tells in words how the steps are ranked, for whoever shows them.
func Rule(tiers []string) finding.Text {
	s, svWords, enWords := newScale(tiers), wording.In(wording.Swedish), wording.In(wording.English)
	var sv, en []string
	for _, t := range s.tiers {
		w := finding.Number(s.weight(t), 0)
		sv = append(sv, naming.Of("system.tier", t)+" "+w)
		en = append(en, t+" "+w)
	}
	top := s.tiers[:s.critical]
	topSV := make([]string, len(top))
	for i, t := range top {
		topSV[i] = naming.Of("system.tier", t)
	}
	return finding.Text{
		SV: "Stegen ordnas efter hur många rader de skulle flytta, gånger hur viktiga raderna är. En rad väger efter systemets viktighetsklass: " + svWords.List(sv) +
			"; utan klass väger den 1. Till kommunens viktigaste räknas " + svWords.List(topSV) +
			". Det som redan har hänt, som gamla ärenden, räknas inte, och inte heller det som är nått eller godtaget genom beslut.",
		EN: "Steps are ranked by how many rows they would move, times how critical the rows are. A row weighs by the system's tier: " + enWords.List(en) +
			"; without a tier it weighs 1. The most critical are " + enWords.List(top) +
			". What has happened already, such as old tickets, does not count, nor what is met or accepted by a decision.",
	}
}

// Sentence tells of the step in a whole sentence: who makes the most difference
// by doing what, with how many rows and how many of them among the most critical.
func (s Step) Sentence() finding.Text {
	return finding.Text{
		SV: s.begin("Störst skillnad gör ", "Därefter kommer ", "kommunen") + s.amount() + ": " + lower(s.Do.SV),
		EN: s.begin("The most difference is made by ", "Then comes ", "the municipality") + s.amountEN() + ": " + lower(s.Do.EN),
	}
}

// Amount tells how many rows the step would move: "sex system, varav två hör
// till kommunens viktigaste".
func (s Step) Amount() finding.Text { return finding.Text{SV: s.amount(), EN: s.amountEN()} }

func (s Step) begin(top, next, whole string) string {
	who := s.OrgUnitName
	if s.OrgUnit == "" {
		who = whole
	}
	link := " med "
	if strings.HasPrefix(top, "The") {
		link = " with "
	}
	if s.Place > 1 {
		return next + who + link
	}
	return top + who + link
}

// amount is "6 system, varav 2 hör till kommunens viktigaste".
func (s Step) amount() string {
	one, many, common := noun(s.Record)
	n := counted(s.Rows, one, many, common)
	switch {
	case s.Critical == 0:
		return n
	case s.Critical == s.Rows && s.Rows == 1:
		return n + ", som hör till kommunens viktigaste"
	case s.Critical == s.Rows:
		return n + ", som alla hör till kommunens viktigaste"
	case common:
		return n + ", varav " + wording.Letters(s.Critical, true) + " hör till kommunens viktigaste"
	}
	return n + ", varav " + wording.Letters(s.Critical, false) + " hör till kommunens viktigaste"
}

func (s Step) amountEN() string {
	what := "rows"
	if s.Record == record.System || s.Record == record.Account || s.Record == record.Project {
		what = string(s.Record) + "s"
	}
	if s.Rows == 1 {
		what = strings.TrimSuffix(what, "s")
	}
	n := strings.ReplaceAll(finding.Number(float64(s.Rows), 0), "\u00a0", ",") + " " + what
	if s.Critical > 0 {
		n += ", " + strings.ReplaceAll(finding.Number(float64(s.Critical), 0), "\u00a0", ",") + " of them among the most critical"
	}
	return n
}

// noun is what a row is called; common tells "en" from "ett".
func noun(k record.Kind) (one, many string, common bool) {
	switch k {
	case record.System:
		return "system", "system", false
	case record.Account:
		return "konto", "konton", false
	case record.Ticket:
		return "ärende", "ärenden", false
	case record.Project:
		return "projekt", "projekt", false
	case record.Service:
		return "tjänst", "tjänster", true
	case record.Asset:
		return "enhet", "enheter", true
	case record.OrgUnit:
		return "organisationsenhet", "organisationsenheter", true
	}
	return "rad", "rader", true
}

func counted(n int64, one, many string, common bool) string {
	if n == 1 {
		return wording.Letters(1, common) + " " + one
	}
	return wording.Letters(n, common) + " " + many
}

// lower begins a sentence within another: "Utse ägare" becomes "utse ägare",
// and an abbreviation stays.
func lower(s string) string {
	r, n := utf8.DecodeRuneInString(s)
	if next, _ := utf8.DecodeRuneInString(s[n:]); !unicode.IsUpper(r) || unicode.IsUpper(next) {
		return s
	}
	return string(unicode.ToLower(r)) + s[n:]
}
