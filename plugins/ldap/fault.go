package ldap

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net"
	"strings"
	"time"

	goldap "github.com/go-ldap/ldap/v3"

	"github.com/kommunpuls/kommunpuls/plugins/sdk"
)

// connectFault says in a sentence why there is no connection.
func connectFault(ctx context.Context, host string, err error) error {
	if ctx.Err() != nil {
		return ctx.Err()
	}
	return fmt.Errorf("%s: %s: %w", host, connectCause(err), sdk.ErrUnreachable)
}

func connectCause(err error) string {
	var (
		invalid  x509.CertificateInvalidError
		name     x509.HostnameError
		unknown  x509.UnknownAuthorityError
		roots    x509.SystemRootsError
		verify   *tls.CertificateVerificationError
		dns      *net.DNSError
		notTLS   tls.RecordHeaderError
		ldapErr  *goldap.Error
		deadline = errors.Is(err, context.DeadlineExceeded)
	)
	switch {
	case errors.As(err, &invalid) && invalid.Reason == x509.Expired:
		return fmt.Sprintf("serverns certifikat gäller inte nu (giltigt %s till %s)",
			invalid.Cert.NotBefore.Format(time.DateOnly), invalid.Cert.NotAfter.Format(time.DateOnly))
	case errors.As(err, &name):
		return "serverns certifikat gäller ett annat värdnamn; skriv i url det namn som står i certifikatet"
	case errors.As(err, &unknown), errors.As(err, &roots):
		return "serverns certifikat är utfärdat av en okänd utfärdare; ange kommunens egen CA i ca_file"
	case errors.As(err, &verify), errors.As(err, &invalid):
		return "serverns certifikat kan inte godtas"
	case errors.As(err, &notTLS):
		return "servern talar inte TLS på den porten"
	case errors.As(err, &ldapErr) && ldapErr.ResultCode != goldap.ErrorNetwork:
		return fmt.Sprintf("servern nekade StartTLS (kod %d)", ldapErr.ResultCode)
	case errors.As(err, &dns):
		return "värdnamnet finns inte i DNS"
	case deadline, isTimeout(err):
		return "servern svarade inte i tid"
	case strings.Contains(err.Error(), "refused"):
		return "ingen lyssnar på den porten (anslutningen nekades)"
	}
	return "anslutningen bröts innan den var säker"
}

func isTimeout(err error) bool {
	var n net.Error
	return errors.As(err, &n) && n.Timeout()
}

// adCauses are the sub-codes ("data 52e") that Active Directory puts into a
// refused bind.
var adCauses = [...]struct{ code, text string }{
	{"525", "kontot finns inte"},
	{"52e", "fel lösenord eller användarnamn"},
	{"530", "kontot får inte logga in vid den här tiden"},
	{"531", "kontot får inte logga in från den här datorn"},
	{"532", "kontots lösenord har gått ut"},
	{"533", "kontot är inaktiverat"},
	{"701", "kontots giltighetstid har gått ut"},
	{"773", "kontot måste byta lösenord före första inloggningen"},
	{"775", "kontot är låst efter för många misslyckade försök"},
	{"80090346", "servern kräver kanalbindning (channel binding), som inloggningen inte hade"},
}

// bindFault says in a sentence why the login was refused. The server's own text
// is left out: it can hold the account's name.
func bindFault(ctx context.Context, host string, err error) error {
	if ctx.Err() != nil {
		return ctx.Err()
	}
	return fmt.Errorf("%s: %s: %w", host, bindCause(err), sdk.ErrUnreachable)
}

func bindCause(err error) string {
	var (
		le *goldap.Error
		ke *kerberosError
	)
	if errors.As(err, &ke) {
		return "Kerberos är inte rätt inställt: " + ke.Error()
	}
	if !errors.As(err, &le) {
		return kerberosCause(err)
	}
	text := err.Error()
	for _, c := range adCauses {
		if strings.Contains(text, "data "+c.code) || (len(c.code) == 8 && strings.Contains(text, c.code)) {
			return "inloggningen nekades: " + c.text
		}
	}
	switch le.ResultCode {
	case goldap.LDAPResultInvalidCredentials:
		return "inloggningen nekades: fel lösenord eller användarnamn"
	case goldap.LDAPResultStrongAuthRequired, goldap.LDAPResultConfidentialityRequired:
		return "inloggningen nekades: servern kräver starkare skydd (signering eller TLS)"
	case goldap.LDAPResultUnwillingToPerform, goldap.LDAPResultInappropriateAuthentication:
		return "inloggningen nekades: servern tillåter inte det sättet att logga in"
	case goldap.ErrorNetwork:
		return "anslutningen bröts under inloggningen"
	}
	return fmt.Sprintf("inloggningen nekades (%s, kod %d)", goldap.LDAPResultCodeMap[le.ResultCode], le.ResultCode)
}

// kerberosCause knows the answers of a Kerberos server that people meet.
func kerberosCause(err error) string {
	for _, c := range [...]struct{ sign, text string }{
		{"KDC_ERR_PREAUTH_FAILED", "fel lösenord, eller en keytab som inte längre gäller"},
		{"KDC_ERR_C_PRINCIPAL_UNKNOWN", "kontot finns inte i Kerberos"},
		{"KDC_ERR_S_PRINCIPAL_UNKNOWN", "servern har inte namnet i spn (ldap/värdnamn); skriv hela värdnamnet i url eller spn"},
		{"KDC_ERR_CLIENT_REVOKED", "kontot är inaktiverat eller låst"},
		{"KDC_ERR_KEY_EXPIRED", "kontots lösenord har gått ut"},
		{"Networking_Error", "Kerberos-servern går inte att nå"},
		{"KRB_AP_ERR_SKEW", "klockan går mer än fem minuter fel"},
		{"KDC_ERR_ETYPE_NOSUPP", "keytab saknar en krypteringstyp som servern godtar"},
	} {
		if strings.Contains(err.Error(), c.sign) {
			return "inloggningen nekades av Kerberos: " + c.text
		}
	}
	return "inloggningen med Kerberos misslyckades"
}

// searchFault says why a search did not give everything.
func searchFault(ctx context.Context, where string, seen int64, err error) error {
	if ctx.Err() != nil {
		return ctx.Err()
	}
	var le *goldap.Error
	if !errors.As(err, &le) || le.ResultCode == goldap.ErrorNetwork {
		if err != nil && strings.Contains(err.Error(), "timed out") {
			return fmt.Errorf("%s: katalogen svarade inte i tid efter %d poster: %w", where, seen, sdk.ErrUnreachable)
		}
		return fmt.Errorf("%s: förbindelsen bröts efter %d poster: %w", where, seen, sdk.ErrUnreachable)
	}
	switch le.ResultCode {
	case goldap.LDAPResultSizeLimitExceeded, goldap.LDAPResultAdminLimitExceeded:
		return fmt.Errorf("%s: katalogen gav bara de första %d posterna (storleksgräns); läskontot behöver få läsa allt sida för sida: %w", where, seen, sdk.ErrBadInput)
	case goldap.LDAPResultTimeLimitExceeded:
		return fmt.Errorf("%s: katalogen avbröt sökningen efter %d poster (tidsgräns): %w", where, seen, sdk.ErrUnreachable)
	case goldap.LDAPResultOperationsError, goldap.LDAPResultInappropriateMatching:
		return &unevaluatedError{fmt.Errorf("%s: katalogen kunde inte utföra sökningen (kod %d): %w", where, le.ResultCode, sdk.ErrUnreachable)}
	case goldap.LDAPResultInsufficientAccessRights:
		return fmt.Errorf("%s: läskontot får inte läsa här: %w", where, sdk.ErrUnreachable)
	case goldap.LDAPResultNoSuchObject:
		return &missingError{fmt.Errorf("%s: finns inte, eller läskontot får inte se den: %w", where, sdk.ErrUnreachable)}
	case goldap.LDAPResultBusy, goldap.LDAPResultUnavailable:
		return fmt.Errorf("%s: katalogen är upptagen: %w", where, sdk.ErrUnreachable)
	}
	return fmt.Errorf("%s: katalogen svarade %s (kod %d): %w", where, goldap.LDAPResultCodeMap[le.ResultCode], le.ResultCode, sdk.ErrBadInput)
}
