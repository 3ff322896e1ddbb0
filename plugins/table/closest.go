package table

import (
	"slices"

	closestname "github.com/kommunpuls/kommunpuls/internal/closest"
)

// closest returns the name most like want, and its position; -1 if none is.
func closest(want string, names []string) (string, int) {
	name := closestname.Name(want, names)
	if name == "" {
		return "", -1
	}
	return name, slices.Index(names, name)
}
