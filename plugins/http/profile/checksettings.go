package profile

import (
	"fmt"
	"net/url"
	"slices"
)

func (c *checker) settings() {
	seen := make(map[string]bool)
	for i, s := range c.p.Settings {
		path := fmt.Sprintf("settings[%d]", i)
		switch {
		case !snakeRE.MatchString(s.Name):
			c.fault(path+".name", "ska vara små bokstäver a–z, siffror och _")
		case slices.Contains(Reserved(), s.Name):
			c.fault(path+".name", "%s finns redan för alla profiler", s.Name)
		case seen[s.Name]:
			c.fault(path+".name", "%s står två gånger", s.Name)
		}
		seen[s.Name] = true
		c.text(path+".text", s.Text)
		c.choice(path+".type", s.Type, SettingTypes()...)
		if secret := s.Type == "secret"; secret != secretRE.MatchString(s.Name) {
			c.fault(path+".type", "en hemlighet har typen secret och ett namn som slutar på password, secret, token eller api_key, så att den aldrig står i klartext i inställningarna")
		}
		if s.Type == "secret" && s.Default != nil {
			c.fault(path+".default", "en hemlighet har inget förvalt värde")
		}
		if (s.Type == "choice") != (len(s.Choices) > 0) {
			c.fault(path+".choices", "hör till typen choice, och den behöver dem")
		}
		for _, k := range sortedKeys(s.Choices) {
			c.text(path+".choices."+k, s.Choices[k])
		}
		if s.Required && s.Default != nil {
			c.fault(path+".required", "ett förvalt värde gör att inställningen aldrig saknas")
		}
		if s.Default != nil {
			if _, err := s.Value(s.Default); err != nil {
				c.fault(path+".default", "%v", err)
			}
		}
	}
	for i, r := range c.p.Check {
		path := fmt.Sprintf("check[%d]", i)
		c.expr(path+".holds", r.Holds, SettingsVariables(), true)
		c.text(path+".text", r.Text)
		if _, ok := c.p.Setting(r.Field); r.Field != "" && !ok {
			c.fault(path+".field", "inställningen %q finns inte", r.Field)
		}
	}
}

// SettingTypes lists the types of settings.
func SettingTypes() []string {
	return []string{"text", "secret", "url", "number", "bool", "list", "map", "choice"}
}

// Value checks what was given for a setting and returns it as expressions see
// it. The error is a Swedish clause that never repeats a secret.
func (s Setting) Value(v any) (any, error) {
	switch s.Type {
	case "number":
		switch n := v.(type) {
		case float64:
			return n, nil
		case int:
			return n, nil
		case int64:
			return int(n), nil
		case uint64:
			return int(min(n, 1<<53)), nil
		}
		return nil, fmt.Errorf("ska vara ett tal")
	case "bool":
		if b, ok := v.(bool); ok {
			return b, nil
		}
		return nil, fmt.Errorf("ska vara true eller false")
	case "list":
		return texts(v)
	case "map":
		m, ok := v.(map[string]any)
		for _, one := range m {
			if _, isText := one.(string); !isText {
				ok = false
			}
		}
		if !ok {
			return nil, fmt.Errorf("ska vara texter med namn")
		}
		return m, nil
	}
	text, ok := v.(string)
	if !ok || text == "" {
		return nil, fmt.Errorf("ska vara en text som inte är tom")
	}
	switch s.Type {
	case "choice":
		if _, ok := s.Choices[text]; !ok {
			return nil, fmt.Errorf("%q är inte ett av %v", text, sortedKeys(s.Choices))
		}
	case "url":
		u, err := url.Parse(text)
		if err != nil || u.Host == "" || u.Scheme != "https" && u.Scheme != "http" || u.User != nil || u.RawQuery != "" || u.Fragment != "" {
			return nil, fmt.Errorf("ska vara en adress som https://server.kommun.se, utan inloggning eller frågetecken")
		}
		return trimSlash(text), nil
	}
	return text, nil
}

func trimSlash(s string) string {
	for len(s) > 0 && s[len(s)-1] == '/' {
		s = s[:len(s)-1]
	}
	return s
}

func texts(v any) (any, error) {
	list, ok := v.([]any)
	for _, one := range list {
		if s, isText := one.(string); !isText || s == "" {
			ok = false
		}
	}
	if !ok {
		return nil, fmt.Errorf("ska vara en lista med texter")
	}
	return list, nil
}
