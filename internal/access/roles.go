package access

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/kommunpuls/kommunpuls/internal/config"
	"github.com/kommunpuls/kommunpuls/internal/expose/web"
)

// claims are those of a token, as they came.
type claims map[string]json.RawMessage

// errTooManyGroups is returned where the provider left the groups out because
// they are too many: Entra ID does so above 200.
var errTooManyGroups = errors.New("the provider left the groups out")

// groups are the values of the claims that hold groups or roles; false where
// the token has none of them.
func (c claims) groups(names []string) ([]string, bool, error) {
	var out []string
	found := false
	for _, name := range names {
		raw, ok := c.value(name)
		if !ok {
			if c.elsewhere(name) {
				return nil, false, errTooManyGroups
			}
			continue
		}
		found = true
		var many []string
		var one string
		switch {
		case json.Unmarshal(raw, &many) == nil:
			out = append(out, many...)
		case json.Unmarshal(raw, &one) == nil:
			out = append(out, one)
		default:
			return nil, false, fmt.Errorf("claim %s: want texts", name)
		}
	}
	return out, found, nil
}

// value finds a claim by its name, or by a path such as realm_access.roles.
func (c claims) value(name string) (json.RawMessage, bool) {
	if raw, ok := c[name]; ok {
		return raw, true
	}
	first, rest, ok := strings.Cut(name, ".")
	if !ok {
		return nil, false
	}
	var inner claims
	if raw, has := c[first]; !has || json.Unmarshal(raw, &inner) != nil {
		return nil, false
	}
	return inner.value(rest)
}

// elsewhere tells whether a claim was left out to be asked for apart.
func (c claims) elsewhere(name string) bool {
	var names map[string]string
	if json.Unmarshal(c["_claim_names"], &names) == nil {
		if _, ok := names[name]; ok {
			return true
		}
	}
	return name == "groups" && string(c["hasgroups"]) == "true"
}

// grant is the role that groups give: the one that sees most. Units are those
// of every group, as the configuration names them.
func grant(r config.Roles, groups []string) (role string, units []string) {
	has := func(wanted []string) bool {
		return slices.ContainsFunc(wanted, func(g string) bool { return slices.Contains(groups, g) })
	}
	switch {
	case has(r.Admin):
		return web.RoleAdmin, nil
	case has(r.Auditor):
		return web.RoleAuditor, nil
	case has(r.Viewer):
		return web.RoleViewer, nil
	}
	for _, g := range groups {
		units = append(units, r.Forvaltning[g]...)
	}
	if len(units) == 0 {
		return "", nil
	}
	slices.Sort(units)
	return web.RoleForvaltning, slices.Compact(units)
}
