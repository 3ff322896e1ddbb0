package fakes

import (
	"net/http"
	"slices"
)

// servicePrincipals lists the tenant's enterprise applications, Microsoft's
// own among them.
func (g *Graph) servicePrincipals(w http.ResponseWriter, r *http.Request) {
	if !g.allowed(w, "Application.Read.All", "Directory.Read.All") || g.resumed(w, r) {
		return
	}
	q, ok := g.options(w, r, "$select", "$top")
	if !ok {
		return
	}
	rows := []object{}
	for _, s := range g.tenant.ServicePrincipals {
		rows = append(rows, object{
			"id": s.ID, "appId": s.AppID, "displayName": s.Name, "servicePrincipalType": s.Type, "accountEnabled": s.Enabled,
			"preferredSingleSignOnMode": null(s.SSOMode), "appOwnerOrganizationId": null(s.OwnerTenant),
			"tags": append([]string{}, s.Tags...),
		})
	}
	if rows, ok = g.selected(w, r, q, "servicePrincipal", rows); ok {
		g.first(w, r, q, "servicePrincipals", 100, 999, rows)
	}
}

// assigned lists who was given an application.
func (g *Graph) assigned(w http.ResponseWriter, r *http.Request, id string) {
	if !g.allowed(w, "Application.Read.All", "Directory.Read.All") || g.resumed(w, r) {
		return
	}
	q, ok := g.options(w, r, "$select", "$top")
	if !ok {
		return
	}
	i := slices.IndexFunc(g.tenant.ServicePrincipals, func(s GraphServicePrincipal) bool { return s.ID == id })
	if i < 0 {
		g.missing(w, id)
		return
	}
	rows := []object{}
	for _, p := range g.tenant.ServicePrincipals[i].AssignedTo {
		kind := "ServicePrincipal"
		switch g.principal(p)["@odata.type"] {
		case "#microsoft.graph.user":
			kind = "User"
		case "#microsoft.graph.group":
			kind = "Group"
		}
		rows = append(rows, object{"id": id + p, "principalId": p, "principalType": kind, "resourceId": id})
	}
	if rows, ok = g.selected(w, r, q, "appRoleAssignment", rows); ok {
		g.first(w, r, q, "servicePrincipals('"+id+"')/appRoleAssignedTo", 100, 999, rows)
	}
}

// skus lists the licences that the tenant has bought; all of them on one page.
func (g *Graph) skus(w http.ResponseWriter, r *http.Request) {
	if !g.allowed(w, "LicenseAssignment.Read.All", "Organization.Read.All", "Directory.Read.All") {
		return
	}
	q, ok := g.options(w, r, "$select")
	if !ok {
		return
	}
	rows := []object{}
	for id, name := range g.tenant.Licences {
		rows = append(rows, object{"id": g.tenant.ID + "_" + id, "skuId": id, "skuPartNumber": name})
	}
	if rows, ok = g.selected(w, r, q, "subscribedSku", rows); ok {
		g.first(w, r, q, "subscribedSkus", 1000, 1000, rows)
	}
}
