package app

import (
	"github.com/kommunpuls/kommunpuls/internal/expose/snapshot"
	"github.com/kommunpuls/kommunpuls/internal/kpi"
)

// snapshotSQL is the text of every figure, as it was run and as an auditor runs it.
func snapshotSQL(rec *kpi.Recording) map[string]snapshot.SQL {
	out := map[string]snapshot.SQL{}
	for _, f := range rec.Findings {
		if x, ok := rec.SQL(f.KPI); ok {
			out[f.KPI] = snapshot.SQL{Portable: x.Portable, AsRun: x.AsRun, Rows: x.Rows}
		}
	}
	return out
}
