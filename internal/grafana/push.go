package grafana

import (
	"context"
	"errors"
	"fmt"
	"strings"
)

// Fixed identities of what kommunpuls puts into Grafana, so that a second push
// finds the first one's.
const (
	FolderUID     = "kommunpuls"
	DataSourceUID = "kommunpuls-prometheus"
)

// Options are how a push goes.
type Options struct {
	// DryRun reads and says what would be done, and writes nothing.
	DryRun bool
	// Force writes over what a person has changed.
	Force bool
	// Org is the organisation the token must belong to; 0 is any.
	Org int64
}

// Action is what was done, or in a dry run what would be.
type Action string

// The actions.
const (
	Unchanged Action = "oförändrad"
	Created   Action = "ny"
	Restored  Action = "återställd" // it was missing although its neighbours are there
	Updated   Action = "ändrad"
	Kept      Action = "lämnad" // a person's, or a file's: not touched
)

// Change is what was done with one thing.
type Change struct {
	Kind, Name string
	Action     Action
	// Why says more, as a sentence without its dot.
	Why string
	// Diff is what differs, for things that were changed or kept.
	Diff []string
}

// Report is what a push did, in order, as far as it came.
type Report struct {
	Version string
	DryRun  bool
	Changes []Change
}

// Count returns how many changes are of an action.
func (r *Report) Count(a Action) int {
	n := 0
	for _, c := range r.Changes {
		if c.Action == a {
			n++
		}
	}
	return n
}

// Written reports whether anything in Grafana was changed.
func (r *Report) Written() bool {
	return !r.DryRun && r.Count(Created)+r.Count(Restored)+r.Count(Updated) > 0
}

// push is one push under way.
type push struct {
	api    API
	opt    Options
	want   *Wanted
	report Report

	folderUID, datasourceUID string
	newFolder                bool
}

// Push makes Grafana hold what is wanted. The report says what was done before
// an error, which names the thing that it is about. Things left as a person
// made them are no error.
func Push(ctx context.Context, api API, want Wanted, opt Options) (Report, error) {
	p := &push{api: api, opt: opt, want: &want, report: Report{DryRun: opt.DryRun}}
	for _, step := range []func(context.Context) error{p.server, p.folder, p.datasource, p.dashboards, p.contacts, p.mutes, p.rules, p.policy} {
		if err := step(ctx); err != nil {
			return p.report, err
		}
	}
	return p.report, nil
}

func (p *push) did(c Change) { p.report.Changes = append(p.report.Changes, c) }

func (p *push) server(ctx context.Context) error {
	s, err := p.api.Server(ctx)
	if err != nil {
		return err
	}
	p.report.Version = s.Version
	if err := checkVersion(s.Version); err != nil {
		return err
	}
	if p.opt.Org != 0 && s.OrgID != p.opt.Org {
		return fmt.Errorf("%w: den hör till organisation %d, men grafana.org är %d", ErrOrg, s.OrgID, p.opt.Org)
	}
	// Data sources ask for most rights: a token that may not is known before
	// anything is written.
	if _, err := p.api.DataSource(ctx, p.want.DataSource.Name); err != nil && !errors.Is(err, ErrNotFound) {
		return fmt.Errorf("datakällan ”%s”: %w", p.want.DataSource.Name, err)
	}
	return nil
}

// folder finds ours by its uid, or one of the same title that a person made,
// which then is used: Grafana allows only one of a title.
func (p *push) folder(ctx context.Context) error {
	const kind = "mapp"
	title := p.want.Folder
	for _, d := range p.want.Dashboards {
		if strings.EqualFold(d.Title, title) {
			return fmt.Errorf("mappen ”%s”: %w: en av vyerna heter så, och Grafana tillåter inte båda; välj ett annat namn i grafana.folder", title, ErrConflict)
		}
	}
	f, err := p.api.Folder(ctx, FolderUID)
	switch {
	case err == nil:
		p.folderUID = f.UID
		why := ""
		if f.Title != title {
			why = fmt.Sprintf("heter ”%s” i Grafana, där den har bytt namn", f.Title)
		}
		p.did(Change{Kind: kind, Name: f.Title, Action: Unchanged, Why: why})
		return nil
	case !errors.Is(err, ErrNotFound):
		return fmt.Errorf("mappen %s: %w", title, err)
	}
	all, err := p.api.Folders(ctx)
	if err != nil {
		return fmt.Errorf("mapparna: %w", err)
	}
	for _, f := range all {
		if f.Title == title {
			if !p.opt.Force {
				return fmt.Errorf("mappen ”%s”: %w: en mapp med det namnet finns redan (uid %s) och är inte vår; välj ett annat namn i grafana.folder, eller kör med --force för att lägga allt i den", title, ErrConflict, f.UID)
			}
			p.folderUID = f.UID
			p.did(Change{Kind: kind, Name: title, Action: Unchanged, Why: "fanns redan och används, som --force säger"})
			return nil
		}
	}
	p.folderUID, p.newFolder = FolderUID, true
	if !p.opt.DryRun {
		err := p.api.CreateFolder(ctx, Folder{UID: FolderUID, Title: title})
		if refused(err, 400, 409, 412) {
			return fmt.Errorf("mappen ”%s”: %w: något annat i Grafana heter så (%w)", title, ErrConflict, err)
		}
		if err != nil {
			return fmt.Errorf("mappen ”%s”: %w", title, err)
		}
	}
	p.did(Change{Kind: kind, Name: title, Action: Created})
	return nil
}

// datasource finds by name. One without an address in the configuration must
// be there; one with another address than ours is somebody's.
func (p *push) datasource(ctx context.Context) error {
	const kind = "datakälla"
	want := p.want.DataSource
	have, err := p.api.DataSource(ctx, want.Name)
	if errors.Is(err, ErrNotFound) {
		if want.URL == "" {
			return fmt.Errorf("datakällan ”%s”: %w; ange grafana.datasource.url så läggs den in, eller namnet på den som finns", want.Name, ErrNotFound)
		}
		want.UID, want.Type, want.Access = DataSourceUID, "prometheus", "proxy"
		if !p.opt.DryRun {
			if err := p.api.PutDataSource(ctx, want); err != nil {
				return fmt.Errorf("datakällan ”%s”: %w", want.Name, err)
			}
		}
		p.datasourceUID = want.UID
		p.did(Change{Kind: kind, Name: want.Name, Action: Created, Why: "frågar " + want.URL})
		return nil
	}
	if err != nil {
		return fmt.Errorf("datakällan ”%s”: %w", want.Name, err)
	}
	if have.Type != "prometheus" {
		return fmt.Errorf("datakällan ”%s”: %w: den är av slaget %s, inte prometheus; välj ett annat namn i grafana.datasource.name", want.Name, ErrConflict, have.Type)
	}
	p.datasourceUID = have.UID
	return p.sameDatasource(ctx, kind, have)
}

func (p *push) sameDatasource(ctx context.Context, kind string, have DataSource) error {
	want := p.want.DataSource
	c := Change{Kind: kind, Name: have.Name, Action: Unchanged}
	if want.URL != "" && have.URL != want.URL {
		c.Diff = []string{fmt.Sprintf("url: %q → %q", have.URL, want.URL)}
		switch {
		case have.ReadOnly:
			c.Action, c.Why = Kept, "kommer från en fil hos Grafana; ändra den där"
		case have.UID != DataSourceUID && !p.opt.Force:
			c.Action, c.Why = Kept, "är inte inlagd av kommunpuls; --force ändrar den"
		default:
			c.Action = Updated
			have.URL = want.URL
			if !p.opt.DryRun {
				if err := p.api.PutDataSource(ctx, have); err != nil {
					return fmt.Errorf("datakällan ”%s”: %w", have.Name, err)
				}
			}
		}
	}
	p.did(c)
	return nil
}
