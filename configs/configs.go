// Package configs carries the KPI catalogue that ships inside the binary.
package configs

import (
	"embed"
	"io/fs"
)

//go:embed catalogue/*.yaml
var catalogue embed.FS

// Catalogue returns the catalogue's files, one YAML file an area and its cases
// beside it in <area>_test.yaml, at the root of the file system.
func Catalogue() fs.FS {
	sub, err := fs.Sub(catalogue, "catalogue")
	if err != nil {
		// The folder is named in the embed directive, so this cannot happen.
		panic("configs: " + err.Error())
	}
	return sub
}
