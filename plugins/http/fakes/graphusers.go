package fakes

import (
	"cmp"
	"fmt"
	"math"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"
)

// graphUserDefaults are the properties of a user that come without $select.
// accountEnabled is not among them.
func graphUserDefaults() []string {
	return []string{"displayName", "givenName", "jobTitle", "mail", "officeLocation", "surname", "userPrincipalName"}
}

// users lists users. With signInActivity a page holds 500 at most.
func (g *Graph) users(w http.ResponseWriter, r *http.Request) {
	if !g.allowed(w, "User.Read.All", "Directory.Read.All") || g.resumed(w, r) {
		return
	}
	q, ok := g.options(w, r, "$select", "$top", "$count", "$orderby")
	if !ok {
		return
	}
	most := 999
	if strings.Contains(q.Get("$select"), "signInActivity") {
		if !g.mayReport(w) {
			return
		}
		most = 500
	}
	var rows []object
	for i := range g.tenant.Users {
		rows = append(rows, g.tenant.Users[i].object())
	}
	if rows, ok = g.selected(w, r, q, "user", rows, graphUserDefaults()...); ok {
		g.first(w, r, q, "users", 100, most, rows)
	}
}

func (u *GraphUser) object() object {
	ext := object{}
	for i := 1; i <= 15; i++ {
		ext[fmt.Sprintf("extensionAttribute%d", i)] = null(u.Extensions[i])
	}
	licences := []object{}
	for _, sku := range u.Licences {
		licences = append(licences, object{"skuId": sku, "disabledPlans": []string{}})
	}
	sync := any(nil)
	if u.ImmutableID != "" {
		sync = true
	}
	o := object{
		"id": u.ID, "userPrincipalName": u.UPN, "mail": null(u.Mail), "displayName": null(u.DisplayName),
		"givenName": null(u.GivenName), "surname": null(u.Surname), "department": null(u.Department),
		"companyName": null(u.Company), "jobTitle": null(u.JobTitle), "officeLocation": null(u.OfficeLocation),
		"userType": null(u.UserType), "employeeType": null(u.EmployeeType), "accountEnabled": u.Enabled,
		"createdDateTime": null(u.Created), "lastPasswordChangeDateTime": null(u.PasswordChanged),
		"passwordPolicies":      null(u.PasswordPolicies),
		"onPremisesImmutableId": null(u.ImmutableID), "onPremisesSamAccountName": null(u.SAMAccountName), "onPremisesSecurityIdentifier": null(u.SID),
		"onPremisesSyncEnabled": sync, "onPremisesExtensionAttributes": ext,
		"proxyAddresses": append([]string{}, u.ProxyAddresses...), "assignedLicenses": licences, "signInActivity": absent,
	}
	if s := u.SignIn; s != nil {
		o["signInActivity"] = object{
			"lastSignInDateTime": null(s.Interactive), "lastSignInRequestId": "r",
			"lastNonInteractiveSignInDateTime": null(s.NonInteractive), "lastNonInteractiveSignInRequestId": "r",
			"lastSuccessfulSignInDateTime": null(s.Successful), "lastSuccessfulSignInRequestId": "r",
		}
	}
	return o
}

// registrations is the report of authentication methods. It takes no $select
// and no $top, and does not hold disabled users.
func (g *Graph) registrations(w http.ResponseWriter, r *http.Request) {
	if !g.mayReport(w) || g.throttled(w, time.Now()) || g.resumed(w, r) {
		return
	}
	q, ok := g.options(w, r, "$filter", "$orderby")
	if !ok {
		return
	}
	if f := q.Get("$filter"); f != "" {
		g.fault(r, "a $filter that the fake does not know: %s", f)
	}
	var rows []object
	for _, u := range g.tenant.Users {
		if u.Registration == nil || !u.Enabled {
			continue
		}
		rows = append(rows, object{
			"id": u.ID, "userPrincipalName": u.UPN, "userDisplayName": u.DisplayName, "userType": strings.ToLower(u.UserType),
			"isAdmin": g.hasRole(u.ID), "isMfaCapable": u.Registration.MFACapable, "isMfaRegistered": u.Registration.MFARegistered,
			"isPasswordlessCapable": u.Registration.Passwordless, "isSsprCapable": false, "isSsprEnabled": false, "isSsprRegistered": false,
			"methodsRegistered": append([]string{}, u.Registration.Methods...), "lastUpdatedDateTime": "2026-01-02T03:04:05.1234567Z",
		})
	}
	g.first(w, r, q, "reports/authenticationMethods/userRegistrationDetails", 1000, 1000, rows)
}

// throttled holds reports to five answers in a window.
func (g *Graph) throttled(w http.ResponseWriter, now time.Time) bool {
	const most = 5
	window := cmp.Or(g.opt.ReportWindow, 10*time.Second)
	g.reports = slices.DeleteFunc(g.reports, func(t time.Time) bool { return now.Sub(t) >= window })
	if len(g.reports) < most {
		g.reports = append(g.reports, now)
		return false
	}
	wait := g.reports[0].Add(window).Sub(now)
	w.Header().Set("Retry-After", strconv.Itoa(int(math.Ceil(wait.Seconds()))))
	writeJSON(w, http.StatusTooManyRequests, graphError("TooManyRequests", "Too many requests"))
	return true
}

func (g *Graph) hasRole(user string) bool {
	for _, a := range g.tenant.RoleAssignments {
		if a.Principal == user {
			return true
		}
	}
	return false
}
