package privacy

import (
	"errors"
	"fmt"
	"strings"
	"time"
	"unicode"

	"github.com/kommunpuls/kommunpuls/internal/store"
	"github.com/kommunpuls/kommunpuls/plugins/sdk"
)

// Errors of looking somebody up. None of them repeats what was typed.
var (
	ErrNobody    = errors.New("skriv en inloggning, en e-postadress eller ett namn")
	ErrAmbiguous = errors.New("flera konton svarar mot det; skriv inloggningen eller e-postadressen i stället")
)

// Candidates are the pseudonyms that what somebody typed may be known by, with
// every key in use. A pseudonym itself may be typed too.
func Candidates(typed string, keys []*sdk.Pseudonymiser) ([]string, error) {
	typed = strings.TrimSpace(typed)
	if sdk.IsPseudonym(typed) {
		return []string{typed}, nil
	}
	if !strings.ContainsFunc(typed, func(r rune) bool { return unicode.IsLetter(r) || unicode.IsDigit(r) }) {
		return nil, ErrNobody
	}
	var out []string
	for _, k := range keys {
		p := k.Of(typed)
		out = append(out, p)
		if exact := k.OfExact(typed); exact != p { // a SID
			out = append(out, exact)
		}
	}
	return out, nil
}

// One chooses the person that was meant.
func One(found []store.Person) (store.Person, error) {
	if len(found) > 1 {
		return store.Person{}, fmt.Errorf("%d konton: %w", len(found), ErrAmbiguous)
	}
	if len(found) == 0 {
		return store.Person{}, store.ErrNotFound
	}
	return found[0], nil
}

// Subject is everything that is held of one person (GDPR article 15). What was
// typed to find the person is no part of it.
type Subject struct {
	Municipality string            `json:"municipality"`
	Demo         bool              `json:"demo,omitempty"`
	Made         time.Time         `json:"made"`
	Version      string            `json:"version"`
	KeyIDs       []string          `json:"pseudonym_key_ids"` // the keys that were looked with
	Found        bool              `json:"found"`
	Keys         []SubjectKey      `json:"pseudonyms"`
	Rows         []SubjectRow      `json:"rows"`
	Figures      []SubjectFigure   `json:"figures"`
	Snapshots    []SubjectSnapshot `json:"snapshots"`
}

// SubjectKey is what the person is known by.
type SubjectKey struct {
	Pseudonym string `json:"pseudonym"`
	Of        string `json:"of"`
	Others    int64  `json:"others,omitempty"` // other accounts that answer to the same
}

// SubjectRow is one stored version of one row.
type SubjectRow struct {
	Kind          string         `json:"kind"`
	List          string         `json:"list,omitempty"`
	Record        string         `json:"record"`
	Title         string         `json:"title,omitempty"`
	Source        string         `json:"source"`
	Place         string         `json:"place,omitempty"`
	Present       bool           `json:"present"`
	From          time.Time      `json:"from"`
	To            time.Time      `json:"to"`
	Seen          time.Time      `json:"seen"`
	Withdrawn     time.Time      `json:"withdrawn"`
	Reconstructed bool           `json:"reconstructed,omitempty"`
	Fields        []SubjectField `json:"fields"`
}

// SubjectField is one field and its value, in words.
type SubjectField struct {
	Name  string `json:"name"`
	Title string `json:"title"`
	Value string `json:"value"`
}

// SubjectFigure is a figure that the account is counted in now.
type SubjectFigure struct {
	KPI    string `json:"id"`
	Title  string `json:"title"`
	Pass   bool   `json:"pass"`
	Reason string `json:"reason,omitempty"`
}

// States of a snapshot for one person.
const (
	InSnapshot    = "finns"
	NotInSnapshot = "finns inte"
	CutLoose      = "går inte att koppla till personen"
	Sealed        = "går inte att läsa"
)

// SubjectSnapshot is a snapshot and whether the person is in it.
type SubjectSnapshot struct {
	Name  string    `json:"name"`
	AsOf  time.Time `json:"as_of"`
	State string    `json:"state"`
	Why   string    `json:"why,omitempty"`
}

// NewSubject puts the answer together from what the store holds.
func NewSubject(p store.Person, rows []store.PersonRow) Subject {
	s := Subject{Found: len(p.Keys) > 0, Keys: []SubjectKey{}, Rows: []SubjectRow{}, Figures: []SubjectFigure{}, Snapshots: []SubjectSnapshot{}}
	for _, k := range p.Keys {
		s.Keys = append(s.Keys, SubjectKey(k))
	}
	for i := range rows {
		s.Rows = append(s.Rows, subjectRow(&rows[i]))
	}
	return s
}

func subjectRow(r *store.PersonRow) SubjectRow {
	row := SubjectRow{
		Kind: string(r.Kind), List: r.List, Record: r.Record, Title: r.Title, Source: r.Source, Place: r.Place, Present: r.Present,
		From: r.From, To: r.To, Seen: r.Seen, Withdrawn: r.Withdrawn, Reconstructed: r.Reconstructed,
	}
	owner := row.Kind
	if row.List != "" {
		owner += "." + row.List
	}
	for _, f := range r.Fields {
		name := owner + "." + f.Field.Name
		row.Fields = append(row.Fields, SubjectField{Name: f.Field.Name, Title: fieldTitle(name), Value: valueText(name, f)})
	}
	return row
}
