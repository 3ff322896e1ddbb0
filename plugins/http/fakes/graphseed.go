package fakes

import (
	"fmt"
	"time"
)

// Ids of the seeded tenant that tests name.
const (
	GraphTenantID     = "5d8f0c6e-0000-4000-8000-000000000001"
	GraphClientID     = "5d8f0c6e-0000-4000-8000-000000000002"
	GraphClientSecret = "graph-secret-only-in-tests"

	GraphProtectedGroup = "6a000000-0000-4000-8000-000000000001" // has a group within
	GraphAdminGroup     = "6a000000-0000-4000-8000-000000000003" // holds a role
	GraphTeacherGroup   = "6a000000-0000-4000-8000-000000000004"

	RoleGlobalAdmin = "62e90394-69f5-4237-9190-012177145e10"
	RoleUserAdmin   = "fe930be7-5e62-47db-91af-98c3a49a38b1"
	RoleReports     = "4a5d8f65-41da-4de4-8968-e035b65339cf" // Reports Reader, not privileged

	LicenceStudent = "314c4481-f395-4525-be8b-2ec4bb1e9d91" // STANDARDWOFFPACK_STUDENT
	LicenceStaff   = "94763226-9b3c-4e75-a931-5c89701abe66" // STANDARDWOFFPACK_FACULTY
)

// GraphPermissions are those that a municipality is told to grant.
func GraphPermissions() []string {
	return []string{"User.Read.All", "GroupMember.Read.All", "AuditLog.Read.All", "RoleManagement.Read.Directory", "Application.Read.All"}
}

// SeedGraph is a small municipality: 40 employees in four förvaltningar, some
// disabled, some who never signed in; administrators, politicians, guests,
// service and shared accounts; 30 pupils; two people with protected identity,
// one of them only in a group within the group; and applications.
func SeedGraph(now time.Time) GraphTenant {
	t := GraphTenant{
		ID: GraphTenantID, ClientID: GraphClientID, ClientSecret: GraphClientSecret, Granted: GraphPermissions(), Premium: true,
		RoleDefinitions: map[string]string{RoleGlobalAdmin: "Global Administrator", RoleUserAdmin: "User Administrator", RoleReports: "Reports Reader"},
		Licences:        map[string]string{LicenceStudent: "STANDARDWOFFPACK_STUDENT", LicenceStaff: "STANDARDWOFFPACK_FACULTY"},
	}
	s := graphSeed{now: now, tenant: &t}
	s.people()
	s.others()
	s.pupils()
	s.groups()
	s.applications()
	return t
}

type graphSeed struct {
	now    time.Time
	tenant *GraphTenant
}

func (s *graphSeed) ago(days int) string {
	return s.now.AddDate(0, 0, -days).UTC().Format(time.RFC3339)
}

func (s *graphSeed) add(u GraphUser) *GraphUser {
	n := len(s.tenant.Users)
	u.ID = fmt.Sprintf("7b000000-0000-4000-8000-%012d", n)
	if u.UserType == "" {
		u.UserType = "Member"
	}
	if u.Created == "" {
		u.Created = s.ago(400 + n)
	}
	s.tenant.Users = append(s.tenant.Users, u)
	return &s.tenant.Users[n]
}

// person makes an account of somebody with a name.
func (s *graphSeed) person(given, surname, login, department string) GraphUser {
	return GraphUser{
		GivenName: given, Surname: surname, DisplayName: given + " " + surname, SAMAccountName: login,
		UPN: login + "@kommun.example", Mail: given + "." + surname + "@kommun.example", Department: department,
		ProxyAddresses: []string{"SMTP:" + given + "." + surname + "@kommun.example", "x500:/o=Kommunen/" + login}, Company: "Kommunen",
		Enabled: true, PasswordChanged: s.ago(100), Licences: []string{LicenceStaff},
		SignIn:       &GraphSignIn{Interactive: s.ago(3), NonInteractive: s.ago(1), Successful: s.ago(1)},
		Registration: &GraphRegistration{MFACapable: true, MFARegistered: true, Methods: []string{"microsoftAuthenticatorPush"}},
	}
}

func (s *graphSeed) people() {
	given := []string{"Alva", "Birger", "Cilla", "Disa", "Egil", "Frida", "Gösta", "Hedda", "Ivar", "Jorun"}
	surname := []string{"Almkvist", "Bäckmo", "Cronvall", "Dahlsten"}
	departments := []string{"Socialförvaltningen", "Utbildningsförvaltningen", "Tekniska förvaltningen", "Kommunledningskontoret"}
	for i := range 40 {
		u := s.person(given[i%10], surname[i/10], fmt.Sprintf("anst%03d", i), departments[i%4])
		if i%2 == 0 { // synchronised from the own directory
			u.ImmutableID, u.SID = immutableID(i), fmt.Sprintf("S-1-5-21-1-2-3-%d", 2000+i)
			u.PasswordPolicies = "DisablePasswordExpiration" // the synchronisation sets it on all
		}
		switch {
		case i%10 == 3:
			u.Enabled, u.Registration = false, nil
		case i%10 == 4: // failed attempts every day, nobody has come in for long
			u.SignIn = &GraphSignIn{Interactive: s.ago(1), NonInteractive: s.ago(1), Successful: s.ago(300)}
		case i%10 == 5: // before successes were kept
			u.SignIn = &GraphSignIn{Interactive: s.ago(250), NonInteractive: s.ago(20)}
		case i%10 == 6:
			u.SignIn = nil
		case i%10 == 7:
			u.Registration = &GraphRegistration{MFARegistered: true, Methods: []string{"mobilePhone"}} // registered, not allowed
		case i == 8:
			u.Department = ""
		}
		if i == 21 {
			u.PasswordPolicies = "DisablePasswordExpiration, DisableStrongPassword"
		}
		s.add(u)
	}
}
