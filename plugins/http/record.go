package http

import (
	"context"
	"fmt"

	"github.com/kommunpuls/kommunpuls/internal/column"
	"github.com/kommunpuls/kommunpuls/plugins/http/expr"
	"github.com/kommunpuls/kommunpuls/plugins/sdk"
	"github.com/kommunpuls/kommunpuls/plugins/sdk/record"
)

// id is the item's id; "" where nothing stands there.
func (r *reading) id(ctx context.Context, item any) (string, error) {
	v, err := r.st.id.Run(ctx, item, r.values)
	if err != nil {
		return "", r.where("id", err)
	}
	cell, ok := column.Of(v)
	if !ok || cell.Type == column.List {
		return "", r.where("id", fmt.Errorf("%w: värdet är ingen text och inget tal", expr.ErrFailed))
	}
	one := [1]column.Cell{cell}
	id, _ := r.ids.Of(one[:])
	return id, nil
}

// place names the item in words that a person can follow.
func (r *reading) place(label string) record.Place {
	if label == "" {
		return record.Place{Doc: r.plan.profile.Title.SV + ", " + r.st.Title.SV, Row: r.row}
	}
	return record.Place{Doc: r.plan.profile.Title.SV + ", " + label}
}

// record makes a record of an item, or says why not.
func (r *reading) record(ctx context.Context, item any) error {
	id, err := r.id(ctx, item)
	if err != nil {
		return err
	}
	label := ""
	if r.st.label != nil {
		v, err := r.st.label.Run(ctx, item, r.values)
		if err == nil {
			label, err = expr.Text(v)
		}
		if err != nil {
			return r.where("label", err)
		}
	}
	place := r.place(label)
	if id == "" {
		return r.out.warn(sdk.Warning{Place: place, Column: "id", Code: "missing_id", Refused: true, Reason: "Raden saknar id och kan inte skiljas från andra. Raden används inte."})
	}
	for i := range r.plans {
		if r.cells[i], err = r.plans[i].cell(ctx, item, r.values); err != nil {
			return r.where("fältet "+r.plans[i].shown, err)
		}
	}
	rec := r.out.next(r.st.Kind)
	rec.ID, rec.Place = id, place
	result, refusals := r.filler.Fill(rec, r.cells)
	for i := range refusals {
		if err := r.out.warn(refusals[i].Warning(place, r.plans[refusals[i].Column].shown)); err != nil {
			return err
		}
	}
	switch result {
	case column.Pupil:
		r.seen--
		r.setAside("pupil_row", "handlar om elever och läses inte", 1)
		fallthrough
	case column.Refused:
		r.out.drop()
		return nil
	}
	if before, twice := r.ids.Twice(rec); twice {
		w := sdk.Warning{Place: place, Code: "duplicate_id", Reason: fmt.Sprintf("Samma post kom redan som %s; den senare gäller.", described(before))}
		if err := r.out.warn(w); err != nil {
			return err
		}
	}
	return r.out.keep()
}

func described(p record.Place) string {
	if p.Row > 0 {
		return fmt.Sprintf("%s, rad %d", p.Doc, p.Row)
	}
	return p.Doc
}

// finish tells what was set aside, and hands over counts.
func (r *reading) finish() error {
	if r.newest > 0 && r.st.incremented != nil {
		r.next.Newest[r.st.Name] = min(r.newest, r.req.Now.Unix())
	}
	for _, code := range r.codes {
		a := r.aside[code]
		reason := fmt.Sprintf("%d rader %s.", a.n, a.text)
		if a.n == 1 {
			reason = fmt.Sprintf("1 rad: %s.", a.text)
		}
		w := sdk.Warning{Place: record.Place{Doc: r.plan.profile.Title.SV + ", " + r.st.Title.SV}, Code: code, Reason: reason}
		if err := r.out.warn(w); err != nil {
			return err
		}
	}
	if err := r.writeCounts(); err != nil {
		return err
	}
	if len(r.purge) > 0 {
		r.purges[r.st.Kind] = append(r.purges[r.st.Kind], r.purge...)
	}
	return nil
}
