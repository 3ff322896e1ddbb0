package fakes

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"time"
)

// GraphTenant is what a Microsoft Entra tenant holds, as far as Graph's v1.0
// says it. The zero value has no users and has granted nothing.
type GraphTenant struct {
	ID           string // of the tenant, a GUID
	ClientID     string
	ClientSecret string
	// Granted are the application permissions that an administrator consented to.
	Granted []string
	// Premium is Entra ID P1 or P2; without it nothing is told of sign-ins.
	Premium bool

	Users             []GraphUser
	Groups            []GraphGroup
	RoleDefinitions   map[string]string // id → displayName, built-in and own
	RoleAssignments   []GraphRole
	RoleEligibilities []GraphRole // needs Premium
	ServicePrincipals []GraphServicePrincipal
	Licences          map[string]string // skuId → skuPartNumber
}

// GraphUser is one user. Empty texts are null, as in the real one.
type GraphUser struct {
	ID, UPN, Mail, DisplayName, GivenName, Surname string
	Department, Company, JobTitle, OfficeLocation  string
	UserType                                       string // Member or Guest
	EmployeeType                                   string
	Enabled                                        bool
	Created                                        string // RFC 3339, UTC
	PasswordChanged                                string
	PasswordPolicies                               string // "DisablePasswordExpiration"
	ImmutableID                                    string // base64 of the objectGUID of a synchronised user
	SAMAccountName, SID                            string
	ProxyAddresses                                 []string
	Extensions                                     map[int]string // extensionAttribute1–15
	Licences                                       []string       // skuIds
	SignIn                                         *GraphSignIn   // nil: never
	// Registration is nil for users that the report does not have, disabled ones.
	Registration *GraphRegistration
}

// GraphSignIn is signInActivity. Interactive and NonInteractive are attempts,
// also those that failed; Successful has been kept since December 2023.
type GraphSignIn struct{ Interactive, NonInteractive, Successful string }

// GraphRegistration is a user's row of userRegistrationDetails.
type GraphRegistration struct {
	MFACapable, MFARegistered, Passwordless bool
	Methods                                 []string
}

// GraphGroup is a group; Members are ids of users, of other groups and of
// service principals.
type GraphGroup struct {
	ID, Name       string
	RoleAssignable bool
	// Hidden membership is told only to those with Member.Read.Hidden; others
	// see a group without members.
	Hidden  bool
	Members []string
}

// GraphRole assigns a directory role to a user, a group or a service principal.
type GraphRole struct{ ID, Role, Principal, Scope string }

// GraphServicePrincipal is an enterprise application.
type GraphServicePrincipal struct {
	ID, AppID, Name, Type, SSOMode string // Type: Application, ManagedIdentity, Legacy
	OwnerTenant                    string
	Enabled                        bool
	Tags                           []string
	// AssignedTo are ids of the users and groups that were given the application.
	AssignedTo []string
}

// Graph is a strict stand-in for Microsoft Graph and its token service.
type Graph struct {
	*httptest.Server
	Journal

	mu     sync.Mutex
	tenant GraphTenant
	opt    GraphOptions
	tokens map[string]*graphToken
	pages  map[string]graphPage
	issued int
	// reports is when the last reports were answered.
	reports []time.Time
}

// GraphOptions make the fake behave in ways that are allowed but rare.
type GraphOptions struct {
	// PageSize is the most that a page holds whatever $top says, as the real
	// one may at any time; 0 is the documented limit.
	PageSize int
	// TokenUses is how many requests a token is good for, although it was
	// given for an hour: it was revoked. 0 is no end.
	TokenUses int
	// ReportWindow is how long five answers of a report last; 0 is the
	// documented ten seconds. Tests that have more pages make it shorter.
	ReportWindow time.Duration
}

// NewGraph starts the fake.
func NewGraph(tenant GraphTenant, opt GraphOptions) *Graph {
	g := &Graph{tenant: tenant, opt: opt, tokens: map[string]*graphToken{}, pages: map[string]graphPage{}}
	g.Server = httptest.NewServer(g.recorded(http.HandlerFunc(g.serve)))
	return g
}

// Change changes the tenant between collections.
func (g *Graph) Change(change func(*GraphTenant)) {
	g.mu.Lock()
	defer g.mu.Unlock()
	change(&g.tenant)
}

// Reset ends every token, as a changed secret does.
func (g *Graph) Reset() {
	g.mu.Lock()
	defer g.mu.Unlock()
	clear(g.tokens)
}

func (g *Graph) serve(w http.ResponseWriter, r *http.Request) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if strings.HasSuffix(r.URL.Path, "/oauth2/v2.0/token") {
		g.token(w, r)
		return
	}
	rest, ok := strings.CutPrefix(r.URL.Path, "/v1.0/")
	if !ok {
		g.refuse(w, r, http.StatusBadRequest, "BadRequest", "Invalid version: "+strings.SplitN(strings.TrimPrefix(r.URL.Path, "/"), "/", 2)[0])
		return
	}
	if !g.authorised(w, r) {
		return
	}
	if g.held(w, r, graphError("TooManyRequests", "Too many requests")) {
		return
	}
	if r.Method != http.MethodGet {
		g.refuse(w, r, http.StatusMethodNotAllowed, "Request_BadRequest", "Specified HTTP method is not allowed for the request target.")
		return
	}
	g.route(w, r, rest)
}

func (g *Graph) route(w http.ResponseWriter, r *http.Request, path string) {
	part := strings.Split(path, "/")
	switch {
	case path == "users":
		g.users(w, r)
	case path == "reports/authenticationMethods/userRegistrationDetails":
		g.registrations(w, r)
	case path == "roleManagement/directory/roleDefinitions":
		g.roleDefinitions(w, r)
	case path == "roleManagement/directory/roleAssignments":
		g.roles(w, r, "roleAssignments", g.tenant.RoleAssignments)
	case path == "roleManagement/directory/roleEligibilityScheduleInstances":
		g.roles(w, r, "roleEligibilityScheduleInstances", g.tenant.RoleEligibilities)
	case path == "servicePrincipals":
		g.servicePrincipals(w, r)
	case path == "subscribedSkus":
		g.skus(w, r)
	case part[0] == "servicePrincipals" && len(part) == 3 && part[2] == "appRoleAssignedTo":
		g.assigned(w, r, part[1])
	case part[0] == "groups" && len(part) == 2:
		g.group(w, r, part[1])
	case part[0] == "groups" && len(part) >= 3 && (part[2] == "members" || part[2] == "transitiveMembers") && len(part) <= 4:
		g.members(w, r, part[1], part[2] == "transitiveMembers", strings.Join(part[3:], ""))
	default:
		g.refuse(w, r, http.StatusBadRequest, "BadRequest", "Resource not found for the segment '"+part[0]+"'.")
	}
}

// graphError is the body that every refusal has.
func graphError(code, message string) object {
	return object{"error": object{"code": code, "message": message, "innerError": object{"date": "2026-01-02T03:04:05", "request-id": "00000000-0000-0000-0000-000000000000"}}}
}

// refuse answers an error that the real one answers and writes down that it was
// asked for: a client that knows the API does not meet it.
func (g *Graph) refuse(w http.ResponseWriter, r *http.Request, status int, code, message string) {
	g.fault(r, "%d %s: %s", status, code, message)
	writeJSON(w, status, graphError(code, message))
}

// denied answers that a permission or a licence is missing, which is no fault
// of the one who asks.
func denied(w http.ResponseWriter, code, message string) {
	writeJSON(w, http.StatusForbidden, graphError(code, message))
}
