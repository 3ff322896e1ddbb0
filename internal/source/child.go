package source

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"os"
	"runtime/debug"
	"sort"
	"strings"

	"github.com/kommunpuls/kommunpuls/plugins/sdk"
	"github.com/kommunpuls/kommunpuls/plugins/sdk/wire"
)

// buildVariable carries the daemon's build id to its children.
const buildVariable = "KOMMUNPULS_BUILD"

// childGCPercent is how much a child's heap grows between two collections of
// garbage, in percent of what is in use.
const childGCPercent = 50

// guardName is the child that ends the others when the daemon dies.
const guardName = "guard"

// Errors of a child.
var (
	ErrNotChild   = errors.New("kommandot är bara till för tjänsten själv")
	ErrNested     = errors.New("a child of the daemon starts no children of its own")
	ErrOtherBuild = errors.New("programfilen byttes ut medan tjänsten körde; starta om den")
)

// RunChild is what the hidden subcommand "source NAME" does: it serves one
// built-in source to the daemon that started it.
func RunChild(name string, builtin map[string]func() sdk.Source) error {
	want := os.Getenv(buildVariable)
	if want == "" {
		return ErrNotChild
	}
	self, err := selfPath()
	if err != nil {
		return refuse(err)
	}
	have, err := buildID(self)
	if err != nil {
		return refuse(err)
	}
	if have != want {
		return refuse(ErrOtherBuild)
	}
	if name == guardName {
		return runGuard(os.Stdin)
	}
	make := builtin[name]
	if make == nil {
		return refuse(fmt.Errorf("%s: %w", name, ErrUnknownPlugin))
	}
	// A child lives for one collection beside the daemon: it spends some time
	// on collecting garbage to hold less of it.
	debug.SetGCPercent(childGCPercent)
	sdk.Serve(make())
	return nil
}

// refuse tells the daemon why, on the one line that it shows.
func refuse(err error) error {
	if _, werr := fmt.Fprintf(os.Stderr, "%s%s\n", wire.RefusalPrefix, err); werr != nil {
		return errors.Join(err, werr)
	}
	return err
}

// buildID names the program file that path leads to: two builds differ in it,
// and it costs no reading of the file.
func buildID(path string) (string, error) {
	file, err := os.Stat(path)
	if err != nil {
		return "", fmt.Errorf("own executable: %w", err)
	}
	parts := []string{fmt.Sprint(file.Size()), fmt.Sprint(file.ModTime().UnixNano())}
	if info, ok := debug.ReadBuildInfo(); ok {
		parts = append(parts, info.GoVersion, info.Main.Path, info.Main.Version)
		for _, s := range info.Settings {
			parts = append(parts, s.Key+"="+s.Value)
		}
	}
	sort.Strings(parts)
	sum := sha256.Sum256([]byte(strings.Join(parts, "\n")))
	return hex.EncodeToString(sum[:8]), nil
}
