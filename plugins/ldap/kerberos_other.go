//go:build !windows

package ldap

import (
	"crypto/tls"
	"errors"

	"github.com/go-ldap/ldap/v3/gssapi"
	"github.com/jcmturner/gokrb5/v8/client"
)

// kerberosClient takes the keytab, the credential cache or the password of the
// settings. gokrb5 cannot put a channel binding into its request, so a domain
// controller that demands one for Kerberos refuses this login; a simple bind
// over TLS is not concerned.
func kerberosClient(b Bind, baseDir string, _ tls.ConnectionState) (securityClient, error) {
	conf := b.Krb5Conf
	if conf == "" {
		conf = "/etc/krb5.conf"
	}
	conf = within(baseDir, conf)
	// FAST is an offer that Active Directory does not need and that some KDCs refuse.
	off := client.DisablePAFXFAST(true)
	switch {
	case b.Keytab != "":
		return gssapi.NewClientWithKeytab(b.User, b.Realm, within(baseDir, b.Keytab), conf, off)
	case b.CCache != "":
		return gssapi.NewClientFromCCache(within(baseDir, b.CCache), conf, off)
	case b.Password != "":
		return gssapi.NewClientWithPassword(b.User, b.Realm, b.Password, conf, off)
	}
	return nil, errors.New("bind: gssapi behöver keytab, ccache eller password på Linux")
}
