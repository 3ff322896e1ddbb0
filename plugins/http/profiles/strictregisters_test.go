package profiles_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/kommunpuls/kommunpuls/plugins/http/fakes"
	"github.com/kommunpuls/kommunpuls/plugins/http/profiles/profiletest"
	"github.com/kommunpuls/kommunpuls/plugins/sdk/record"
)

func strictRegisters() []strict {
	return []strict{systemregister(), kolada(), itop(), netbox(), snipeit(), prtg()}
}

// rows makes a number of rows.
func rows(n int, one func(i int) row) []row {
	out := make([]row, 0, n)
	for i := range n {
		out = append(out, one(i))
	}
	return out
}

func systemregister() strict {
	persons := []row{
		{"id": "person-1", "firstName": "Alva", "lastName": "Almkvist", "email": "alva.almkvist@kommun.example", "username": "", "phone": "070-1234567", "title": "Chef", "organizationId": "org-1"},
	}
	return strict{
		profile: "systemregister", kind: record.System, records: 130, pages: "/2281/systems", secret: "client_secret", id: "system-1",
		start: func() (fake, string, map[string]any) {
			s := fakes.NewSystemRegister("register-secret-1", persons, []row{{"id": "org-1", "name": "Socialförvaltningen", "email": "soc@kommun.example"}}, rows(130, func(i int) row {
				return row{
					"id": fmt.Sprintf("system-%d", i), "systemId": fmt.Sprintf("SYS-%03d", i), "name": fmt.Sprintf("System %d", i), "description": "Sköts av Alva Almkvist", "status": []string{"PLANNED", "PRODUCTION", "RETIRED"}[i%3],
					"criticalityLevelId": "crit-p1", "konfidentialitet": 2, "riktighet": 3, "tillganglighet": 4, "ownerOrganizationId": "org-1", "systemOwnerId": given(i%2 == 1, "person-1"), "systemManagerId": nil,
					"hostingType": "ON_PREMISE", "supplierId": "supplier-1", "riskAnalysed": true, "riskAnalysedDate": "2026-06-07",
				}
			})...)
			return s, s.URL, row{"municipality": "2281", "token_url": s.URL + "/token", "client_id": fakes.SystemRegisterClient, "client_secret": "register-secret-1", "tiers": row{"crit-p1": "guld"}}
		},
		want: map[string]string{
			"name": "System 1", "lifecycle": "in_use", "tier": "gold", "class_c": "2", "class_i": "3", "class_a": "4", "class_model": "klassa", "org_unit": "Socialförvaltningen",
			"hosting": "own", "supplier": "Leverantören AB", "risk_analysed_at": "2026-06-07T21:59:59Z",
		},
		more: func(t *testing.T, res *profiletest.Result) {
			t.Helper()
			want := profiletest.Pseudonymiser(t).Of("alva.almkvist@kommun.example")
			for id, who := range map[string]string{"system-1": want, "system-2": ""} {
				for _, r := range profiletest.Rows(res.Records[record.System][id], "role") {
					if r[0] == "owner" && r[2] != who {
						t.Errorf("%s: the owner is %v, want %q", id, r, who)
					}
				}
			}
		},
	}
}

func kolada() strict {
	// 30 municipalities and 26 key figures: two lists of each.
	names, peers := row{}, []string{}
	for i := range 26 {
		names[fmt.Sprintf("N%05d", i)] = fmt.Sprintf("metric_%d", i)
	}
	for i := range 29 {
		peers = append(peers, fmt.Sprint(1400+i))
	}
	return strict{
		profile: "kolada", kind: record.Observation, records: 26*30 - 1, pages: "/v3/data/kpi/" + listed(names, 0, 25) + "/municipality/" + join(peers[:25]) + "/year/2025,2026", id: "N00003/1481/2025",
		busy: "/v3/data/kpi/" + listed(names, 0, 25) + "/municipality/" + join(peers[:25]) + "/year/2025,2026",
		start: func() (fake, string, map[string]any) {
			var list []row
			for i := range 26 {
				for _, m := range append([]string{"1481"}, peers...) {
					list = append(list, row{"kpi": fmt.Sprintf("N%05d", i), "municipality": m, "period": 2025, "values": []row{{"gender": "K", "value": 1}, {"gender": "T", "value": given(i > 0 || m != "1481", 90.5)}}})
				}
			}
			k := fakes.NewKolada(list...)
			return k, k.URL + "/v3", row{"municipality": "1481", "peers": peers, "kpis": names, "years": 1, "units": row{"metric_3": "%"}, "page_size": 500}
		},
		want: map[string]string{
			"kind": "benchmark", "metric": "metric_3", "value": "90.5", "unit": "%", "subject": "1481", "comparison_group": "", "external_source": "Källa: Kolada", "period": "2025", "started_at": "2025-12-31T00:00:00Z",
		},
		more: func(t *testing.T, res *profiletest.Result) {
			t.Helper()
			if got := res.Get(record.Observation, "N00003/1400/2025", "comparison_group").S; got != "jämförda kommuner" || !res.Warned("no_value") {
				t.Errorf("the others are %q", got)
			}
		},
	}
}

func listed(names row, from, to int) string {
	var out []string
	for i := from; i < min(to, len(names)); i++ {
		out = append(out, fmt.Sprintf("N%05d", i))
	}
	return join(out)
}

func join(list []string) string {
	out := list[0]
	for _, s := range list[1:] {
		out += "," + s
	}
	return out
}

func itop() strict {
	return strict{
		profile: "itop", kind: record.Ticket, records: 450, pages: "/webservices/rest.php", secret: "token", busy: "/webservices/rest.php", id: "2",
		start: func() (fake, string, map[string]any) {
			list := seeds(450, func(i int, at time.Time, done bool) row {
				return row{
					"class": "UserRequest", "id": i + 1, "ref": fmt.Sprintf("R-%06d", i+1), "title": "Skrivaren hos Alva Almkvist", "caller_name": "Alva Almkvist", "public_log": "Ring 070-1234567",
					"org_name": "Socialförvaltningen", "status": []string{"pending", "closed", "resolved"}[i%3], "priority": "3", "origin": "phone", "service_name": "Arbetsplats", "servicesubcategory_name": "Utskrift",
					"team_name": "Servicedesk", "start_date": stockholm(at), "resolution_date": given(done, stockholm(at.Add(time.Hour))), "close_date": given(i%3 == 1, stockholm(at.Add(2*time.Hour))),
					"ttr_escalation_deadline": "", "last_update": stockholm(at.Add(time.Hour)), "request_type": "incident", "assignment_date": stockholm(at.Add(10 * time.Minute)),
				}
			})
			for i, class := range []string{"ApplicationSolution", "BusinessProcess"} {
				list = append(list, row{"class": class, "id": 1000 + i, "name": "Ekonomisystemet", "status": "active", "business_criticity": "high", "org_name": "Socialförvaltningen", "move2production": "2019-03-01", "description": "Fråga Alva Almkvist"})
			}
			s := fakes.NewITop("itop-token-1", list...)
			return s, s.URL, row{"token": "itop-token-1", "tiers": row{"high": "guld"}}
		},
		want: map[string]string{
			"ticket_no": "R-000002", "status": "closed", "kind": "incident", "queue": "Servicedesk", "channel": "phone", "org_unit": "Socialförvaltningen", "category": "Utskrift", "service": "Arbetsplats",
			"opened_at": "2026-11-19T11:00:00Z", "resolved_at": "2026-11-19T12:00:00Z", "closed_at": "2026-11-19T13:00:00Z", "due_at": "",
		},
		unmapped: []string{"first_response_at", "csat", "paused_minutes"},
		touch:    touched(300, "last_update", stockholm(now)), changed: 3,
		more: func(t *testing.T, res *profiletest.Result) {
			t.Helper()
			for _, id := range []string{"1000", "1001"} {
				sys := res.Records[record.System][id]
				if shown(sys, "tier") != "gold" || shown(sys, "lifecycle") != "in_use" || shown(sys, "org_unit") != "Socialförvaltningen" {
					t.Errorf("system %s: %+v", id, sys.Values)
				}
			}
			if len(res.Records[record.System]) != 2 {
				t.Errorf("%d systems", len(res.Records[record.System]))
			}
		},
	}
}

func netbox() strict {
	return strict{
		profile: "netbox", kind: record.Asset, records: 1210, pages: "/api/dcim/devices/", secret: "token", busy: "/api/dcim/devices/", id: "device/2",
		start: func() (fake, string, map[string]any) {
			list := rows(1200, func(i int) row {
				return row{
					"id": i + 1, "name": "sw-1", "serial": "X", "comments": "Fråga Alva Almkvist", "role": row{"name": []string{"Server", "Switch"}[i%2]}, "status": row{"value": "active"},
					"tenant": row{"name": "Socialförvaltningen"}, "site": row{"name": "Stadshuset"}, "platform": row{"name": "OS"}, "custom_fields": row{"inkopt": "2021-05-04"}, "last_updated": rfc(now.Add(-time.Duration(2+i) * time.Hour)),
				}
			})
			for i := range 10 {
				list = append(list, row{"id": i + 1, "vcpus": 2, "status": row{"value": "active"}, "device": row{"id": 1}, "tenant": nil, "site": nil, "platform": nil, "last_updated": rfc(now.Add(-time.Duration(2+i) * time.Hour))})
			}
			n := fakes.NewNetBox("netbox-token-1", list...)
			return n, n.URL, row{"token": "netbox-token-1", "purchased_field": "inkopt"}
		},
		want:     map[string]string{"kind": "switch", "status": "active", "org_unit": "Socialförvaltningen", "site": "Stadshuset", "os": "OS", "purchased_on": "2021-05-04T21:59:59Z"},
		unmapped: []string{"network_zone"},
		touch:    touched(900, "last_updated", rfc(now)), changed: 4,
		more: func(t *testing.T, res *profiletest.Result) {
			t.Helper()
			vm := res.Records[record.Asset]["vm/1"]
			if shown(vm, "host") != "device/1" || shown(vm, "kind") != "server_virtual" {
				t.Errorf("a virtual machine: %+v", vm.Values)
			}
		},
	}
}

func snipeit() strict {
	return strict{
		profile: "snipeit", kind: record.Asset, records: 1199, pages: "/api/v1/hardware", secret: "token", busy: "/api/v1/hardware", id: "2",
		start: func() (fake, string, map[string]any) {
			s := fakes.NewSnipeIT("snipe-token-1", rows(1200, func(i int) row {
				return row{
					"id": i + 1, "name": "Alva Almkvist", "serial": "X", "notes": "Ring 070-1234567", "assigned_to": row{"name": "Alva Almkvist", "type": "user"}, "category": row{"name": "Laptops"},
					"status_label": row{"name": "Läge", "status_meta": []string{"deployed", "archived", "deployable"}[i%3]}, "company": row{"name": "Socialförvaltningen"}, "location": row{"name": "Stadshuset"},
					"purchase_date": row{"date": "2023-08-15"}, "updated_at": row{"datetime": "2026-11-01 08:00:00"}, "custom_fields": []string{}, "deleted_at": given(i == 50, "2026-11-01 08:00:00"),
				}
			})...)
			return s, s.URL, row{"token": "snipe-token-1"}
		},
		want:     map[string]string{"kind": "laptop", "status": "retired", "org_unit": "Socialförvaltningen", "site": "Stadshuset", "purchased_on": "2023-08-15T21:59:59Z"},
		unmapped: []string{"os", "user_category"},
	}
}

func prtg() strict {
	last := now.Add(-2 * time.Minute)
	return strict{
		profile: "prtg", kind: record.Observation, records: 900, pages: "/api/table.json", secret: "api_token", busy: "/api/table.json", id: fmt.Sprintf("2001/%d", last.Unix()),
		start: func() (fake, string, map[string]any) {
			p := fakes.NewPRTG("prtg-token-1", rows(1200, func(i int) row {
				return row{
					"objid": 2000 + i, "sensor": "Ping", "device": fmt.Sprintf("sw-%d", i), "group": "Centralskolan", "status": "Läge", "status_raw": []int{3, 5, 7, 4}[i%4], "type": "ping",
					"lastcheck": "2 min", "lastcheck_raw": float64(last.Unix())/86400 + 25569, "message": "Ring Alva Almkvist",
				}
			})...)
			return p, p.URL, row{"api_token": "prtg-token-1"}
		},
		want: map[string]string{"kind": "probe", "metric": "icmp", "subject": "sw-1", "site": "Centralskolan", "samples": "1", "ok": "0", "started_at": rfc(last)},
		more: func(t *testing.T, res *profiletest.Result) {
			t.Helper()
			up := res.Count(record.Observation, func(r record.Record) bool { return r.Get("ok").I == 1 })
			if up != 600 || !res.Warned("not_measured") || res.Header.CoversAll {
				t.Errorf("%d of 900 are up; covers all %v", up, res.Header.CoversAll)
			}
		},
	}
}
