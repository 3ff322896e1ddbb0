// Package http is the source that reads JSON APIs by a declarative profile: a
// YAML file that says how one system is logged in to, paged through and
// understood. Profiles for common systems are shipped in profiles/; a
// municipality may point at its own.
package http

import (
	"context"
	"encoding/json"
	"fmt"

	"github.com/invopop/jsonschema"

	"github.com/kommunpuls/kommunpuls/plugins/http/profiles"
	"github.com/kommunpuls/kommunpuls/plugins/sdk"
	"github.com/kommunpuls/kommunpuls/plugins/sdk/record"
)

// Name is what the config calls the source.
const Name = "http"

// Source is the http source. The zero value is ready.
type Source struct{}

var _ sdk.Source = Source{}

// Describe implements [sdk.Source].
func (Source) Describe() sdk.Description {
	d := sdk.Description{
		Name: Name, Version: "1.0.0", ConfigSchema: configSchema(),
		PrivacyNote: "Läser de delar av systemets svar som profilen pekar ut och inga andra. Namn, e-post och inloggningar i fält för " +
			"roller och konton görs till pseudonymer innan de lämnar läsaren. Ärendenas ämnesrader, texter och personer läses inte. " +
			"Elever blir bara antal per enhet. Varje profil säger själv vad den läser.",
	}
	d.Kinds, d.Allowed = record.Everything()
	return d
}

// configSchema is the JSON Schema of what every profile has, and the ids of
// those that are shipped. A profile's own settings stand beside it.
func configSchema() json.RawMessage {
	r := jsonschema.Reflector{DoNotReference: true, RequiredFromJSONSchemaTags: true, AllowAdditionalProperties: true}
	s := r.Reflect(&Settings{})
	s.ID = ""
	if p, ok := s.Properties.Get("profile"); ok {
		for _, id := range profiles.Names() {
			p.Examples = append(p.Examples, id)
		}
	}
	b, err := json.Marshal(s)
	if err != nil {
		panic("http: settings have no schema: " + err.Error()) // a programming error
	}
	return b
}

// Validate implements [sdk.Source]. The settings of a profile in a file are
// looked at when it is read: no file is opened here.
func (Source) Validate(_ context.Context, s sdk.Settings) []sdk.Problem {
	g, problems := checked(s)
	if len(problems) > 0 || isFile(g.Profile) {
		return problems
	}
	_, problems = planOf(s, g)
	return problems
}

// checked decodes settings and looks at those that every profile has.
func checked(s sdk.Settings) (given, []sdk.Problem) {
	g, err := decode(s.JSON)
	if err != nil {
		return g, []sdk.Problem{{Message: "Inställningarna går inte att tolka: " + err.Error() + "."}}
	}
	if g.Profile == "" {
		return g, []sdk.Problem{{Field: "profile", Message: fmt.Sprintf("Ange vilken profil som ska användas, en av %v eller en egen fil.", profiles.Names())}}
	}
	return g, nil
}

// planOf loads the profile and makes the plan.
func planOf(s sdk.Settings, g given) (*plan, []sdk.Problem) {
	p, text, err := g.load(s.BaseDir)
	if err != nil {
		return nil, []sdk.Problem{{Field: "profile", Message: err.Error()}}
	}
	return newPlan(s, g, p, text)
}

// Collect implements [sdk.Source].
func (Source) Collect(ctx context.Context, req sdk.CollectRequest, out sdk.Sink) (sdk.End, error) {
	g, problems := checked(req.Settings)
	if len(problems) == 0 {
		var pl *plan
		if pl, problems = planOf(req.Settings, g); len(problems) == 0 {
			return collect(ctx, pl, req, out)
		}
	}
	return sdk.End{}, sdk.Invalid(problems)
}

// Watch implements [sdk.Source]: an API is collected.
func (Source) Watch(context.Context, sdk.WatchRequest, sdk.WatchSink) error {
	return sdk.ErrNotSupported
}
