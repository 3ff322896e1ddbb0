// Package configs carries the KPI catalogue and the frameworks that ship inside the binary.
package configs

import (
	"embed"
	"io/fs"
)

//go:embed catalogue/*.yaml
var catalogue embed.FS

//go:embed frameworks/*.yaml
var frameworks embed.FS

// Frameworks returns the files that describe surveys and self-assessments.
func Frameworks() fs.FS { return folder(frameworks, "frameworks") }

// Catalogue returns the catalogue's files, one YAML file an area and its cases
// beside it in <area>_test.yaml, at the root of the file system.
func Catalogue() fs.FS { return folder(catalogue, "catalogue") }

func folder(files embed.FS, name string) fs.FS {
	sub, err := fs.Sub(files, name)
	if err != nil {
		// The folder is named in the embed directive, so this cannot happen.
		panic("configs: " + err.Error())
	}
	return sub
}
