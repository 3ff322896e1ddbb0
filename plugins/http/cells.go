package http

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"github.com/kommunpuls/kommunpuls/internal/column"
	"github.com/kommunpuls/kommunpuls/internal/sheet/value"
	"github.com/kommunpuls/kommunpuls/plugins/http/expr"
)

// cellPlan makes the cell of one column from an item.
type cellPlan struct {
	fieldPlan
	name   string // of the target
	shown  string // what a warning calls it
	isTime bool
	zone   *time.Location // of the field, if it has its own
	empty  []string       // dates that mean nothing
	dates  value.Dates
}

// newCells makes the cells of a plan's columns, in their order.
func (sp *streamPlan) newCells(p *column.Plan) ([]cellPlan, error) {
	columns := p.Columns()
	out := make([]cellPlan, 0, len(columns))
	for i := range columns {
		c := cellPlan{fieldPlan: sp.sources[columns[i].Target], name: columns[i].Target, isTime: columns[i].IsTime(), empty: sp.plan.profile.EmptyDates}
		if c.shown = c.name; c.from != nil && len(c.from.String()) <= 40 {
			c.shown += " (" + c.from.String() + ")"
		}
		if c.Timezone != "" {
			var err error
			if c.zone, err = time.LoadLocation(c.Timezone); err != nil {
				return nil, err
			}
		}
		if c.Format != "rfc3339" && c.Format != "epoch" && c.Format != "epoch_ms" {
			c.dates.Layout = c.Format
		}
		out = append(out, c)
	}
	return out, nil
}

// cell computes a cell. An error is a fault of the profile.
func (c *cellPlan) cell(ctx context.Context, item any, values []any) (column.Cell, error) {
	v := c.fixed
	if c.from != nil {
		var err error
		if v, err = c.from.Run(ctx, item, values); err != nil {
			return column.Cell{}, err
		}
	}
	switch x := v.(type) {
	case nil:
		return column.Cell{}, nil
	case string:
		if c.isTime {
			return c.instant(x), nil
		}
		if c.values != nil {
			x = c.otherwise(x)
		}
		return column.Cell{Type: column.Text, Text: x}, nil
	case int:
		if c.values != nil {
			return column.Cell{Type: column.Text, Text: c.otherwise(fmt.Sprint(x))}, nil
		}
		cell := column.Cell{Type: column.Int, Int: int64(x)}
		if c.isTime && c.epoch() && c.isEmpty(c.at(cell.Int)) {
			cell = column.Cell{}
		}
		return cell, nil
	case map[string]any:
		return column.Cell{}, fmt.Errorf("%w: värdet är ett objekt, och inget fält rymmer ett sådant", expr.ErrFailed)
	case []any:
		return c.list(x)
	}
	cell, ok := column.Of(v)
	if !ok {
		return column.Cell{}, fmt.Errorf("%w: värdet har en form som inget fält rymmer", expr.ErrFailed)
	}
	if text, err := expr.Text(v); err == nil && c.values != nil {
		return column.Cell{Type: column.Text, Text: c.otherwise(text)}, nil
	}
	return cell, nil
}

// list makes a cell of texts and numbers; what is null in it is left out.
func (c *cellPlan) list(items []any) (column.Cell, error) {
	cell := column.Cell{Type: column.List, Items: make([]column.Cell, 0, len(items))}
	further := strings.Contains(c.name, ".")
	for _, item := range items {
		if item == nil && !further {
			continue
		}
		one, ok := column.Of(item)
		if !ok || one.Type == column.List {
			return column.Cell{}, fmt.Errorf("%w: en lista ska ha texter eller tal, inte objekt", expr.ErrFailed)
		}
		cell.Items = append(cell.Items, one)
	}
	return cell, nil
}

func (c *cellPlan) epoch() bool { return c.Format == "epoch" || c.Format == "epoch_ms" }

func (c *cellPlan) at(n int64) string {
	t := time.Unix(n, 0)
	if c.Format == "epoch_ms" {
		t = time.UnixMilli(n)
	}
	return t.UTC().Format(time.RFC3339)
}

// otherwise is Else for a word that has no translation.
func (c *cellPlan) otherwise(text string) string {
	if strings.TrimSpace(text) == "" || c.values[value.Fold(text)] {
		return text
	}
	return c.Else
}

// isEmpty tells a date that stands for none.
func (c *cellPlan) isEmpty(text string) bool {
	for _, e := range c.empty {
		if strings.HasPrefix(text, e) {
			return true
		}
	}
	return false
}

// instant reads a time of the form that nearly every API has; anything else is
// left to the reader of columns.
func (c *cellPlan) instant(text string) column.Cell {
	if c.isEmpty(text) {
		return column.Cell{}
	}
	if c.dates.Layout == "" {
		if at, ok := rfc3339(text); ok {
			return column.Cell{Type: column.Instant, Int: at}
		}
	}
	if c.zone != nil {
		if day, err := c.dates.Text(text); err == nil && day.HasTime {
			if first, second, err := day.Instants(c.zone); err == nil && first.Equal(second) {
				return column.Cell{Type: column.Instant, Int: first.Unix()}
			}
		}
	}
	if c.epoch() {
		n := json.Number(strings.TrimSpace(text))
		if i, err := n.Int64(); err == nil && c.isEmpty(c.at(i)) {
			return column.Cell{}
		}
	}
	return column.Cell{Type: column.Text, Text: text}
}
