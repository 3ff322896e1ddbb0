package ldap

import (
	"crypto/tls"

	"github.com/go-ldap/ldap/v3/gssapi"
)

// kerberosClient uses the account that the program runs as (the logged-in
// user, or the service's account, gMSA included), with the channel binding
// tls-server-end-point (RFC 5929). With a user and a password those are used,
// and then without a channel binding, which go-ldap does not offer for them.
func kerberosClient(b Bind, _ string, state tls.ConnectionState) (securityClient, error) {
	switch {
	case b.Password != "":
		return gssapi.NewSSPIClientWithUserCredentials(b.Realm, b.User, b.Password)
	case len(state.PeerCertificates) > 0:
		return gssapi.NewSSPIClientWithChannelBinding(state.PeerCertificates[0])
	}
	return gssapi.NewSSPIClient()
}
