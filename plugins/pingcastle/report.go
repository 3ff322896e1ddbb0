package pingcastle

import (
	"bufio"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"regexp"
	"strconv"
	"strings"
	"time"

	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/unicode"
	"golang.org/x/text/transform"
)

// report is what is read of one.
type report struct {
	domain  string
	version string
	at      time.Time
	scores  map[string]int // by element name: GlobalScore …
	rules   []rule
}

// rule is one rule that gave points.
type rule struct {
	id, category string
	points       int
}

// Limits of one report.
const (
	maxBytes = 256 << 20
	maxRules = 10_000
	maxText  = 4096 // of a value that is read
)

// scoreNames are the elements with scores, and what they are called here.
// PrivilegiedGroupScore is PingCastle's own spelling.
func scoreNames() map[string]string {
	return map[string]string{"globalscore": "global", "staleobjectsscore": "stale_objects", "privilegiedgroupscore": "privileged_accounts", "trustscore": "trusts", "anomalyscore": "anomalies"}
}

// categories are the categories of rules by the same names.
func categories() map[string]string {
	return map[string]string{"staleobjects": "stale_objects", "privilegedaccounts": "privileged_accounts", "trusts": "trusts", "anomalies": "anomalies"}
}

// What may leave the report. A rule's id and a domain are names of a form that
// no sentence and no account fits in by accident.
var (
	ruleID  = regexp.MustCompile(`^[A-Z]{1,3}-[A-Za-z0-9_-]{1,60}$`)
	domain  = regexp.MustCompile(`^[A-Za-z0-9](?:[A-Za-z0-9_-]{0,62})(?:\.[A-Za-z0-9](?:[A-Za-z0-9_-]{0,62}))*$`)
	version = regexp.MustCompile(`^[0-9]+(?:\.[0-9]+){1,3}`)
)

// fault is what is wrong with a report, and where.
type fault struct {
	line int
	text string
}

func (f fault) Error() string {
	if f.line == 0 {
		return f.text
	}
	return fmt.Sprintf("rad %d: %s", f.line, f.text)
}

// errTooLarge is returned by the reader of a report that is larger than can be.
var errTooLarge = errors.New("rapporten är större än 256 MB")

// read reads one report. Times without an offset are those of zone.
func read(r io.Reader, zone *time.Location) (report, error) {
	rep := report{scores: map[string]int{}}
	in, err := utf8Reader(&bounded{r: r, left: maxBytes})
	if err != nil {
		return rep, err
	}
	dec := xml.NewDecoder(in)
	dec.CharsetReader = charset
	root, err := start(dec)
	switch {
	case errors.Is(err, io.EOF):
		return rep, fault{text: "filen är tom eller ingen XML"}
	case err != nil:
		return rep, located(dec, err)
	case strings.Contains(strings.ToLower(root.Name.Local), "encrypted"):
		return rep, fault{text: "rapporten är krypterad; spara den okrypterad från PingCastle"}
	case !strings.EqualFold(root.Name.Local, "HealthcheckData"):
		return rep, fault{text: fmt.Sprintf("filen är ingen rapport från PingCastle: roten heter %.40q, inte HealthcheckData", root.Name.Local)}
	}
	for {
		el, err := start(dec)
		if errors.Is(err, errEnd) {
			break
		}
		if err == nil {
			err = rep.element(dec, el, zone)
		}
		if err != nil {
			return rep, located(dec, err)
		}
	}
	return rep, rep.whole()
}

// element takes one child of the root; all that is not known is passed over.
func (rep *report) element(dec *xml.Decoder, el xml.StartElement, zone *time.Location) error {
	name := strings.ToLower(el.Name.Local)
	if _, ok := scoreNames()[name]; ok {
		text, err := value(dec)
		if err != nil {
			return err
		}
		n, err := strconv.Atoi(text)
		if err != nil || n < 0 || n > 100 {
			return at(dec, el.Name.Local+" är inget tal mellan 0 och 100")
		}
		rep.scores[name] = n
		return nil
	}
	switch name {
	case "domainfqdn":
		text, err := value(dec)
		if err != nil {
			return err
		}
		if len(text) > 253 || !domain.MatchString(text) {
			return at(dec, "DomainFQDN är inget domännamn")
		}
		rep.domain = strings.ToLower(text)
		return nil
	case "engineversion":
		text, err := value(dec)
		if err != nil {
			return err
		}
		if rep.version = version.FindString(text); rep.version == "" {
			return at(dec, "EngineVersion är inget versionsnummer")
		}
		return nil
	case "generationdate":
		text, err := value(dec)
		if err != nil {
			return err
		}
		if rep.at, err = instant(text, zone); err != nil {
			return at(dec, "GenerationDate är ingen tidpunkt")
		}
		return nil
	case "riskrules":
		return rep.riskRules(dec)
	}
	return dec.Skip()
}

// riskRules takes the list of rules that gave points.
func (rep *report) riskRules(dec *xml.Decoder) error {
	for {
		el, err := start(dec)
		if errors.Is(err, errEnd) {
			return nil
		}
		if err != nil {
			return err
		}
		if !strings.EqualFold(el.Name.Local, "HealthcheckRiskRule") {
			if err := dec.Skip(); err != nil {
				return err
			}
			continue
		}
		if len(rep.rules) == maxRules {
			return at(dec, fmt.Sprintf("rapporten har fler än %d regler", maxRules))
		}
		if err := rep.riskRule(dec); err != nil {
			return err
		}
	}
}

// riskRule takes one rule: its id, category and points, and nothing that says
// what was found.
func (rep *report) riskRule(dec *xml.Decoder) error {
	var one rule
	for {
		el, err := start(dec)
		if errors.Is(err, errEnd) {
			break
		}
		if err != nil {
			return err
		}
		switch strings.ToLower(el.Name.Local) {
		case "riskid":
			if one.id, err = value(dec); err == nil && !ruleID.MatchString(one.id) {
				err = at(dec, "RiskId är ingen regel")
			}
		case "category":
			one.category, err = value(dec)
		case "points":
			var text string
			if text, err = value(dec); err == nil {
				if one.points, err = strconv.Atoi(text); err != nil || one.points < 0 || one.points > 100 {
					err = at(dec, "Points är inget tal mellan 0 och 100")
				}
			}
		default:
			err = dec.Skip()
		}
		if err != nil {
			return err
		}
	}
	if one.id == "" {
		return at(dec, "en regel saknar RiskId")
	}
	known, ok := categories()[strings.ToLower(one.category)]
	if !ok {
		known = "other" // a category of a newer version
	}
	one.category = known
	rep.rules = append(rep.rules, one)
	return nil
}

// whole tells whether the report has what every report has.
func (rep *report) whole() error {
	switch {
	case rep.domain == "":
		return fault{text: "rapporten saknar DomainFQDN"}
	case rep.at.IsZero():
		return fault{text: "rapporten saknar GenerationDate"}
	case rep.version == "":
		return fault{text: "rapporten saknar EngineVersion"}
	}
	for _, name := range []string{"GlobalScore", "StaleObjectsScore", "PrivilegiedGroupScore", "TrustScore", "AnomalyScore"} {
		if _, ok := rep.scores[strings.ToLower(name)]; !ok {
			return fault{text: "rapporten saknar " + name}
		}
	}
	return nil
}

// errEnd is the end of the element that is being read.
var errEnd = errors.New("end of element")

// start is the next element within the one being read, errEnd at its end.
func start(dec *xml.Decoder) (xml.StartElement, error) {
	for {
		tok, err := dec.Token()
		if err != nil {
			return xml.StartElement{}, err
		}
		switch t := tok.(type) {
		case xml.StartElement:
			return t, nil
		case xml.EndElement:
			return xml.StartElement{}, errEnd
		case xml.Directive:
			// Entities could be declared here; no report has any.
			return xml.StartElement{}, at(dec, "filen har en dokumenttyp, vilket ingen rapport har")
		}
	}
}

// value is the text of an element that has nothing but text.
func value(dec *xml.Decoder) (string, error) {
	var b strings.Builder
	for {
		tok, err := dec.Token()
		if err != nil {
			return "", err
		}
		switch t := tok.(type) {
		case xml.CharData:
			if b.Len()+len(t) > maxText {
				return "", at(dec, "ett värde är för långt")
			}
			b.Write(t)
		case xml.EndElement:
			return strings.TrimSpace(b.String()), nil
		case xml.StartElement:
			return "", at(dec, "ett värde har element i sig")
		}
	}
}

func at(dec *xml.Decoder, text string) error {
	line, _ := dec.InputPos()
	return fault{line: line, text: text}
}

// located gives an XML fault its line and no excerpt of the file.
func located(dec *xml.Decoder, err error) error {
	var f fault
	if errors.As(err, &f) || errors.Is(err, errTooLarge) {
		return err
	}
	var syntax *xml.SyntaxError
	if errors.As(err, &syntax) && strings.Contains(syntax.Msg, "EOF") || errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
		return at(dec, "filen slutar mitt i; den är troligen avkortad")
	}
	return at(dec, "filen är inte rätt skriven XML")
}

// instant reads GenerationDate, with or without an offset.
func instant(text string, zone *time.Location) (time.Time, error) {
	for _, layout := range []string{time.RFC3339Nano, "2006-01-02T15:04:05.999999999"} {
		if t, err := time.ParseInLocation(layout, text, zone); err == nil && t.Year() > 2000 {
			return t, nil
		}
	}
	return time.Time{}, fmt.Errorf("no instant")
}

// bounded ends in an error instead of silently when there is too much.
type bounded struct {
	r    io.Reader
	left int64
}

func (b *bounded) Read(p []byte) (int, error) {
	if b.left <= 0 {
		return 0, errTooLarge
	}
	if int64(len(p)) > b.left {
		p = p[:b.left]
	}
	n, err := b.r.Read(p)
	b.left -= int64(n)
	return n, err
}

// utf8Reader decodes UTF-16 by its byte order mark and takes that of UTF-8 away.
func utf8Reader(r io.Reader) (io.Reader, error) {
	br := bufio.NewReaderSize(r, 64<<10)
	mark, err := br.Peek(3)
	if err != nil && !errors.Is(err, io.EOF) {
		return nil, err
	}
	if len(mark) >= 2 && (mark[0] == 0xff && mark[1] == 0xfe || mark[0] == 0xfe && mark[1] == 0xff) {
		return transform.NewReader(br, unicode.UTF16(unicode.LittleEndian, unicode.ExpectBOM).NewDecoder()), nil
	}
	if len(mark) == 3 && mark[0] == 0xef && mark[1] == 0xbb && mark[2] == 0xbf {
		if _, err := br.Discard(3); err != nil {
			return nil, err
		}
	}
	return br, nil
}

// charset decodes what the XML declaration names, beyond UTF-8.
func charset(name string, in io.Reader) (io.Reader, error) {
	switch strings.ToLower(name) {
	case "utf-16", "unicode":
		return in, nil // decoded by its byte order mark
	case "windows-1252":
		return charmap.Windows1252.NewDecoder().Reader(in), nil
	case "iso-8859-1":
		return charmap.ISO8859_1.NewDecoder().Reader(in), nil
	}
	return nil, fault{text: fmt.Sprintf("teckenkodningen %.20q är okänd", name)}
}
