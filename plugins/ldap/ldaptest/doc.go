// Package ldaptest provisions real directories for tests: a Samba Active
// Directory domain controller and an OpenLDAP server, each in a folder of its
// own, on loopback, behind a CA made for the occasion.
package ldaptest
