package web

import (
	"context"
	"time"

	"github.com/kommunpuls/kommunpuls/internal/catalogue"
	"github.com/kommunpuls/kommunpuls/internal/finding"
	"github.com/kommunpuls/kommunpuls/internal/store"
)

func (d *recorder) Catalogue() catalogue.Catalogue {
	return catalogue.Catalogue{KPIs: []catalogue.Definition{{ID: "system_owner_coverage", Area: "systemforvaltning", Unit: "share", Title: finding.Text{SV: "Ägare", EN: "Owners"}}}}
}

func (d *recorder) Facts(context.Context) (Facts, error) {
	at := time.Date(2026, 11, 21, 12, 0, 0, 0, time.UTC)
	return Facts{
		Municipality: "Exempelkommun <b>", Version: "1", EvaluatedAt: at, Whole: []string{"kommun"},
		Sources:   []SourceFacts{{SourceState: store.SourceState{SourceInfo: store.SourceInfo{Name: "lista", Plugin: "table"}, LastSuccess: at, Counts: store.Counts{Seen: 10, Refused: 2}}}},
		NextSteps: []NextStep{{KPI: "system_owner_coverage", Rows: 3}, {KPI: "system_owner_coverage", OrgUnit: "soc", Rows: 2}, {KPI: "system_owner_coverage", OrgUnit: "utb", Rows: 1}},
	}, nil
}

func (d *recorder) History(context.Context, HistoryQuery) (History, error) { return History{}, nil }

func (d *recorder) Unmapped(context.Context) ([]NameGroup, error) {
	return []NameGroup{{Title: "system i ärenden", Names: 1, Records: 4, Most: []UnmappedName{{Source: "arenden", Name: "Treserrva", Closest: "Treserva", Records: 4}}}}, nil
}
