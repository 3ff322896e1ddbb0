// Package servertest starts the real systems that profiles are tried against:
// Request Tracker, Redmine, Icinga 2 and Zabbix, as Debian packages them, each
// in a folder and on a loopback port of its own, as an unprivileged user where
// the test is root, and ends them with the test.
package servertest
