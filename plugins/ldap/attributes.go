package ldap

import "strings"

// slot is the place of an attribute in an entry. Only attributes that have one
// can be read at all: this is the allow list. Personal numbers, phone numbers,
// home addresses, employee numbers and photographs have none.
type slot uint8

const (
	objectClass slot = iota
	objectGUID
	entryUUID
	objectSid
	sAMAccountName
	uid
	userPrincipalName
	mail
	displayName
	givenName
	sn
	proxyAddresses
	cn
	userAccountControl
	accountExpires
	pwdLastSet
	lastLogonTimestamp
	lockoutTime
	whenCreated
	whenChanged
	primaryGroupID
	memberOf
	createTimestamp
	modifyTimestamp
	pwdChangedTime
	pwdLastSuccess
	authTimestamp
	pwdAccountLockedTime
	shadowExpire
	operatingSystem
	operatingSystemVersion
	member
	uniqueMember
	memberUID
	gidNumber
	department
	company
	division
	physicalDeliveryOfficeName
	departmentNumber
	businessCategory
	organization
	organizationalUnit
	employeeType
	title
	description
	msExchRecipientTypeDetails
	eduPersonAffiliation
	eduPersonPrimaryAffiliation
	extensionAttribute1 // … 15 follow
	slots               = extensionAttribute1 + 15
)

// attributeNames gives each slot's name in the directory.
var attributeNames = [slots]string{
	objectClass: "objectClass", objectGUID: "objectGUID", entryUUID: "entryUUID", objectSid: "objectSid",
	sAMAccountName: "sAMAccountName", uid: "uid", userPrincipalName: "userPrincipalName", mail: "mail",
	displayName: "displayName", givenName: "givenName", sn: "sn", proxyAddresses: "proxyAddresses", cn: "cn", userAccountControl: "userAccountControl", accountExpires: "accountExpires",
	pwdLastSet: "pwdLastSet", lastLogonTimestamp: "lastLogonTimestamp", lockoutTime: "lockoutTime",
	whenCreated: "whenCreated", whenChanged: "whenChanged", primaryGroupID: "primaryGroupID", memberOf: "memberOf",
	createTimestamp: "createTimestamp", modifyTimestamp: "modifyTimestamp", pwdChangedTime: "pwdChangedTime",
	pwdLastSuccess: "pwdLastSuccess", authTimestamp: "authTimestamp", pwdAccountLockedTime: "pwdAccountLockedTime",
	shadowExpire: "shadowExpire", operatingSystem: "operatingSystem", operatingSystemVersion: "operatingSystemVersion",
	member: "member", uniqueMember: "uniqueMember", memberUID: "memberUid", gidNumber: "gidNumber",
	department: "department", company: "company", division: "division",
	physicalDeliveryOfficeName: "physicalDeliveryOfficeName", departmentNumber: "departmentNumber",
	businessCategory: "businessCategory", organization: "o", organizationalUnit: "ou", employeeType: "employeeType",
	title: "title", description: "description", msExchRecipientTypeDetails: "msExchRecipientTypeDetails",
	eduPersonAffiliation: "eduPersonAffiliation", eduPersonPrimaryAffiliation: "eduPersonPrimaryAffiliation",
	extensionAttribute1: "extensionAttribute1", extensionAttribute1 + 1: "extensionAttribute2",
	extensionAttribute1 + 2: "extensionAttribute3", extensionAttribute1 + 3: "extensionAttribute4",
	extensionAttribute1 + 4: "extensionAttribute5", extensionAttribute1 + 5: "extensionAttribute6",
	extensionAttribute1 + 6: "extensionAttribute7", extensionAttribute1 + 7: "extensionAttribute8",
	extensionAttribute1 + 8: "extensionAttribute9", extensionAttribute1 + 9: "extensionAttribute10",
	extensionAttribute1 + 10: "extensionAttribute11", extensionAttribute1 + 11: "extensionAttribute12",
	extensionAttribute1 + 12: "extensionAttribute13", extensionAttribute1 + 13: "extensionAttribute14",
	extensionAttribute1 + 14: "extensionAttribute15",
}

// slotIndex finds slots by lower-case name.
func slotIndex() map[string]slot {
	m := make(map[string]slot, slots)
	for i, n := range attributeNames {
		m[strings.ToLower(n)] = slot(i)
	}
	return m
}

// lookupSlot finds one slot by name, regardless of case.
func lookupSlot(name string) (slot, bool) {
	for i, n := range attributeNames {
		if strings.EqualFold(n, name) {
			return slot(i), true
		}
	}
	return 0, false
}

// orgUnitSlot is the slot of an attribute that may name an org unit.
func orgUnitSlot(name string) (slot, bool) {
	s, ok := lookupSlot(name)
	if !ok {
		return 0, false
	}
	switch {
	case s == department, s == company, s == division, s == physicalDeliveryOfficeName, s == departmentNumber,
		s == businessCategory, s == organization, s == organizationalUnit, s >= extensionAttribute1:
		return s, true
	}
	return 0, false
}

// slotSet is a set of slots.
type slotSet [slots]bool

func (s *slotSet) add(list ...slot) {
	for _, x := range list {
		s[x] = true
	}
}

// names lists the attributes to ask a server for, in slot order.
func (s *slotSet) names() []string {
	var out []string
	for i, on := range s {
		if on {
			out = append(out, attributeNames[i])
		}
	}
	return out
}
