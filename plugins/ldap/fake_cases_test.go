package ldap

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/kommunpuls/kommunpuls/plugins/sdk"
	"github.com/kommunpuls/kommunpuls/plugins/sdk/record"
)

const fakeBase = "OU=Personal,DC=fejk,DC=test"

func fakeSettings(f *fake) map[string]any {
	return map[string]any{
		"url": "ldaps://" + f.addr, "ca_file": f.caFile, "bases": []string{fakeBase},
		"bind":      map[string]any{"user": "reader", "password": "secret"},
		"protected": map[string]any{"groups": []string{"Skyddade"}},
		"computers": map[string]any{"skip": true}, "page_size": 100,
	}
}

func fakeUser(i int) fakeEntry {
	return fakeEntry{fmt.Sprintf("CN=u%d,%s", i, fakeBase), map[string][]string{
		"objectClass": {"user"}, "objectGUID": {fmt.Sprintf("%016d", i)}, "sAMAccountName": {fmt.Sprintf("u%d", i)}, "userAccountControl": {"512"},
	}}
}

func isGroups(s fakeSearch) bool { return s.filter == "(objectCategory=group)" }

func protectedGroup() fakeEntry {
	return fakeEntry{"CN=Skyddade,DC=fejk,DC=test", map[string][]string{"cn": {"Skyddade"}}}
}

func TestAConnectionDroppedAtPageSevenFailsAndGivesNoCursor(t *testing.T) {
	f := startFake(t, activeDirectory(func(s fakeSearch) fakeAnswer {
		switch {
		case isGroups(s):
			return fakeAnswer{entries: []fakeEntry{protectedGroup()}}
		case s.base != fakeBase:
			return fakeAnswer{}
		}
		n, _ := strconv.Atoi(s.cookie)
		a := fakeAnswer{cookie: strconv.Itoa(n + 1), drop: n == 6}
		for i := range 100 {
			a.entries = append(a.entries, fakeUser(n*100+i))
		}
		return a
	}))
	end, err := New().Collect(context.Background(), request(t, fakeSettings(f)), newRecorder())
	if !errors.Is(err, sdk.ErrUnreachable) || !strings.Contains(err.Error(), "förbindelsen bröts efter 600 poster") || end.Cursor != nil {
		t.Errorf("got %v, cursor of %d bytes", err, len(end.Cursor))
	}
}

func TestASizeLimitIsNotTakenForTheWholeDirectory(t *testing.T) {
	f := startFake(t, activeDirectory(func(s fakeSearch) fakeAnswer {
		switch {
		case isGroups(s):
			return fakeAnswer{entries: []fakeEntry{protectedGroup()}}
		case s.base != fakeBase:
			return fakeAnswer{}
		}
		return fakeAnswer{entries: []fakeEntry{fakeUser(1)}, code: 4}
	}))
	_, err := New().Collect(context.Background(), request(t, fakeSettings(f)), newRecorder())
	if !errors.Is(err, sdk.ErrBadInput) || !strings.Contains(err.Error(), "bara de första 1 posterna (storleksgräns)") {
		t.Errorf("got %v", err)
	}
}

func TestMembersGivenInPartsAreAllFetched(t *testing.T) {
	const total = 3200
	f := startFake(t, activeDirectory(func(s fakeSearch) fakeAnswer {
		from, ranged := 0, len(s.attrs) == 1 && strings.HasPrefix(s.attrs[0], "member")
		switch {
		case isGroups(s):
			return fakeAnswer{entries: []fakeEntry{protectedGroup()}}
		case s.base == fakeBase:
			a := fakeAnswer{}
			for i := range total + 5 {
				a.entries = append(a.entries, fakeUser(i))
			}
			return a
		case !ranged:
			return fakeAnswer{}
		}
		if _, option, ok := strings.Cut(s.attrs[0], ";range="); ok {
			start, _, _ := strings.Cut(option, "-")
			from, _ = strconv.Atoi(start)
		}
		last, end := min(from+1499, total-1), ""
		if end = strconv.Itoa(last); last == total-1 {
			end = "*"
		}
		var values []string
		for i := from; i <= last; i++ {
			values = append(values, fakeUser(i).dn)
		}
		return fakeAnswer{entries: []fakeEntry{{s.base, map[string][]string{fmt.Sprintf("member;range=%d-%s", from, end): values}}}}
	}))
	r, _ := collect(t, request(t, fakeSettings(f)))
	if got := len(r.records[record.Account]); got != 5 {
		t.Errorf("%d accounts, want the 5 that are not among the %d protected", got, total)
	}
}

func TestReferrals(t *testing.T) {
	var addr string
	answer := func(refs, whole []string) func(fakeSearch) fakeAnswer {
		return activeDirectory(func(s fakeSearch) fakeAnswer {
			switch {
			case isGroups(s):
				return fakeAnswer{entries: []fakeEntry{protectedGroup()}}
			case s.base == fakeBase && whole != nil:
				return fakeAnswer{code: 10, referral: whole}
			case s.base == fakeBase:
				return fakeAnswer{entries: []fakeEntry{fakeUser(1)}, refs: refs}
			case strings.HasPrefix(s.base, "OU=Annan"):
				return fakeAnswer{entries: []fakeEntry{fakeUser(2)}, refs: []string{"ldap://" + addr + "/" + fakeBase + "??sub"}}
			case strings.HasPrefix(s.base, "OU=Bolag"):
				return fakeAnswer{entries: []fakeEntry{fakeUser(3)}}
			}
			return fakeAnswer{}
		})
	}
	for name, c := range map[string]struct {
		refs, whole []string
		follow      bool
		accounts    int
		warned      string
		want        string
	}{
		"one that leads in a circle ends the collection": {refs: []string{"OU=Annan,DC=fejk,DC=test"}, follow: true, want: "går i cirkel"},
		"a whole base that refers to itself":             {whole: []string{fakeBase}, follow: true, want: "går i cirkel"},
		"to a configured host it is followed":            {refs: []string{"OU=Bolag,DC=fejk,DC=test"}, follow: true, accounts: 2},
		"to any other host it is not, and that is said":  {refs: []string{"OU=Bolag,DC=fejk,DC=test"}, accounts: 1, warned: "referral_not_followed"},
		"a whole base elsewhere is an error":             {whole: []string{fakeBase}, want: "referral_hosts"},
		"the domain's own partitions are no news":        {refs: []string{"DC=DomainDnsZones,DC=fejk,DC=test", "CN=Configuration,DC=fejk,DC=test"}, accounts: 1},
	} {
		t.Run(name, func(t *testing.T) {
			f := startFake(t, func(s fakeSearch) fakeAnswer { return fakeAnswer{} })
			addr = f.addr
			url := func(list []string) []string {
				var out []string
				for _, dn := range list {
					out = append(out, "ldap://"+f.addr+"/"+dn)
				}
				return out
			}
			f.answer = answer(url(c.refs), url(c.whole))
			settings := fakeSettings(f)
			if c.follow {
				settings["referral_hosts"] = []string{"127.0.0.1"}
			}
			r := newRecorder()
			_, err := New().Collect(context.Background(), request(t, settings), r)
			switch {
			case c.want != "" && (err == nil || !strings.Contains(err.Error(), c.want)):
				t.Errorf("got %v, want %q", err, c.want)
			case c.want == "" && err != nil:
				t.Error(err)
			case c.want == "" && len(r.records[record.Account]) != c.accounts:
				t.Errorf("got %d accounts, want %d", len(r.records[record.Account]), c.accounts)
			}
			if warned := len(r.warnings) > 0 && r.warnings[0].Code == c.warned; warned != (c.warned != "") {
				t.Errorf("warnings: %+v", r.warnings)
			}
		})
	}
}

func TestASlowServerIsLeftAtTheDeadlineAndAtACancellation(t *testing.T) {
	free := make(chan struct{})
	f := startFake(t, activeDirectory(func(s fakeSearch) fakeAnswer {
		if isGroups(s) {
			return fakeAnswer{entries: []fakeEntry{protectedGroup()}}
		}
		return fakeAnswer{wait: free}
	}))
	t.Cleanup(func() { close(free) })
	for name, make := range map[string]func() (context.Context, context.CancelFunc){
		"deadline": func() (context.Context, context.CancelFunc) {
			return context.WithTimeout(context.Background(), 300*time.Millisecond)
		},
		"cancellation": func() (context.Context, context.CancelFunc) {
			ctx, cancel := context.WithCancel(context.Background())
			time.AfterFunc(300*time.Millisecond, cancel)
			return ctx, cancel
		},
	} {
		t.Run(name, func(t *testing.T) {
			ctx, cancel := make()
			defer cancel()
			began := time.Now()
			_, err := New().Collect(ctx, request(t, fakeSettings(f)), newRecorder())
			if !errors.Is(err, ctx.Err()) || time.Since(began) > 20*time.Second {
				t.Errorf("got %v after %v", err, time.Since(began))
			}
		})
	}
	t.Run("timeout of one answer", func(t *testing.T) {
		_, err := New().Collect(context.Background(), request(t, set(fakeSettings(f), map[string]any{"timeout": "200ms"})), newRecorder())
		if !errors.Is(err, sdk.ErrUnreachable) || !strings.Contains(err.Error(), "i tid") {
			t.Errorf("got %v", err)
		}
	})
}

func TestOnlyAllowedAttributesAreAskedFor(t *testing.T) {
	f := startFake(t, activeDirectory(func(s fakeSearch) fakeAnswer {
		switch {
		case isGroups(s):
			return fakeAnswer{entries: []fakeEntry{protectedGroup()}}
		case s.base == fakeBase:
			return fakeAnswer{entries: []fakeEntry{fakeUser(1)}}
		}
		return fakeAnswer{}
	}))
	collect(t, request(t, fakeSettings(f)))
	for _, s := range f.asked {
		for _, a := range s.attrs {
			_, ok := lookupSlot(a)
			switch a {
			case "1.1", "supportedCapabilities", "schemaNamingContext", "defaultNamingContext", "namingContexts", "highestCommittedUSN", "dsServiceName", "subschemaSubentry", "invocationId", "lockoutDuration":
				ok = true
			}
			if !ok || s.base == fakeBase && (a == "title" || a == "description" || strings.HasPrefix(a, "extension")) {
				t.Errorf("asked for %q in %q", a, s.base)
			}
		}
		if len(s.attrs) == 0 {
			t.Errorf("asked for all attributes of %q", s.base)
		}
	}
}
