package setup

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/kommunpuls/kommunpuls/internal/decision"
	"github.com/kommunpuls/kommunpuls/internal/store"
)

// openWorkbook makes sure that there is a decisions workbook, and returns the
// org units that the decisions know.
func (d *desk) openWorkbook(cfg configText) ([]store.Identity, error) {
	opt := d.decisionOptions()
	path := filepath.Join(d.opt.OutDir, WorkbookName)
	uses := false
	var files []string
	for _, f := range cfg.decisions {
		uses = uses || f == WorkbookName
		if !filepath.IsAbs(f) {
			f = filepath.Join(d.opt.OutDir, f)
		}
		files = append(files, f)
	}
	if _, err := os.Stat(path); uses && errors.Is(err, fs.ErrNotExist) {
		var b bytes.Buffer
		if err := decision.WriteWorkbook(&b, decision.Set{}, opt); err != nil {
			return nil, err
		}
		if err := WriteFile(path, b.Bytes(), 0o644); err != nil {
			return nil, err
		}
	}
	set, err := decision.Load(files, opt)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrInput, err)
	}
	return set.Identities, nil
}

func (d *desk) decisionOptions() decision.Options {
	var o decision.Options
	for _, k := range d.opt.Catalogue.KPIs {
		o.KPIs = append(o.KPIs, decision.KPI{ID: k.ID, Title: k.Title.SV, Unit: k.Unit})
	}
	return o
}
