package web

import (
	"context"
	"errors"
	"fmt"
	"reflect"
	"strings"
	"testing"

	"github.com/kommunpuls/kommunpuls/internal/finding"
	"github.com/kommunpuls/kommunpuls/internal/store"
)

// municipality has figures of several units, whoever asks. What is not here is
// not asked for.
type municipality struct {
	Daemon
	cells []finding.Cell
	asked *[]Query
}

func number(v float64) *float64 { return &v }

func (m municipality) figure(kpi string) finding.Finding {
	return finding.Finding{
		KPI: kpi, Value: number(0.5), Numerator: number(5), Denominator: number(10), Outcome: finding.NotMet, Breakdown: m.cells,
		Target:  &finding.Target{Kind: "list", List: []string{"system-hos-bun"}},
		Waivers: []finding.Waiver{{Scope: "kpi"}, {Scope: "org_unit:soc"}, {Scope: "org_unit:bun"}, {Scope: "record:bun-1"}},
	}
}

func (m municipality) Findings(context.Context, store.Point) ([]finding.Finding, error) {
	return []finding.Finding{m.figure("a"), m.figure("b")}, nil
}

func (m municipality) Explain(_ context.Context, q Query) (finding.Finding, error) {
	*m.asked = append(*m.asked, q)
	f := m.figure(q.KPI)
	for _, u := range []string{"soc", "aldreboende", "bun", ""} {
		f.Evidence = append(f.Evidence, finding.Row{ID: u + "-1", OrgUnit: u})
	}
	f.EvidenceTotal = 4
	return f, nil
}

func (municipality) Disruptions(context.Context) ([]Disruption, error) {
	return []Disruption{{Site: "a", OrgUnit: "aldreboende"}, {Site: "b", OrgUnit: "bun"}, {Site: "c"}}, nil
}

func (municipality) Reload(context.Context) error          { return nil }
func (municipality) Collect(context.Context, string) error { return nil }
func (m municipality) InTodaysOrganisation() Daemon        { return m }

func cell(dimension, key string) finding.Cell {
	return finding.Cell{Dimension: dimension, Key: key, Value: number(1)}
}

func several() []finding.Cell {
	return []finding.Cell{cell("org_unit", "soc"), cell("org_unit", "bun"), cell("org_unit", "sbf"), cell("org_unit", ""), cell("system", "system-hos-bun"), cell("age", "30"), cell("site", "skolan")}
}

var socialChief = Visitor{Role: RoleForvaltning, OrgUnits: []string{"soc"}, Below: []string{"aldreboende"}}

func restrictedTo(v Visitor, m municipality, s func(string) Secrecy) (context.Context, Daemon) {
	if m.asked == nil {
		m.asked = &[]Query{}
	}
	return WithVisitor(context.Background(), v), Restrict(m, s)
}

func keys(cs []finding.Cell) string {
	var out []string
	for _, c := range cs {
		out = append(out, c.Dimension+":"+c.Key)
	}
	return strings.Join(out, " ")
}

func TestAForvaltningSeesItsOwnCellsAndTheWhole(t *testing.T) {
	m := municipality{cells: several()}
	ctx, d := restrictedTo(socialChief, m, nil)
	fs, err := d.Findings(ctx, store.Point{})
	if err != nil || len(fs) != 2 {
		t.Fatal(fs, err)
	}
	for _, f := range fs {
		if keys(f.Breakdown) != "org_unit:soc age:30" || f.Value == nil || len(f.Waivers) != 2 || f.Target.List != nil {
			t.Errorf("%s %v %v %v", keys(f.Breakdown), f.Value, f.Waivers, f.Target)
		}
	}
	if len(m.cells) != 7 {
		t.Error("the daemon's own figures were changed")
	}
	ctx, d = restrictedTo(Visitor{Role: RoleViewer}, m, nil)
	if fs, err := d.Findings(ctx, store.Point{}); err != nil || len(fs[0].Breakdown) != 7 || len(fs[0].Target.List) != 1 {
		t.Errorf("a viewer: %v %v", fs, err)
	}
}

func TestTheOnlyOtherFigureCannotBeComputed(t *testing.T) {
	m := municipality{cells: []finding.Cell{cell("org_unit", "soc"), cell("org_unit", "bun"), cell("org_unit", ""), cell("age", "30")}}
	ctx, d := restrictedTo(socialChief, m, nil)
	fs, err := d.Findings(ctx, store.Point{})
	if err != nil {
		t.Fatal(err)
	}
	if f := fs[0]; f.Value != nil || f.Numerator != nil || f.Denominator != nil || !f.Suppressed || keys(f.Breakdown) != "org_unit:soc" || *f.Breakdown[0].Value != 1 {
		t.Errorf("%+v", f)
	}
}

func TestAForvaltningGetsItsOwnRowsAlone(t *testing.T) {
	for _, unit := range []string{"", "soc", "aldreboende"} {
		m := municipality{cells: several(), asked: &[]Query{}}
		ctx, d := restrictedTo(socialChief, m, nil)
		f, err := d.Explain(ctx, Query{KPI: "a", OrgUnit: unit, Limit: 100})
		if err != nil || len(f.Evidence) != 2 || f.EvidenceTotal != 2 || keys(f.Breakdown) != "org_unit:soc age:30" {
			t.Errorf("%q: %+v %v", unit, f.Evidence, err)
		}
		if asked := (*m.asked)[0].OrgUnit; asked == "" {
			t.Errorf("%q: the rows of all were asked for", unit)
		}
	}
	for _, unit := range []string{"bun", "finns-inte", "soc ", "SOC"} {
		m := municipality{asked: &[]Query{}}
		ctx, d := restrictedTo(socialChief, m, nil)
		if f, err := d.Explain(ctx, Query{KPI: "a", OrgUnit: unit}); !errors.Is(err, ErrForbidden) || len(f.Evidence) > 0 || len(*m.asked) > 0 {
			t.Errorf("%q: %v %v", unit, f, err)
		}
	}
	two := Visitor{Role: RoleForvaltning, OrgUnits: []string{"soc", "bun"}}
	ctx, d := restrictedTo(two, municipality{cells: several()}, nil)
	if f, err := d.Explain(ctx, Query{KPI: "a", Limit: 3}); err != nil || len(f.Evidence) != 3 || f.EvidenceTotal != 4 {
		t.Errorf("two units: %d of %d rows, %v", len(f.Evidence), f.EvidenceTotal, err)
	}
}

// pages answers as the engine does: only rows of the unit, from an offset.
type pages struct {
	municipality
	rows map[string]int
}

func (p pages) Explain(_ context.Context, q Query) (finding.Finding, error) {
	f := finding.Finding{KPI: q.KPI}
	if q.Limit < 0 {
		return f, nil
	}
	n := p.rows[q.OrgUnit]
	f.EvidenceTotal = int64(n)
	for i := q.Offset; i < n && (q.Limit == 0 || len(f.Evidence) < q.Limit); i++ {
		f.Evidence = append(f.Evidence, finding.Row{ID: fmt.Sprint(q.OrgUnit, i), OrgUnit: q.OrgUnit})
	}
	return f, nil
}

func TestRowsOfSeveralUnitsAreTurnedLikeOneList(t *testing.T) {
	v := Visitor{Role: RoleForvaltning, OrgUnits: []string{"a", "b", "c"}}
	d := Restrict(pages{rows: map[string]int{"a": 3, "b": 4, "c": 2, "d": 9}}, nil)
	ctx := WithVisitor(context.Background(), v)
	var all []string
	for offset := 0; offset < 12; offset += 2 {
		f, err := d.Explain(ctx, Query{KPI: "a", Limit: 2, Offset: offset})
		if err != nil || f.EvidenceTotal != 9 || len(f.Evidence) > 2 {
			t.Fatalf("%d: %d of %d rows, %v", offset, len(f.Evidence), f.EvidenceTotal, err)
		}
		for _, r := range f.Evidence {
			all = append(all, r.ID)
		}
	}
	if got := strings.Join(all, " "); got != "a0 a1 a2 b0 b1 b2 b3 c0 c1" {
		t.Error(got)
	}
	if f, err := d.Explain(ctx, Query{KPI: "a"}); err != nil || len(f.Evidence) != 9 {
		t.Errorf("all: %d %v", len(f.Evidence), err)
	}
	if f, err := d.Explain(ctx, Query{KPI: "a", Limit: -1}); err != nil || len(f.Evidence) != 0 {
		t.Errorf("none: %d %v", len(f.Evidence), err)
	}
}

func TestTodaysOrganisationIsRestrictedToo(t *testing.T) {
	ctx, d := restrictedTo(socialChief, municipality{cells: several()}, nil)
	fs, err := d.(Organiser).InTodaysOrganisation().Findings(ctx, store.Point{})
	if err != nil || keys(fs[0].Breakdown) != "org_unit:soc age:30" {
		t.Errorf("%v %v", fs, err)
	}
}

func TestAForvaltningSeesDisruptionsOfItsOwnPlaces(t *testing.T) {
	ctx, d := restrictedTo(socialChief, municipality{}, nil)
	ds, err := d.Disruptions(ctx)
	if err != nil || len(ds) != 1 || ds[0].Site != "a" {
		t.Errorf("%v %v", ds, err)
	}
}

func TestRowsThatMayBeSecretAreForThoseWhoMayJudgeIt(t *testing.T) {
	level := "prövas"
	s := func(string) Secrecy { return Secrecy{Level: level, Provision: "OSL 18 kap. 8 §"} }
	for role, want := range map[string]int{RoleViewer: 0, RoleAuditor: 4, RoleAdmin: 4, RoleForvaltning: 2} {
		v := socialChief
		v.Role = role
		ctx, d := restrictedTo(v, municipality{cells: several()}, s)
		f, err := d.Explain(ctx, Query{KPI: "a"})
		if err != nil || len(f.Evidence) != want || (f.Withheld != nil) != (want == 0) || f.Value == nil {
			t.Errorf("%s: %d rows %v %v", role, len(f.Evidence), f.Withheld, err)
		}
	}
	level = "ingen"
	ctx, d := restrictedTo(Visitor{Role: RoleViewer}, municipality{cells: several()}, s)
	if f, err := d.Explain(ctx, Query{KPI: "a"}); err != nil || len(f.Evidence) != 4 {
		t.Errorf("not secret: %v %v", f.Evidence, err)
	}
}

// Without a visitor in the context, and for a role that is not one, every
// method of Daemon that could show or do something refuses or gives nothing.
// The inner daemon is nil, so a method that asks it anything it must not panics.
func TestNothingIsShownToNobody(t *testing.T) {
	harmless := map[string]bool{"Ready": true, "Status": true, "Facts": true, "Catalogue": true, "InTodaysOrganisation": true}
	d := reflect.ValueOf(Restrict(nil, nil))
	for i := range d.NumMethod() {
		name := d.Type().Method(i).Name
		if harmless[name] {
			continue
		}
		for _, v := range []Visitor{{}, {Role: RoleScrape}, {Role: "annat"}} {
			t.Run(fmt.Sprintf("%s %q", name, v.Role), func(t *testing.T) {
				m := d.Method(i)
				args := []reflect.Value{reflect.ValueOf(WithVisitor(context.Background(), v))}
				for a := 1; a < m.Type().NumIn(); a++ {
					args = append(args, reflect.Zero(m.Type().In(a)))
				}
				out := m.Call(args)
				err, _ := out[len(out)-1].Interface().(error)
				if !errors.Is(err, ErrForbidden) && (len(out) != 2 || !out[0].IsZero() || err != nil) {
					t.Errorf("%v", out)
				}
			})
		}
	}
}

func TestOnlyTheAdministratorChangesAnything(t *testing.T) {
	for _, role := range []string{"", RoleScrape, RoleForvaltning, RoleViewer, RoleAuditor, RoleAdmin} {
		ctx, d := restrictedTo(Visitor{Role: role, OrgUnits: []string{"soc"}}, municipality{}, nil)
		for what, err := range map[string]error{"reload": d.Reload(ctx), "collect": d.Collect(ctx, "lista")} {
			if (err == nil) != (role == RoleAdmin) {
				t.Errorf("%s by %q: %v", what, role, err)
			}
		}
	}
}
