// Command kommunpuls-source-klocka is a source outside kommunpuls: one folder,
// one main, one line of configuration.
package main

import (
	"example.org/kommunpuls-source-klocka/klocka"
	"github.com/kommunpuls/kommunpuls/plugins/sdk"
)

func main() { sdk.Serve(klocka.Source{}) }
