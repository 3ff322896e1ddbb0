package watchlist

import "regexp"

// Type is a way to probe.
type Type string

// The types. A module without a name of its own has its type's.
const (
	ICMP Type = "icmp"
	TCP  Type = "tcp"
	HTTP Type = "http"
	DNS  Type = "dns"
	TLS  Type = "tls"
	SNMP Type = "snmp"
)

// Types lists the types in the order they are presented.
func Types() []Type { return []Type{ICMP, TCP, HTTP, DNS, TLS, SNMP} }

// Module is a type with its options.
type Module struct {
	Name string
	Type Type
	// IP is 4, 6 or 0 (what the name has, 4 first).
	IP int

	// http
	Method          string // GET
	Status          []int  // those that are good; empty is 200–299
	Contains, Lacks *regexp.Regexp
	FollowRedirects bool
	MaxBody         int64 // bytes

	// tcp
	Greeting *regexp.Regexp // a line that the server must begin with

	// tls and http
	CAFile     string // relative to the settings' folder
	ServerName string
	Insecure   bool // the certificate is not verified; its expiry is told all the same

	// dns
	QueryType string // A
	Answer    *regexp.Regexp
	Transport string // udp or tcp

	// snmp
	SNMP Login
}

// Login is how an SNMP agent lets one in. It is secret.
type Login struct {
	Version         string // 2c or 3
	Community       string
	User            string
	Auth            string // md5, sha, sha224, sha256, sha384, sha512 or empty
	AuthPassword    string
	Privacy         string // des, aes, aes192, aes256 or empty
	PrivacyPassword string
}

// String hides what is secret.
func (Login) String() string { return "(hidden)" }

// GoString hides what is secret from %#v.
func (Login) GoString() string { return "(hidden)" }
