// Package ldap reads accounts, groups and computers of Active Directory, Samba
// AD, OpenLDAP and LDIF exports.
//
// Whom an account belongs to stays in the plugin: login, UPN, mail, names, DN
// and SID leave it as pseudonyms only, protected accounts not at all, and
// pupils as counts per org unit.
package ldap

import (
	"context"
	"encoding/json"

	"github.com/kommunpuls/kommunpuls/plugins/sdk"
	"github.com/kommunpuls/kommunpuls/plugins/sdk/record"
)

// Source is the ldap source. Its zero value is ready.
type Source struct{}

// New returns the source.
func New() Source { return Source{} }

const version = "1.0.0"

// Describe says what the source is.
func (Source) Describe() sdk.Description {
	return sdk.Description{
		Name: "ldap", Version: version, ConfigSchema: ConfigSchema(),
		Kinds: []record.Kind{record.Account, record.Asset, record.Observation},
		Allowed: map[record.Kind][]string{
			record.Account: {
				"category", "org_unit", "enabled", "expires_at", "last_login_at", "created_at", "password_set_at",
				"password_never_expires", "strong_auth", "mobile_mail", "privileged", "locked", "gmsa",
				"account.key", "account.group",
			},
			record.Asset:       {"kind", "status", "user_category", "org_unit", "os", "last_seen_at"},
			record.Observation: pupilFields(),
		},
		PrivacyNote: "Läser konton, grupper och datorer. Inloggningsnamn, e-post, namn, DN och SID lämnar aldrig " +
			"insamlaren annat än som pseudonymer. Konton med skyddade uppgifter lämnar den inte alls, och elever " +
			"bara som antal per enhet. Personnummer, telefonnummer, adresser och anställningsnummer läses aldrig.",
	}
}

// Watch is not offered: a directory is collected.
func (Source) Watch(context.Context, sdk.WatchRequest, sdk.WatchSink) error {
	return sdk.ErrNotSupported
}

// Collect reads the directories. With a cursor that every one of them can
// continue from it reads what changed, otherwise everything.
func (Source) Collect(ctx context.Context, req sdk.CollectRequest, out sdk.Sink) (sdk.End, error) {
	c, err := newCollection(req, out)
	if err != nil {
		return sdk.End{}, err
	}
	defer c.close()
	end, err := c.run(ctx)
	if ctx.Err() != nil {
		return sdk.End{}, ctx.Err()
	}
	return end, err
}

// ConfigSchema is the JSON Schema of the settings.
func ConfigSchema() json.RawMessage { return reflectSchema() }
