package probe

import (
	"context"
	"errors"
	"net"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/gosnmp/gosnmp"

	"github.com/kommunpuls/kommunpuls/internal/watchlist"
)

// The objects that are read: of IF-MIB, and sysUpTime.
const (
	sysUpTime     = ".1.3.6.1.2.1.1.3.0"
	ifDescr       = ".1.3.6.1.2.1.2.2.1.2"
	ifAdminStatus = ".1.3.6.1.2.1.2.2.1.7"
	ifOperStatus  = ".1.3.6.1.2.1.2.2.1.8"
	ifName        = ".1.3.6.1.2.1.31.1.1.1.1"
	ifAlias       = ".1.3.6.1.2.1.31.1.1.1.18"
)

// States of ifAdminStatus and ifOperStatus.
const (
	stateUp             = 1
	stateDown           = 2
	stateNotPresent     = 6
	stateLowerLayerDown = 7
)

var (
	errNoInterface = errors.New("the agent has no interface of that name")
	errNoAccess    = errors.New("the agent shows nothing to this login")
)

// agent probes the interfaces that one module logs in to.
type agent struct {
	login watchlist.Login
	ip    int
	// found keeps the index of each target's interface; an agent numbers them
	// anew when it starts, so the name is asked for again each time.
	mu    sync.Mutex
	found map[string]string // by target id
}

func newAgent(m *watchlist.Module) *agent {
	return &agent{login: m.SNMP, ip: m.IP, found: map[string]string{}}
}

func (a *agent) probe(ctx context.Context, t *watchlist.Target, _ bool) finding {
	g, err := a.connect(ctx, t)
	if err != nil {
		return unreadable(err)
	}
	// The library waits for its own deadline; a cancellation moves that up. It
	// also forgets its connection when it closes, so the cancellation has its own.
	conn := g.Conn
	stop := context.AfterFunc(ctx, func() { _ = conn.SetDeadline(time.Now()) })
	defer func() {
		stop()
		_ = g.Close() // nothing is left to be sent
	}()
	a.mu.Lock()
	index := a.found[t.ID]
	a.mu.Unlock()
	admin, oper, err := state(g, index, t.Interface)
	if errors.Is(err, errNoInterface) {
		if index, err = find(g, t.Interface); err == nil {
			admin, oper, err = state(g, index, t.Interface)
		}
	}
	if err != nil {
		f := unreadable(err)
		if p, ok := g.SecurityParameters.(*gosnmp.UsmSecurityParameters); ok && p.AuthoritativeEngineID != "" && f.cause == watchlist.SNMPNoAnswer {
			f.cause = watchlist.SNMPRefused // it told who it is, and is silent to what it cannot decrypt
		}
		return f
	}
	a.mu.Lock()
	a.found[t.ID] = index
	a.mu.Unlock()
	f := judge(admin, oper)
	f.value = float64(oper)
	return f
}

// judge turns the two states into a finding.
func judge(admin, oper int) finding {
	switch {
	case oper == stateUp:
		return up()
	case admin == stateDown:
		return unknown(watchlist.AdminDown)
	case oper == stateDown, oper == stateLowerLayerDown, oper == stateNotPresent:
		return down(watchlist.Interface)
	}
	return unknown(watchlist.OperUnknown)
}

// unreadable says why an agent gave no state. A silent agent and one that
// another community belongs to look the same, so neither is down.
func unreadable(err error) finding {
	if errors.Is(err, errNoInterface) {
		return unknown(watchlist.NoInterface)
	}
	for _, refusal := range []error{
		gosnmp.ErrUnknownUsername, gosnmp.ErrWrongDigest, gosnmp.ErrDecryption, gosnmp.ErrUnknownSecurityLevel,
		gosnmp.ErrUnknownSecurityModels, gosnmp.ErrNotInTimeWindow, gosnmp.ErrInvalidMsgs, errNoAccess,
	} {
		if errors.Is(err, refusal) {
			return unknown(watchlist.SNMPRefused)
		}
	}
	if strings.Contains(err.Error(), "not authentic") { // the library has no name for it
		return unknown(watchlist.SNMPRefused)
	}
	switch f := classify(err, watchlist.SNMP); f.cause {
	case watchlist.NoName, watchlist.Resolver, watchlist.LocalLimit:
		return unknown(f.cause)
	}
	return unknown(watchlist.SNMPNoAnswer)
}

func (a *agent) connect(ctx context.Context, t *watchlist.Target) (*gosnmp.GoSNMP, error) {
	host, port, err := net.SplitHostPort(t.Address)
	if err != nil {
		return nil, err
	}
	n, err := strconv.ParseUint(port, 10, 16)
	if err != nil {
		return nil, err
	}
	g := &gosnmp.GoSNMP{
		Target: host, Port: uint16(n), Transport: "udp", Context: ctx,
		Timeout: t.Timeout / 2, Retries: 1, MaxOids: gosnmp.MaxOids, MaxRepetitions: 25,
	}
	if a.login.Version == "2c" {
		g.Version, g.Community = gosnmp.Version2c, a.login.Community
	} else {
		g.Version, g.SecurityModel = gosnmp.Version3, gosnmp.UserSecurityModel
		g.MsgFlags, g.SecurityParameters = a.security()
	}
	switch a.ip {
	case 4:
		err = g.ConnectIPv4()
	case 6:
		err = g.ConnectIPv6()
	default:
		err = g.Connect()
	}
	return g, err
}

func (a *agent) security() (gosnmp.SnmpV3MsgFlags, *gosnmp.UsmSecurityParameters) {
	flags := gosnmp.NoAuthNoPriv
	p := &gosnmp.UsmSecurityParameters{
		UserName: a.login.User, AuthenticationPassphrase: a.login.AuthPassword, PrivacyPassphrase: a.login.PrivacyPassword,
		AuthenticationProtocol: gosnmp.NoAuth, PrivacyProtocol: gosnmp.NoPriv,
	}
	if a.login.Auth != "" {
		flags = gosnmp.AuthNoPriv
		p.AuthenticationProtocol = map[string]gosnmp.SnmpV3AuthProtocol{
			"md5": gosnmp.MD5, "sha": gosnmp.SHA, "sha224": gosnmp.SHA224, "sha256": gosnmp.SHA256, "sha384": gosnmp.SHA384, "sha512": gosnmp.SHA512,
		}[a.login.Auth]
	}
	if a.login.Privacy != "" {
		flags = gosnmp.AuthPriv
		p.PrivacyProtocol = map[string]gosnmp.SnmpV3PrivProtocol{
			"des": gosnmp.DES, "aes": gosnmp.AES, "aes192": gosnmp.AES192C, "aes256": gosnmp.AES256C,
		}[a.login.Privacy]
	}
	return flags, p
}

// state reads the states of an interface that is still the one of that name.
func state(g *gosnmp.GoSNMP, index, name string) (admin, oper int, err error) {
	if index == "" {
		return 0, 0, errNoInterface
	}
	res, err := g.Get([]string{ifAdminStatus + "." + index, ifOperStatus + "." + index, ifDescr + "." + index, ifName + "." + index, ifAlias + "." + index})
	if err != nil {
		return 0, 0, err
	}
	if res.Error != gosnmp.NoError {
		return 0, 0, errNoAccess
	}
	named := index == name
	for _, v := range res.Variables {
		column, _, _ := cutIndex(v.Name)
		switch column {
		case ifAdminStatus:
			admin = number(v)
		case ifOperStatus:
			oper = number(v)
		default:
			named = named || word(v) == name
		}
	}
	if !named || oper == 0 {
		return 0, 0, errNoInterface
	}
	return admin, oper, nil
}

// find looks for an interface by name, description, alias or number.
func find(g *gosnmp.GoSNMP, name string) (string, error) {
	if _, err := strconv.ParseUint(name, 10, 31); err == nil {
		if _, _, err := state(g, name, name); !errors.Is(err, errNoInterface) {
			return name, err
		}
	}
	for _, column := range []string{ifName, ifDescr, ifAlias} {
		found := ""
		err := g.BulkWalk(column, func(v gosnmp.SnmpPDU) error {
			if word(v) == name && found == "" {
				_, found, _ = cutIndex(v.Name)
			}
			return nil
		})
		if err != nil || found != "" {
			return found, err
		}
	}
	// An agent that shows nothing to this login has no interfaces either.
	res, err := g.Get([]string{sysUpTime})
	switch {
	case err != nil:
		return "", err
	case res.Error != gosnmp.NoError:
		return "", errNoAccess
	}
	return "", errNoInterface
}

// cutIndex splits the last number off an object's name.
func cutIndex(oid string) (column, index string, ok bool) {
	i := strings.LastIndexByte(oid, '.')
	if i < 0 {
		return "", "", false
	}
	return oid[:i], oid[i+1:], true
}

func number(v gosnmp.SnmpPDU) int {
	if v.Type != gosnmp.Integer {
		return 0
	}
	return int(gosnmp.ToBigInt(v.Value).Int64())
}

func word(v gosnmp.SnmpPDU) string {
	b, ok := v.Value.([]byte)
	if !ok {
		return ""
	}
	return string(b)
}
