package guess

import (
	"fmt"
	"strings"
)

// systemQuestions ask what a registry often leaves unsaid.
func systemQuestions(s Sheet) []Question {
	var qs []Question
	if _, ok := has(s, "lifecycle"); !ok {
		qs = append(qs, Question{ID: "lifecycle", Sheet: s.Name, Default: "in_use",
			Text:    "Listan säger inte vilka system som är i drift. Räknas alla som står i den som i drift?",
			Options: []Option{{Key: "in_use", Label: "ja, alla är i drift"}, {Key: None, Label: "nej, det vet vi inte"}}})
	}
	if _, ok := has(s, "kind"); !ok {
		qs = append(qs, Question{ID: "system_kind", Sheet: s.Name, Default: "verksamhetssystem",
			Text:    "Listan säger inte vad som är verksamhetssystem och vad som är appar eller infrastruktur. Räknas alla som verksamhetssystem?",
			Options: []Option{{Key: "verksamhetssystem", Label: "ja, alla"}, {Key: None, Label: "nej, det vet vi inte"}}})
	}
	return qs
}

// ticketQuestions ask which date means solved, what the file covers, and what
// sort of tickets they are.
func ticketQuestions(s Sheet) []Question {
	var qs []Question
	solved, hasSolved := has(s, "resolved_at")
	closed, hasClosed := has(s, "closed_at")
	if !hasSolved || hasClosed {
		q := Question{ID: "solved", Sheet: s.Name, Default: None, Text: "Vilket datum betyder att ärendet är löst?"}
		switch {
		case hasSolved && hasClosed:
			q.Default = solved
			q.Text = fmt.Sprintf("Listan har både ”%s” och ”%s”. Vilket datum betyder att ärendet är löst?", solved, closed)
		case hasClosed:
			q.Default = closed
			q.Text = fmt.Sprintf("Listan har bara ”%s”. Räknas ärendet som löst då?", closed)
		}
		for _, c := range s.Columns {
			if opened := len(c.Proposals) > 0 && c.Proposals[0].Target == "opened_at"; !opened && (c.Looks == "date" || c.Looks == "time" || c.Header == closed || c.Header == q.Default) {
				q.Options = append(q.Options, Option{Key: c.Header, Label: "”" + c.Header + "”"})
			}
		}
		q.Options = append(q.Options, Option{Key: None, Label: "det framgår inte"})
		qs = append(qs, q)
	}
	qs = append(qs, Question{ID: "covers", Sheet: s.Name, Default: "part",
		Text:    "Har filen alla ärenden som har funnits, eller bara en period (till exempel en månad)? " + span(s),
		Options: []Option{{Key: "part", Label: "en period; ärenden som inte är med behålls"}, {Key: "all", Label: "hela historiken; ett ärende som inte är med är borttaget"}}})
	if _, ok := has(s, "kind"); !ok {
		qs = append(qs, Question{ID: "ticket_kind", Sheet: s.Name, Default: None,
			Text:    "Listan skiljer inte felanmälningar från beställningar och frågor. Vad är ärendena?",
			Options: []Option{{Key: "incident", Label: "felanmälningar"}, {Key: "request", Label: "frågor och supportärenden"}, {Key: "order", Label: "beställningar"}, {Key: None, Label: "blandat, det vet vi inte"}}})
	}
	return qs
}

func span(s Sheet) string {
	for _, c := range s.Columns {
		if len(c.Proposals) > 0 && c.Proposals[0].Target == "opened_at" && len(c.Samples) > 0 {
			return fmt.Sprintf("Den har %s; överst i listan står %s.", amount(s.DataRows, "ärende", "ärenden"), strings.Join(c.Samples, ", "))
		}
	}
	return ""
}
