package fakes

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
)

// graphScope asks for every permission that was consented to; an application
// cannot ask for single ones.
const graphScope = "https://graph.microsoft.com/.default"

type graphToken struct{ uses int }

// token is the OAuth 2.0 token endpoint of the tenant, client credentials only.
func (g *Graph) token(w http.ResponseWriter, r *http.Request) {
	if g.held(w, r, object{"error": "temporarily_unavailable"}) {
		return
	}
	tenant := strings.TrimPrefix(strings.TrimSuffix(r.URL.Path, "/oauth2/v2.0/token"), "/")
	if r.Method != http.MethodPost || !strings.HasPrefix(r.Header.Get("Content-Type"), "application/x-www-form-urlencoded") {
		g.fault(r, "the token is asked for by POST of a form")
		tokenError(w, http.StatusBadRequest, "invalid_request", 900144, "The request body must contain the following parameter: 'grant_type'.")
		return
	}
	id, secret := r.PostFormValue("client_id"), r.PostFormValue("client_secret")
	if user, pass, ok := r.BasicAuth(); ok && id == "" {
		id, secret = user, pass
	}
	switch {
	case tenant != g.tenant.ID:
		tokenError(w, http.StatusBadRequest, "invalid_request", 90002, "Tenant '"+tenant+"' not found.")
	case r.PostFormValue("grant_type") != "client_credentials":
		g.fault(r, "grant_type %q", r.PostFormValue("grant_type"))
		tokenError(w, http.StatusBadRequest, "unsupported_grant_type", 70003, "The app requested an unsupported grant type.")
	case r.PostFormValue("scope") != graphScope:
		g.fault(r, "scope %q", r.PostFormValue("scope"))
		tokenError(w, http.StatusBadRequest, "invalid_scope", 1002012, "The provided value for scope is not valid. Client credential flows must have a scope value with /.default suffixed to the resource identifier.")
	case id != g.tenant.ClientID:
		tokenError(w, http.StatusBadRequest, "unauthorized_client", 700016, "Application with identifier was not found in the directory.")
	case secret != g.tenant.ClientSecret:
		tokenError(w, http.StatusUnauthorized, "invalid_client", 7000215, "Invalid client secret provided. Ensure the secret being sent in the request is the client secret value, not the client secret ID.")
	default:
		g.issued++
		t := fmt.Sprintf("token-%d", g.issued)
		g.tokens[t] = &graphToken{}
		writeJSON(w, http.StatusOK, object{"token_type": "Bearer", "expires_in": 3599, "ext_expires_in": 3599, "access_token": t})
	}
}

func tokenError(w http.ResponseWriter, status int, code string, number int, text string) {
	writeJSON(w, status, object{"error": code, "error_codes": []int{number}, "error_description": fmt.Sprintf("AADSTS%d: %s", number, text)})
}

// authorised looks at the bearer token.
func (g *Graph) authorised(w http.ResponseWriter, r *http.Request) bool {
	bearer, ok := strings.CutPrefix(r.Header.Get("Authorization"), "Bearer ")
	if !ok {
		g.fault(r, "no bearer token")
		writeJSON(w, http.StatusUnauthorized, graphError("InvalidAuthenticationToken", "Access token is empty."))
		return false
	}
	t := g.tokens[bearer]
	if t == nil || g.opt.TokenUses > 0 && t.uses >= g.opt.TokenUses {
		delete(g.tokens, bearer)
		writeJSON(w, http.StatusUnauthorized, graphError("InvalidAuthenticationToken", "Lifetime validation failed, the token is expired."))
		return false
	}
	t.uses++
	return true
}

// may tells whether one of the permissions was granted.
func (g *Graph) may(any ...string) bool {
	return slices.ContainsFunc(any, func(p string) bool { return slices.Contains(g.tenant.Granted, p) })
}

// allowed answers 403 in the words of the directory if none was granted.
func (g *Graph) allowed(w http.ResponseWriter, any ...string) bool {
	if g.may(any...) {
		return true
	}
	denied(w, "Authorization_RequestDenied", "Insufficient privileges to complete the operation.")
	return false
}

// mayReport answers 403 in the words of the reports if the permission or the
// licence for sign-ins is missing. The licence is looked at first.
func (g *Graph) mayReport(w http.ResponseWriter) bool {
	switch {
	case !g.tenant.Premium:
		denied(w, "Authentication_RequestFromNonPremiumTenantOrB2CTenant", "Neither tenant is B2C or tenant doesn't have premium license")
	case !g.may("AuditLog.Read.All"):
		denied(w, "Authentication_MSGraphPermissionMissing", "The principal does not have required Microsoft Graph permission(s): AuditLog.Read.All to call this API. For more information about Microsoft Graph permissions, please visit https://aka.ms/microsoftgraphpermissions.")
	default:
		return true
	}
	return false
}
