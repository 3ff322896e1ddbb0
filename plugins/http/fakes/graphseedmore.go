package fakes

import (
	"encoding/base64"
	"fmt"
)

// immutableID is the base64 of an objectGUID.
func immutableID(i int) string {
	guid := []byte{1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, byte(i)}
	return base64.StdEncoding.EncodeToString(guid)
}

func (s *graphSeed) others() {
	for i, login := range []string{"adm-alva", "adm-birger", "adm-cilla"} {
		u := s.person([]string{"Alva", "Birger", "Cilla"}[i], "Admin", login, "Kommunledningskontoret")
		u.Mail, u.ProxyAddresses, u.Licences = "", nil, nil
		if i == 2 {
			u.Registration.MFACapable = false
		}
		s.add(u)
	}
	for i := range 2 {
		u := s.person("Nils", fmt.Sprintf("Nämndeman%d", i), fmt.Sprintf("fortr%02d", i), "Förtroendevalda")
		s.add(u)
	}
	for i := range 2 {
		u := s.person("Karl", fmt.Sprintf("Konsultsson%d", i), fmt.Sprintf("gast%d", i), "")
		u.UserType, u.SAMAccountName, u.UPN = "Guest", "", fmt.Sprintf("karl.konsult%d_firma.example#EXT#@kommun.example", i)
		u.Company, u.Mail = "Firman AB", fmt.Sprintf("karl.konsult%d@firma.example", i)
		u.ProxyAddresses = nil
		s.add(u)
	}
	s.add(GraphUser{DisplayName: "svc-backup", UPN: "svc-backup@kommun.example", SAMAccountName: "svc-backup", Enabled: true, Registration: &GraphRegistration{}})
	s.add(GraphUser{DisplayName: "Kontaktcenter", UPN: "kontaktcenter@kommun.example", Enabled: true, Department: "Kommunledningskontoret", EmployeeType: "Funktion", Registration: &GraphRegistration{}})
	for i := range 2 {
		s.add(s.person("Skyddad", fmt.Sprintf("Hemlig%d", i), fmt.Sprintf("skydd%02d", i), "Socialförvaltningen"))
	}
}

func (s *graphSeed) pupils() {
	for i := range 30 {
		u := s.person(fmt.Sprintf("Elev%02d", i), "Skolbarn", fmt.Sprintf("elev%03d", i), []string{"Björkskolan", "Centralskolan"}[i%2])
		u.Extensions, u.Licences = map[int]string{1: "Elev"}, []string{LicenceStudent}
		u.Registration.MFACapable = false
		u.Enabled = i%10 != 9
		s.add(u)
	}
}

// user returns the id of a seeded user by login.
func (t *GraphTenant) user(login string) string {
	for _, u := range t.Users {
		if u.SAMAccountName == login {
			return u.ID
		}
	}
	return ""
}

func (s *graphSeed) groups() {
	t := s.tenant
	inner := "6a000000-0000-4000-8000-000000000002"
	t.Groups = []GraphGroup{
		{ID: GraphProtectedGroup, Name: "Skyddade uppgifter", Members: []string{t.user("skydd00"), inner}},
		{ID: inner, Name: "Skyddade, tillfälligt", Members: []string{t.user("skydd01")}},
		{ID: GraphAdminGroup, Name: "Kontoadministratörer", RoleAssignable: true, Members: []string{t.user("adm-birger"), t.user("anst000"), t.user("anst003")}},
		{ID: GraphTeacherGroup, Name: "Lärare", Members: []string{t.user("anst001"), t.user("anst005"), t.user("anst009")}},
	}
	t.RoleAssignments = []GraphRole{
		{ID: "a1", Role: RoleGlobalAdmin, Principal: t.user("adm-alva"), Scope: "/"},
		{ID: "a2", Role: RoleUserAdmin, Principal: GraphAdminGroup, Scope: "/"},
		{ID: "a3", Role: RoleReports, Principal: t.user("anst002"), Scope: "/"},
		{ID: "a4", Role: RoleGlobalAdmin, Principal: "8c000000-0000-4000-8000-000000000001", Scope: "/"}, // an application
	}
}

func (s *graphSeed) applications() {
	const microsoft, own = "f8cdef31-a31e-4b4a-93e4-5f571e91255a", GraphTenantID
	integrated := []string{"WindowsAzureActiveDirectoryIntegratedApp"}
	for i, a := range []GraphServicePrincipal{
		{Name: "Ekonomisystemet", SSOMode: "saml", OwnerTenant: own, Tags: integrated, Enabled: true},
		{Name: "Skolplattformen", SSOMode: "saml", OwnerTenant: own, Tags: integrated, Enabled: true},
		{Name: "Lärportalen", SSOMode: "oidc", OwnerTenant: own, Tags: integrated, Enabled: true},
		{Name: "Gamla intranätet", SSOMode: "password", OwnerTenant: own, Tags: integrated, Enabled: true},
		{Name: "Avstängd app", SSOMode: "saml", OwnerTenant: own, Tags: integrated},
		{Name: "Tidrapporten", OwnerTenant: own, Tags: integrated, Enabled: true, AssignedTo: []string{GraphTeacherGroup}},
		{Name: "Bara ett skript", OwnerTenant: own, Tags: integrated, Enabled: true},
		{Name: "Microsoft Graph", OwnerTenant: microsoft, Enabled: true},
		{Name: "En hanterad identitet", Type: "ManagedIdentity", OwnerTenant: own, Enabled: true},
	} {
		a.ID, a.AppID = fmt.Sprintf("8c000000-0000-4000-8000-%012d", i+1), fmt.Sprintf("9d000000-0000-4000-8000-%012d", i+1)
		if a.Type == "" {
			a.Type = "Application"
		}
		s.tenant.ServicePrincipals = append(s.tenant.ServicePrincipals, a)
	}
}
