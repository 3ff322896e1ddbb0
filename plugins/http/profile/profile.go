package profile

// Profile is one profile.yaml.
type Profile struct {
	// ID is what `profile:` in the configuration says; the name of the
	// profile's folder.
	ID string `json:"profile"`
	// Version of the profile. Raise it when what is read means something else:
	// the next collection is then a full pass.
	Version string `json:"version"`
	// Title is the system's name: "Request Tracker".
	Title Text `json:"title"`
	// About says in a few sentences what is read and what for.
	About Text `json:"about"`
	// Privacy says what is read and what is never read.
	Privacy Text `json:"privacy"`
	// Tried says what the profile was tried against: a real server and which
	// version, or a strict fake built from documented facts.
	Tried Text `json:"tried"`

	// Settings are what the profile asks for.
	Settings []Setting `json:"settings"`
	// Check lists what must hold between settings; see [Rule].
	Check []Rule `json:"check,omitempty"`

	Connection Connection `json:"connection"`
	// Auth lists the ways to log in; the first whose When holds is used. None
	// means that nothing is sent.
	Auth   []Auth `json:"auth,omitempty"`
	Answer Answer `json:"answer,omitempty"`

	// Timezone of times without an offset in what is read; default UTC. The
	// setting timezone goes before it.
	Timezone string `json:"timezone,omitempty"`
	// EmptyDates are dates and times that mean "not filled in": any value
	// that begins with one of these texts, such as 1970-01-01 or 0001-01-01.
	EmptyDates []string `json:"empty_dates,omitempty"`
	// NullMarkers are further words that mean "not filled in", in any field.
	NullMarkers []string `json:"null_markers,omitempty"`

	// Lookups are read before the streams, in this order; each may use those
	// before it.
	Lookups []Lookup `json:"lookups,omitempty"`
	Streams []Stream `json:"streams"`
}

// Text is a text in Swedish and in English. Both are required.
type Text struct {
	SV string `json:"sv"`
	EN string `json:"en"`
}

// Setting is one thing that the municipality must or may say. A profile cannot
// ask for the names in [Reserved], which every profile has.
type Setting struct {
	// Name is snake_case. A secret's name ends in password, secret, token or
	// api_key, so that the configuration refuses it in clear.
	Name string `json:"name"`
	// Type is text (default), secret, url, number, bool, list (of texts), map
	// (text to text) or choice (one of Choices).
	Type     string `json:"type,omitempty" jsonschema:"enum=text,enum=secret,enum=url,enum=number,enum=bool,enum=list,enum=map,enum=choice"`
	Required bool   `json:"required,omitempty"`
	// Default is used when the setting is not given; its type is the setting's.
	Default any `json:"default,omitempty"`
	// Choices are the values of a choice, with what each means.
	Choices map[string]Text `json:"choices,omitempty"`
	// Text says what it is, for the person who fills it in.
	Text Text `json:"text"`
	// Example is shown beside it; never a real secret.
	Example any `json:"example,omitempty"`
}

// Rule is something that must hold between settings: "user and password go
// together".
type Rule struct {
	// Holds is an expression on the settings that yields true or false.
	Holds string `json:"holds"`
	// Field is the setting that the fault is told of.
	Field string `json:"field,omitempty"`
	// Text is a full sentence that says what to do.
	Text Text `json:"text"`
}

// Reserved are the settings that every profile has; the engine owns them.
//
//	profile          id of a shipped profile, or the path of a file
//	streams          list of the streams to read; all by default
//	fields           stream → field → expression (or a [Field]): the municipality's own, over the profile's
//	values           stream → field → value as the source has it → value as kommunpuls has it
//	skip             stream → expression: items for which it is true are not read
//	null_markers     further words that mean "not filled in"
//	titles           further words that make a role's holder a title and not a person
//	timezone         of times without an offset
//	full_every       how often a full pass is made: "7d"
//	page_size        rows asked for in a page
//	timeout          of one request
//	ca_file          PEM file of the own CA
//	allow_plain_http true lets http:// be used off this machine
func Reserved() []string {
	return []string{
		"profile", "streams", "fields", "values", "skip", "null_markers", "titles", "timezone",
		"full_every", "page_size", "timeout", "ca_file", "allow_plain_http",
	}
}

// Setting returns the setting of a name.
func (p *Profile) Setting(name string) (Setting, bool) {
	for _, s := range p.Settings {
		if s.Name == name {
			return s, true
		}
	}
	return Setting{}, false
}

// Stream returns the stream of a name.
func (p *Profile) Stream(name string) (*Stream, bool) {
	for i := range p.Streams {
		if p.Streams[i].Name == name {
			return &p.Streams[i], true
		}
	}
	return nil, false
}
