package column

import (
	"bytes"
	"encoding/json"
	"fmt"
)

// Spec is the setting of one column: what it is called and how it is read. In
// JSON it is a name, or an object.
type Spec struct {
	// Header names the column. With several, the first that the source has is
	// used: sheets that name the same column differently.
	Header Headers `json:"header"`
	// Values translates cells, regardless of case: {"Guld": "gold"}. An empty
	// translation means blank. It goes before the built-in translations.
	Values map[string]string `json:"values,omitempty"`
	// Format is the date layout where the built-in forms do not do, in the
	// letters yyyy, MM, dd, HH, mm, ss: "dd/MM-yy HH.mm"; or "unix" or
	// "unix_ms" for seconds or milliseconds since 1970.
	Format string `json:"format,omitempty"`
	// Holder, for roles: "" (told apart by the words), "person" or "title".
	Holder string `json:"holder,omitempty"`
	// Optional columns may be missing; the field is then unset.
	Optional bool `json:"optional,omitempty"`
}

// Headers is one header, or several alternatives; in JSON a string or a list.
type Headers []string

// UnmarshalJSON takes a string or a list of strings.
func (h *Headers) UnmarshalJSON(b []byte) error {
	var one string
	if err := json.Unmarshal(b, &one); err == nil {
		*h = Headers{one}
		return nil
	}
	var many []string
	if err := json.Unmarshal(b, &many); err != nil {
		return fmt.Errorf("header: want a string or a list of strings: %w", err)
	}
	*h = many
	return nil
}

// MarshalJSON writes one header as a string.
func (h Headers) MarshalJSON() ([]byte, error) {
	if len(h) == 1 {
		return json.Marshal(h[0])
	}
	return json.Marshal([]string(h))
}

// UnmarshalJSON takes a header alone, or an object.
func (s *Spec) UnmarshalJSON(b []byte) error {
	if t := bytes.TrimSpace(b); len(t) > 0 && t[0] != '{' {
		*s = Spec{}
		return s.Header.UnmarshalJSON(b)
	}
	type plain Spec
	var p plain
	dec := json.NewDecoder(bytes.NewReader(b))
	dec.DisallowUnknownFields()
	if err := dec.Decode(&p); err != nil {
		return err
	}
	*s = Spec(p)
	return nil
}

// MarshalJSON writes a column that is only a header as a string.
func (s Spec) MarshalJSON() ([]byte, error) {
	if len(s.Values) == 0 && s.Format == "" && s.Holder == "" && !s.Optional {
		return json.Marshal(s.Header)
	}
	type plain Spec
	return json.Marshal(plain(s))
}
