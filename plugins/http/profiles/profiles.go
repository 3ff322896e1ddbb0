// Package profiles holds the profiles that are shipped, as data.
package profiles

import (
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"path"
	"strings"

	"github.com/kommunpuls/kommunpuls/internal/closest"
	"github.com/kommunpuls/kommunpuls/plugins/http/profile"
)

//go:embed */profile.yaml
var files embed.FS

// ErrUnknown says that no profile with that id is shipped.
var ErrUnknown = errors.New("profilen finns inte")

// Names lists the shipped profiles in order.
func Names() []string {
	found, err := fs.Glob(files, "*/profile.yaml")
	if err != nil {
		panic("profiles: " + err.Error()) // the pattern is a constant
	}
	names := make([]string, 0, len(found))
	for _, f := range found {
		names = append(names, path.Dir(f))
	}
	return names
}

// Read returns the text of a shipped profile.
func Read(id string) ([]byte, error) {
	b, err := files.ReadFile(id + "/profile.yaml")
	if err != nil {
		meant := ";"
		if near := closest.Name(id, Names()); near != "" {
			meant = ", menades " + near + "?"
		}
		return nil, fmt.Errorf("%w: %q%s det finns %s", ErrUnknown, id, meant, strings.Join(Names(), ", "))
	}
	return b, nil
}

// Get reads a shipped profile.
func Get(id string) (*profile.Profile, error) {
	b, err := Read(id)
	if err != nil {
		return nil, err
	}
	p, err := profile.Parse("profiles/"+id+"/profile.yaml", b)
	if err != nil {
		return nil, err
	}
	if p.ID != id {
		return nil, fmt.Errorf("profiles/%s/profile.yaml: profile: %w: mappen heter %s och profilen %s", id, profile.ErrInvalid, id, p.ID)
	}
	return p, nil
}
