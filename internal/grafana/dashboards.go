package grafana

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
)

// mark begins what is said of every version that a push saves. The digest of
// the content follows. A person who saves a dashboard makes a new version that
// says something else, or nothing; that is how a change by hand is known,
// whatever Grafana itself does with the content when it saves or migrates it.
const mark = "kommunpuls grafana push, innehåll "

func message(digest string) string { return mark + digest }

// digest is of what a dashboard says, not of how it is written.
func digest(model map[string]any) (string, error) {
	b, err := json.Marshal(model) // with its keys sorted
	if err != nil {
		return "", err
	}
	sum := sha256.Sum256(b)
	return hex.EncodeToString(sum[:8]), nil
}

// content is a dashboard without what Grafana gives it.
func content(model map[string]any) map[string]any {
	out := make(map[string]any, len(model))
	for k, v := range model {
		if k != "id" && k != "version" && k != "iteration" {
			out[k] = v
		}
	}
	return out
}

func (p *push) dashboards(ctx context.Context) error {
	missing, present := []int{}, 0
	for _, d := range p.want.Dashboards {
		c, err := p.dashboard(ctx, d)
		if err != nil {
			return fmt.Errorf("vyn ”%s” (%s): %w", d.Title, d.UID, err)
		}
		if c.Action == Created {
			missing = append(missing, len(p.report.Changes))
		} else {
			present++
		}
		p.did(c)
	}
	// One that is missing among others was taken away, or is new since the last push.
	if present > 0 {
		for _, at := range missing {
			c := &p.report.Changes[at]
			c.Action, c.Why = Restored, "fanns inte i Grafana: borttagen för hand, eller ny i den här versionen"
		}
	}
	return nil
}

func (p *push) dashboard(ctx context.Context, d Dashboard) (Change, error) {
	c := Change{Kind: "vy", Name: d.Title}
	var model map[string]any
	if err := json.Unmarshal(d.JSON, &model); err != nil {
		return c, err
	}
	model = content(model)
	sum, err := digest(model)
	if err != nil {
		return c, err
	}
	save := SaveDashboard{Model: model, FolderUID: p.folderUID, Message: message(sum)}

	have, err := p.api.Dashboard(ctx, d.UID)
	switch {
	case errors.Is(err, ErrNotFound):
		c.Action = Created
		return c, p.save(ctx, &c, save)
	case err != nil:
		return c, err
	}
	wasSaved := content(have.Model)
	said, ours := strings.CutPrefix(have.Message, mark)
	if ours && said == sum || equal(wasSaved, model) {
		c.Action = Unchanged
		if have.FolderUID != p.folderUID {
			c.Why = "ligger i en annan mapp, dit den har flyttats"
		}
		return c, nil
	}
	c.Diff = diff(wasSaved, model)
	switch {
	case have.FromFile:
		c.Action, c.Why = Kept, "kommer från en fil hos Grafana; byt filen där, eller ta bort den och kör push"
		return c, nil
	case !ours && !p.opt.Force:
		c.Action, c.Why = Kept, "har ändrats av någon i Grafana; spara en kopia under annat namn och kör med --force"
		return c, nil
	}
	c.Action = Updated
	if !ours {
		c.Why = "en ändring gjord i Grafana skrevs över; den finns kvar under versioner"
	}
	// It stays where a person moved it, and must still be the one that was read.
	save.FolderUID, save.Version = have.FolderUID, have.Version
	return c, p.save(ctx, &c, save)
}

func (p *push) save(ctx context.Context, c *Change, s SaveDashboard) error {
	if p.opt.DryRun {
		return nil
	}
	err := p.api.SaveDashboard(ctx, s)
	if refused(err, 412) {
		c.Action = Kept
		c.Why = fmt.Sprintf("Grafana säger nej (%v): någon sparade den samtidigt, eller en annan i mappen heter så; kör om", err)
		return nil
	}
	return err
}
