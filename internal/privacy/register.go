// Package privacy answers for the personal data that the program keeps: the
// record of processing activities, what is held of one person, what is removed
// under which decision, and the proof of it. It asks no clock and logs nothing.
package privacy

import (
	"time"

	"github.com/kommunpuls/kommunpuls/internal/config"
	"github.com/kommunpuls/kommunpuls/internal/store"
	"github.com/kommunpuls/kommunpuls/plugins/sdk"
	"github.com/kommunpuls/kommunpuls/plugins/sdk/record"
)

// Facts are what the record of processing activities is made of: the
// configuration in force, what the sources say of themselves, and what the
// store knows.
type Facts struct {
	Config  *config.Config
	Types   map[string]sdk.Description // by type of source
	Store   *Held                      // nil where nothing has been collected
	TLS     bool                       // people reach the pages over TLS
	KeyID   string                     // of the pseudonyms made now
	Version string
	Now     time.Time
}

// Held is what the store holds of persons, in numbers.
type Held struct {
	Sources  []store.SourceState
	Accounts []Count // by category of account, in the order of the schema
	Holders  int64   // persons that a role of a system or an org unit points at
	Erased   int64   // pseudonyms that are kept out after an erasure
}

// Count is a number of something.
type Count struct {
	Of string `json:"of"`
	N  int64  `json:"n"`
}

// Register is the record of processing activities (GDPR article 30).
type Register struct {
	Municipality string         `json:"municipality"`
	Demo         bool           `json:"demo,omitempty"`
	Made         time.Time      `json:"made"`
	Version      string         `json:"version"`
	Controller   Party          `json:"controller"`
	DPO          Party          `json:"dpo"`
	LegalBasis   string         `json:"legal_basis,omitempty"`
	Purposes     []string       `json:"purposes"`
	OwnPurposes  bool           `json:"purposes_by_municipality"`
	Persons      []Persons      `json:"persons"`
	Sources      []SourceUse    `json:"sources"`
	Recipients   []Recipient    `json:"recipients"`
	Storage      []StoragePlace `json:"storage"`
	Retention    []Kept         `json:"retention"`
	Measures     []Measure      `json:"security"`
	Unknown      []string       `json:"not_known"`
}

// Party is who answers for the processing or is asked about it.
type Party struct {
	Name    string   `json:"name,omitempty"`
	Mail    string   `json:"mail,omitempty"`
	Phone   string   `json:"phone,omitempty"`
	Address string   `json:"address,omitempty"`
	Missing []string `json:"missing,omitempty"` // what the configuration says nothing of
}

// Persons is a category of data subjects.
type Persons struct {
	Category string `json:"category"`
	N        *int64 `json:"n"` // nil where it is not known
	Data     string `json:"data"`
}

// SourceUse is what one configured source reads.
type SourceUse struct {
	Name     string       `json:"name"`
	Type     string       `json:"type"`
	Note     string       `json:"note"` // what is read and what is never read
	LastRead time.Time    `json:"last_read"`
	Retired  time.Time    `json:"retired"`
	Data     []DataOfKind `json:"data"`
}

// DataOfKind is what a source reads of one kind of record. Before the first
// collection it is what the source may read at most.
type DataOfKind struct {
	Kind       record.Kind `json:"kind"`
	Persons    bool        `json:"about_persons"` // each record is about one person
	Pseudonyms []string    `json:"pseudonyms"`    // read only to be made pseudonyms
	OfPersons  []string    `json:"of_persons"`    // about a person known by pseudonym
	Others     int         `json:"other_fields"`  // how many fields say nothing of a person
	AtMost     bool        `json:"at_most"`
}

// Recipient is who gets something, what, and whether it leaves the machine.
type Recipient struct {
	Who      string `json:"who"`
	What     string `json:"what"`
	Host     string `json:"host,omitempty"`
	Persons  bool   `json:"personal_data"`
	Transfer string `json:"transfer,omitempty"` // what is to be judged about other countries
}

// StoragePlace is where something is kept.
type StoragePlace struct {
	What  string `json:"what"`
	Where string `json:"where"`
}

// Kept is how long a kind of record is kept.
type Kept struct {
	Kind     string `json:"kind"`
	Title    string `json:"title"`
	Keep     string `json:"keep,omitempty"` // "10y", "" is until further notice
	Decision string `json:"decision,omitempty"`
	By       string `json:"by,omitempty"`
	Text     string `json:"text"`
}

// Measure is a security measure and whether it is on.
type Measure struct {
	Title string `json:"title"`
	On    bool   `json:"on"`
	Text  string `json:"text"`
}

// NewRegister puts the record together. What the facts do not tell stands in
// Unknown and is not made up.
func NewRegister(f Facts) Register {
	c := f.Config
	r := Register{Municipality: c.Municipality, Demo: c.Demo, Made: f.Now, Version: f.Version,
		Controller: party(c.Privacy.Controller, true), DPO: party(c.Privacy.DPO, false), LegalBasis: c.Privacy.LegalBasis,
		Purposes: c.Privacy.Purposes, OwnPurposes: len(c.Privacy.Purposes) > 0,
	}
	if !r.OwnPurposes {
		r.Purposes = []string{
			"Följa upp kommunens it-miljö: konton, system, ärenden, utrustning, nät och kostnader, som underlag för ledning, drift och revision.",
			"Visa vilka konton som är inaktuella eller har hög behörighet, och vilka system som saknar en ansvarig som finns kvar i kommunen.",
		}
	}
	r.Persons = persons(f)
	r.Sources = sources(f)
	r.Recipients = recipients(f)
	r.Storage = storage(f)
	r.Retention = retention(c.Privacy)
	r.Measures = measures(f)
	r.Unknown = unknown(f, r)
	return r
}

func party(c config.Contact, office bool) Party {
	p := Party{Name: c.Name, Mail: c.Mail, Phone: c.Phone, Address: c.Address}
	if c.Name == "" {
		p.Missing = append(p.Missing, "namn")
	}
	if c.Mail+c.Phone == "" {
		p.Missing = append(p.Missing, "e-post eller telefon")
	}
	if office && c.Address == "" {
		p.Missing = append(p.Missing, "adress")
	}
	return p
}
