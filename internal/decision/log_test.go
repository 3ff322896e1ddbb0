package decision_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/kommunpuls/kommunpuls/internal/decision"
	"github.com/kommunpuls/kommunpuls/internal/store"
)

func TestTheLogHasEveryDecisionAndItsFields(t *testing.T) {
	set := full(t)
	log := set.Log(options())
	require.Len(t, log, len(set.Targets)+len(set.Waivers)+len(set.Identities)+len(set.Rules)+len(set.Off)+len(set.None)+len(set.Breaks)+1)
	keys := map[string]store.Decided{}
	for _, d := range log {
		require.NotContains(t, keys, d.Section+"/"+d.Key)
		require.NotEmpty(t, d.Fields, d.Key)
		keys[d.Section+"/"+d.Key] = d
	}
	w := keys["waivers/system_owner_coverage soc heroma 2026-06-15"]
	require.Equal(t, "KS 2026/145, § 62", w.Decision)
	require.Equal(t, "Kommunstyrelsen", w.By)
	require.Equal(t, "Byts ut", w.Why)
	require.Equal(t, "2027-06-30", w.Fields["expires"])
	require.Equal(t, "0.9", keys["targets/system_owner_coverage 2026-02-01"].Fields["value"])
	require.Equal(t, "guld; silver; brons", keys["rules/tiers"].Fields["value"])
	require.Equal(t, "Soc; Vård, omsorg (källa: arenden)", keys["org_units/soc"].Fields["aliases"])
	require.Equal(t, "soc; ifo", keys["org_units/bun"].Fields["succeeded_by"])
}

func TestTwoTargetsOfOneKeyAreTwoInTheLog(t *testing.T) {
	v := 0.5
	old := decision.Target{KPI: "sso_coverage", State: "superseded"}
	old.Kind, old.Value = "value", &v
	now := old
	now.State = "active"
	log := decision.Set{Targets: []decision.Target{old, now}}.Log(options())
	require.Equal(t, "sso_coverage", log[0].Key)
	require.Equal(t, "sso_coverage (2)", log[1].Key)
	require.Equal(t, time.Time{}, old.ValidFrom)
}

func TestSectionsAndFieldsHaveTheWorkbooksNames(t *testing.T) {
	require.Equal(t, "Godtagna brister", decision.SectionName("waivers"))
	require.Equal(t, "Till och med", decision.FieldName("waivers", "expires"))
	require.Equal(t, "okänt", decision.FieldName("waivers", "okänt"))
}
