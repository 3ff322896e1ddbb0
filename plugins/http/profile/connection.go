package profile

// Connection says where the system is and how gently it is treated.
type Connection struct {
	// Base is a template of the address that paths are added to:
	// "{{ $settings.url }}/REST/2.0".
	Base string `json:"base"`
	// Headers are templates that every request carries. Accept is
	// application/json unless given.
	Headers map[string]string `json:"headers,omitempty"`
	// Rate bounds how often requests are made; none is no bound.
	Rate Rate `json:"rate,omitempty"`
	// Retry says how long a request that failed for now is tried again.
	Retry Retry `json:"retry,omitempty"`
	// Timeout bounds one request; default 60s. The setting timeout goes before it.
	Timeout Duration `json:"timeout,omitempty"`
	// MaxBodyMB bounds one answer; default 32.
	MaxBodyMB int `json:"max_body_mb,omitempty"`
	// MaxDepth bounds how deep an answer's JSON may be nested; default 64.
	MaxDepth int `json:"max_depth,omitempty"`
}

// Rate is at most Requests in each Per, evenly spread after the first Burst.
type Rate struct {
	Requests int      `json:"requests,omitempty"`
	Per      Duration `json:"per,omitempty"`   // default 1s
	Burst    int      `json:"burst,omitempty"` // default 1
}

// Retry: network faults and the statuses below are tried again, after what
// Retry-After says or else after a growing time with jitter.
type Retry struct {
	// Total bounds the time that one request may take with all its tries; default 5m.
	Total Duration `json:"total,omitempty"`
	// Statuses; default 429, 500, 502, 503, 504.
	Statuses []int `json:"statuses,omitempty"`
}

// Auth is one way to log in.
type Auth struct {
	// When is an expression on the settings; none is always.
	When string `json:"when,omitempty"`
	// By is one of
	//
	//	none         nothing is sent
	//	basic        User and Password; an API key as user name is a User alone
	//	bearer       Authorization: Bearer Value
	//	header       header Name: Value ("Token token={{ $settings.api_key }}")
	//	query        query parameter Name
	//	body         member Name of the JSON body or form; a dotted name is nested
	//	session      Session logs in; the token goes where Session says
	//	oauth2       client credentials, or another grant by OAuth2.Params
	By       string  `json:"by" jsonschema:"enum=none,enum=basic,enum=bearer,enum=header,enum=query,enum=body,enum=session,enum=oauth2"`
	User     string  `json:"user,omitempty"`     // template
	Password string  `json:"password,omitempty"` // template
	Name     string  `json:"name,omitempty"`
	Value    string  `json:"value,omitempty"` // template
	Session  Session `json:"session,omitempty"`
	OAuth2   OAuth2  `json:"oauth2,omitempty"`
}

// Session logs in before the first request and out after the last, also when
// the collection failed. A token that expires in the middle is renewed once
// for each request.
type Session struct {
	Login Request `json:"login"`
	// Token is an expression on the answer of Login. Without one the session
	// is in the cookies that Login set.
	Token string `json:"token,omitempty"`
	// Logout is made when all is read, if given.
	Logout *Request `json:"logout,omitempty"`
	// In says where the token goes: header (default), query, body or bearer.
	In string `json:"in,omitempty" jsonschema:"enum=header,enum=query,enum=body,enum=bearer"`
	// Name of the header, parameter or member.
	Name string `json:"name,omitempty"`
	// Value is a template; default "{{ $token }}".
	Value string `json:"value,omitempty"`
}

// OAuth2 fetches a token.
type OAuth2 struct {
	TokenURL     string   `json:"token_url,omitempty"`     // template
	ClientID     string   `json:"client_id,omitempty"`     // template
	ClientSecret string   `json:"client_secret,omitempty"` // template
	Scopes       []string `json:"scopes,omitempty"`        // templates
	// Params are further form fields of the token request, templates; they
	// may set another grant_type.
	Params map[string]string `json:"params,omitempty"`
	// Style says where the client's id and secret go: header (default) or body.
	Style string `json:"style,omitempty" jsonschema:"enum=header,enum=body"`
}

// Answer says how the system's answers are understood.
type Answer struct {
	// Empty are statuses that mean "no items" and have no body; default 204.
	Empty []int `json:"empty,omitempty"`
	// LoggedOut are statuses that mean the session or token is no longer good;
	// default 401.
	LoggedOut []int `json:"logged_out,omitempty"`
	// Errors tell faults in answers with status 200; the first that holds counts.
	Errors []ErrorRule `json:"errors,omitempty"`
}

// ErrorRule tells one kind of fault from the body.
type ErrorRule struct {
	// When is an expression on the answer that yields true or false.
	When string `json:"when"`
	// Is says what it means: logged_out (log in again, once), wait (try again
	// later), refused (the account may not read this), fault (anything else; default).
	Is string `json:"is,omitempty" jsonschema:"enum=logged_out,enum=wait,enum=refused,enum=fault"`
	// Code is an expression on the answer that yields the system's own error
	// code, at most 40 letters, digits and . _ -; longer texts may name people
	// and are never shown.
	Code string `json:"code,omitempty"`
	// Text says in a sentence what to do about it.
	Text Text `json:"text,omitempty"`
}
