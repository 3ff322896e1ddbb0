package graph_test

import (
	"encoding/json"
	"errors"
	"slices"
	"strings"
	"testing"

	source "github.com/kommunpuls/kommunpuls/plugins/http"
	"github.com/kommunpuls/kommunpuls/plugins/http/fakes"
	"github.com/kommunpuls/kommunpuls/plugins/http/profiles/profiletest"
	"github.com/kommunpuls/kommunpuls/plugins/sdk"
	"github.com/kommunpuls/kommunpuls/plugins/sdk/record"
)

func TestAWrongSecretIsToldAndNotShown(t *testing.T) {
	_, _, run := start(t, fakes.GraphOptions{})
	run.Settings["client_secret"] = "an-old-secret-value"
	_, err := profiletest.Try(t, run)
	if !errors.Is(err, sdk.ErrUnreachable) || strings.Contains(err.Error(), "an-old-secret-value") {
		t.Errorf("got %v", err)
	}
}

func TestSettingsThatWouldReadTheWrongPeopleAreRefused(t *testing.T) {
	for _, c := range []struct {
		name, field string
		change      func(map[string]any)
	}{
		{"nothing said of the protected", "protected_groups", func(s map[string]any) { delete(s, "protected_groups") }},
		{"an empty list of groups", "protected_groups", func(s map[string]any) { s["protected_groups"] = []string{} }},
		{"an empty reason", "protected_groups", func(s map[string]any) { delete(s, "protected_groups"); s["protected_none_reason"] = " " }},
		{"a reason beside groups", "protected_none_reason", func(s map[string]any) { s["protected_none_reason"] = "ingen" }},
		{"a property that is never read", "categories", func(s map[string]any) { s["categories"] = map[string]string{"employeeId=1": "pupil"} }},
		{"a protected property that is never read", "categories", func(s map[string]any) { s["protected_attributes"] = map[string]string{"extensionAttribute16": "ja"} }},
		{"a rule without a value", "categories", func(s map[string]any) { s["categories"] = map[string]string{"department": "pupil"} }},
		{"a category that does not exist", "categories", func(s map[string]any) { s["categories"] = map[string]string{"department=IT": "staff"} }},
		{"an unknown setting", "protected_group", func(s map[string]any) { s["protected_group"] = "x" }},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, _, run := start(t, fakes.GraphOptions{})
			c.change(run.Settings)
			b, err := json.Marshal(run.Settings)
			if err != nil {
				t.Fatal(err)
			}
			problems := (source.Source{}).Validate(t.Context(), sdk.Settings{Instance: "entra", JSON: b, PseudonymKey: []byte(profiletest.Key), KeyID: "k1"})
			if len(problems) == 0 || !slices.ContainsFunc(problems, func(p sdk.Problem) bool { return p.Field == c.field }) {
				t.Errorf("problems: %v", problems)
			}
		})
	}
}

func TestRulesByPropertyLicenceAndMark(t *testing.T) {
	_, tenant, run := start(t, fakes.GraphOptions{})
	delete(run.Settings, "protected_groups")
	run.Settings["protected_attributes"] = map[string]string{"userPrincipalName": "SKYDD*@kommun.example"}
	run.Settings["categories"] = map[string]string{
		"licence=" + fakes.LicenceStudent: "pupil", "companyName=Firman AB": "ignore", "department=förtroendevalda": "politician", "login=adm-alva": "admin",
	}
	res := profiletest.Collect(t, run)
	got, pupils := map[string]int{}, 0.0
	for _, rec := range res.Records[record.Account] {
		got[rec.Get("category").S]++
	}
	for _, o := range res.Records[record.Observation] {
		pupils += o.Get("value").F
	}
	want, enabled := map[string]int{}, 0.0
	for _, u := range tenant.Users {
		switch c := category(u); {
		case c == "pupil" && u.Enabled:
			enabled++
		case c == "pupil", c == "protected", c == "contractor":
		case c == "politician", u.SAMAccountName == "adm-alva":
			want[c]++
		default:
			want["employee"]++
		}
	}
	if len(got) != len(want) || got["employee"] != want["employee"] || got["politician"] != 2 || got["admin"] != 1 || pupils != enabled {
		t.Errorf("got %v and %v pupils, want %v and %v", got, pupils, want, enabled)
	}
	if !res.Warned("ignored") || len(res.Purged[record.Account]) == 0 {
		t.Errorf("warnings %v, purged %v", res.Warnings, res.Purged)
	}
}

func TestStrongSignInElsewhereIsNotMapped(t *testing.T) {
	_, _, run := start(t, fakes.GraphOptions{})
	run.Settings["mfa_in_entra"] = false
	if res := profiletest.Collect(t, run); res.Mapped(record.Account, "strong_auth") || !res.Mapped(record.Account, "last_login_at") {
		t.Errorf("mapped: %v", res.Header.Mapped)
	}
}
