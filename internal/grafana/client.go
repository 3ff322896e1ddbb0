package grafana

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"time"

	gapi "github.com/grafana/grafana-api-golang-client"
)

// Settings are how to reach a Grafana.
type Settings struct {
	// URL is its address without a slash at the end.
	URL string
	// Token is that of a service account with the role Admin.
	Token string
	// Timeout bounds one attempt of one request; 0 is 30 seconds. Pause is
	// waited before the second attempt and doubled after that; 0 is one second.
	Timeout, Pause time.Duration
}

// client is the API of a real server.
type client struct {
	set  Settings
	base *url.URL
	next http.RoundTripper
}

// Dial returns the API of the Grafana at an address. Nothing is sent yet.
func Dial(s Settings) (API, error) {
	u, err := url.Parse(s.URL)
	if err != nil || u.Host == "" {
		return nil, fmt.Errorf("%q är ingen adress", s.URL)
	}
	if s.Timeout == 0 {
		s.Timeout = 30 * time.Second
	}
	if s.Pause == 0 {
		s.Pause = time.Second
	}
	next := http.DefaultTransport.(*http.Transport).Clone() //nolint:forcetypeassert // it is one, says net/http
	return &client{set: s, base: u, next: next}, nil
}

// at gives Grafana's client within a context. It follows no redirects: one
// leads to a login page, and would take the token along.
func (c *client) at(ctx context.Context) (*gapi.Client, error) {
	h := &http.Client{
		Transport:     transport{ctx: ctx, next: c.next, timeout: c.set.Timeout, pause: c.set.Pause},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
	return gapi.New(c.set.URL, gapi.Config{APIKey: c.set.Token, Client: h})
}

// call runs a request of Grafana's client and undresses its error: the address
// stands in the configuration, and is said once by the caller.
func call[T any](ctx context.Context, c *client, do func(*gapi.Client) (T, error)) (T, error) {
	var none T
	g, err := c.at(ctx)
	if err != nil {
		return none, err
	}
	out, err := do(g)
	if err != nil {
		return none, bare(err)
	}
	return out, nil
}

func run(ctx context.Context, c *client, do func(*gapi.Client) error) error {
	_, err := call(ctx, c, func(g *gapi.Client) (struct{}, error) { return struct{}{}, do(g) })
	return err
}

func bare(err error) error {
	var u *url.Error
	if errors.As(err, &u) {
		return u.Err
	}
	return err
}

// get reads what Grafana's client has no call for.
func (c *client) get(ctx context.Context, out any, path ...string) error {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, c.base.JoinPath(path...).String(), nil)
	if err != nil {
		return err
	}
	req.Header.Set("Authorization", "Bearer "+c.set.Token)
	resp, err := transport{ctx: ctx, next: c.next, timeout: c.set.Timeout, pause: c.set.Pause}.RoundTrip(req)
	if err != nil {
		return err
	}
	defer func() { _ = resp.Body.Close() }()
	if err := json.NewDecoder(resp.Body).Decode(out); err != nil {
		return fmt.Errorf("%w: %w", ErrNotGrafana, err)
	}
	return nil
}

func (c *client) Server(ctx context.Context) (Server, error) {
	h, err := call(ctx, c, func(g *gapi.Client) (gapi.HealthResponse, error) { return g.Health() })
	var empty *json.SyntaxError
	if errors.Is(err, ErrNotFound) || errors.As(err, &empty) || err == nil && h.Database == "" {
		return Server{}, fmt.Errorf("%w: /api/health säger inte vad den är", ErrNotGrafana)
	}
	if err != nil {
		return Server{}, err
	}
	var org struct {
		ID int64 `json:"id"`
	}
	if err := c.get(ctx, &org, "api", "org"); err != nil {
		return Server{}, err
	}
	return Server{Version: h.Version, OrgID: org.ID}, nil
}

func (c *client) Folder(ctx context.Context, uid string) (Folder, error) {
	f, err := call(ctx, c, func(g *gapi.Client) (*gapi.Folder, error) { return g.FolderByUID(uid) })
	if err != nil {
		return Folder{}, err
	}
	return Folder{UID: f.UID, Title: f.Title}, nil
}

func (c *client) Folders(ctx context.Context) ([]Folder, error) {
	fs, err := call(ctx, c, func(g *gapi.Client) ([]gapi.Folder, error) { return g.Folders() })
	out := make([]Folder, len(fs))
	for i, f := range fs {
		out[i] = Folder{UID: f.UID, Title: f.Title}
	}
	return out, err
}

func (c *client) CreateFolder(ctx context.Context, f Folder) error {
	return run(ctx, c, func(g *gapi.Client) error {
		_, err := g.NewFolder(f.Title, f.UID)
		return err
	})
}

func (c *client) DataSource(ctx context.Context, name string) (DataSource, error) {
	all, err := call(ctx, c, func(g *gapi.Client) ([]*gapi.DataSource, error) { return g.DataSources() })
	if err != nil {
		return DataSource{}, err
	}
	for _, d := range all {
		if strings.EqualFold(d.Name, name) {
			return DataSource{ID: d.ID, UID: d.UID, Name: d.Name, Type: d.Type, URL: d.URL, Access: d.Access, Default: d.IsDefault, ReadOnly: d.ReadOnly, JSON: d.JSONData}, nil
		}
	}
	return DataSource{}, ErrNotFound
}

func (c *client) PutDataSource(ctx context.Context, d DataSource) error {
	out := &gapi.DataSource{ID: d.ID, UID: d.UID, Name: d.Name, Type: d.Type, URL: d.URL, Access: d.Access, IsDefault: d.Default, JSONData: d.JSON}
	return run(ctx, c, func(g *gapi.Client) error {
		if d.ID != 0 {
			return g.UpdateDataSourceByUID(out)
		}
		_, err := g.NewDataSource(out)
		return err
	})
}

// Dashboard reads the saved version apart, because the list of versions says
// something else than what was written of the first one.
func (c *client) Dashboard(ctx context.Context, uid string) (StoredDashboard, error) {
	var d struct {
		Dashboard map[string]any `json:"dashboard"`
		Meta      struct {
			FolderUID   string `json:"folderUid"`
			Version     int64  `json:"version"`
			Provisioned bool   `json:"provisioned"`
		} `json:"meta"`
	}
	if err := c.get(ctx, &d, "api", "dashboards", "uid", uid); err != nil {
		return StoredDashboard{}, err
	}
	var v struct {
		Message string `json:"message"`
	}
	err := c.get(ctx, &v, "api", "dashboards", "uid", uid, "versions", fmt.Sprint(d.Meta.Version))
	if err != nil && !errors.Is(err, ErrNotFound) && !refused(err, http.StatusInternalServerError) {
		return StoredDashboard{}, err
	}
	return StoredDashboard{Model: d.Dashboard, FolderUID: d.Meta.FolderUID, Version: d.Meta.Version, Message: v.Message, FromFile: d.Meta.Provisioned}, nil
}

func (c *client) SaveDashboard(ctx context.Context, d SaveDashboard) error {
	model := map[string]any{}
	for k, v := range d.Model {
		model[k] = v
	}
	model["id"], model["version"] = nil, d.Version
	return run(ctx, c, func(g *gapi.Client) error {
		_, err := g.NewDashboard(gapi.Dashboard{Model: model, FolderUID: d.FolderUID, Message: d.Message})
		return err
	})
}
