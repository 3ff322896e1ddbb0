package fakes

import (
	"maps"
	"net/http"
	"slices"
)

// group answers one group.
func (g *Graph) group(w http.ResponseWriter, r *http.Request, id string) {
	if !g.allowed(w, "GroupMember.Read.All", "Group.Read.All", "Directory.Read.All") {
		return
	}
	q, ok := g.options(w, r, "$select")
	if !ok {
		return
	}
	i := g.findGroup(id)
	if i < 0 {
		g.missing(w, id)
		return
	}
	x := g.tenant.Groups[i]
	all := object{"id": x.ID, "displayName": x.Name, "isAssignableToRole": x.RoleAssignable, "securityEnabled": true}
	if rows, ok := g.selected(w, r, q, "group", []object{all}); ok {
		writeJSON(w, http.StatusOK, rows[0])
	}
}

// members lists a group's members. A cast to one type is an advanced query: it
// needs the header ConsistencyLevel and $count=true.
func (g *Graph) members(w http.ResponseWriter, r *http.Request, id string, transitive bool, cast string) {
	if !g.allowed(w, "GroupMember.Read.All", "Group.Read.All", "Directory.Read.All") || g.resumed(w, r) {
		return
	}
	q, ok := g.options(w, r, "$select", "$top", "$count", "$filter", "$search")
	if !ok {
		return
	}
	if (cast != "" || q.Get("$filter") != "" || q.Get("$search") != "") &&
		(r.Header.Get("ConsistencyLevel") != "eventual" || q.Get("$count") != "true") {
		g.refuse(w, r, http.StatusBadRequest, "Request_UnsupportedQuery", "This request needs the header ConsistencyLevel: eventual and $count=true.")
		return
	}
	if cast != "" && cast != "microsoft.graph.user" && cast != "microsoft.graph.group" {
		g.refuse(w, r, http.StatusBadRequest, "Request_BadRequest", "Unsupported cast "+cast)
		return
	}
	if g.findGroup(id) < 0 {
		g.missing(w, id)
		return
	}
	rows := []object{}
	if i := g.findGroup(id); !g.tenant.Groups[i].Hidden || g.may("Member.Read.Hidden") {
		for _, member := range g.walk(id, transitive) {
			if row := g.principal(member); cast == "" || row["@odata.type"] == "#"+cast {
				rows = append(rows, row)
			}
		}
	}
	if rows, ok = g.selected(w, r, q, "directoryObject", rows); ok {
		g.first(w, r, q, "directoryObjects", 100, 999, rows)
	}
}

// walk lists the members of a group, and of the groups within it.
func (g *Graph) walk(id string, transitive bool) []string {
	var out []string
	seen := map[string]bool{id: true}
	for queue := []string{id}; len(queue) > 0; queue = queue[1:] {
		i := g.findGroup(queue[0])
		if i < 0 {
			continue
		}
		for _, m := range g.tenant.Groups[i].Members {
			if seen[m] {
				continue
			}
			seen[m] = true
			out = append(out, m)
			if transitive {
				queue = append(queue, m)
			}
		}
	}
	return out
}

func (g *Graph) findGroup(id string) int {
	return slices.IndexFunc(g.tenant.Groups, func(x GraphGroup) bool { return x.ID == id })
}

func (g *Graph) missing(w http.ResponseWriter, id string) {
	writeJSON(w, http.StatusNotFound, graphError("Request_ResourceNotFound", "Resource '"+id+"' does not exist or one of its queried reference-property objects are not present."))
}

// principal is a member or the holder of a role. Who may not read users is
// shown an id and nothing else.
func (g *Graph) principal(id string) object {
	for i := range g.tenant.Users {
		if u := &g.tenant.Users[i]; u.ID == id {
			o := object{"@odata.type": "#microsoft.graph.user", "id": id, "displayName": nil, "userPrincipalName": nil, "accountEnabled": nil}
			if g.may("User.Read.All", "Directory.Read.All") {
				o["displayName"], o["userPrincipalName"], o["accountEnabled"] = u.DisplayName, u.UPN, u.Enabled
			}
			return o
		}
	}
	if i := g.findGroup(id); i >= 0 {
		return object{"@odata.type": "#microsoft.graph.group", "id": id, "displayName": g.tenant.Groups[i].Name, "userPrincipalName": absent, "accountEnabled": absent}
	}
	return object{"@odata.type": "#microsoft.graph.servicePrincipal", "id": id, "displayName": nil, "userPrincipalName": absent, "accountEnabled": nil}
}

// roleDefinitions lists the directory's roles.
func (g *Graph) roleDefinitions(w http.ResponseWriter, r *http.Request) {
	if !g.allowed(w, "RoleManagement.Read.Directory", "RoleManagement.Read.All") || g.resumed(w, r) {
		return
	}
	q, ok := g.options(w, r, "$select", "$filter")
	if !ok {
		return
	}
	rows := []object{}
	for _, id := range slices.Sorted(maps.Keys(g.tenant.RoleDefinitions)) {
		rows = append(rows, object{"id": id, "templateId": id, "displayName": g.tenant.RoleDefinitions[id], "isBuiltIn": true, "isEnabled": true})
	}
	if rows, ok = g.selected(w, r, q, "unifiedRoleDefinition", rows); ok {
		g.first(w, r, q, "roleManagement/directory/roleDefinitions", 1000, 1000, rows)
	}
}

// roles lists role assignments, or who may take a role on for a while.
func (g *Graph) roles(w http.ResponseWriter, r *http.Request, what string, list []GraphRole) {
	eligible := what == "roleEligibilityScheduleInstances"
	permission := "RoleManagement.Read.Directory"
	if eligible {
		permission = "RoleEligibilitySchedule.Read.Directory"
	}
	if !g.allowed(w, permission, "RoleManagement.Read.Directory", "RoleManagement.Read.All") || g.resumed(w, r) {
		return
	}
	if eligible && !g.tenant.Premium {
		// The one answer of these that is not a 403.
		writeJSON(w, http.StatusBadRequest, graphError("AadPremiumLicenseRequired", "The tenant needs to have Microsoft Entra ID P2 or Microsoft Entra ID Governance license."))
		return
	}
	q, ok := g.options(w, r, "$select", "$expand", "$filter")
	if !ok {
		return
	}
	if e := q.Get("$expand"); e != "" && e != "principal" {
		g.refuse(w, r, http.StatusBadRequest, "BadRequest", "$expand takes one relation here, got "+e)
		return
	}
	rows := []object{}
	for _, a := range list {
		o := object{"id": a.ID, "principalId": a.Principal, "roleDefinitionId": a.Role, "directoryScopeId": a.Scope}
		if q.Get("$expand") == "principal" {
			p := g.principal(a.Principal)
			for k, v := range p {
				if v == absent {
					delete(p, k)
				}
			}
			o["principal"] = p
		}
		rows = append(rows, o)
	}
	g.first(w, r, q, "roleManagement/directory/"+what, 100, 999, rows)
}
