package decision

import (
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
)

// Load reads decision files, workbooks (.xlsx) and YAML alike, and merges
// them. The error is Faults with every fault of every file, conflicts between
// files included.
func Load(paths []string, opt Options) (Set, error) {
	var docs []document
	var faults Faults
	for _, path := range paths {
		d, f := loadFile(path)
		faults = append(faults, f...)
		docs = append(docs, d)
	}
	set, f := interpret(docs, opt)
	faults = append(faults, f...)
	return set, faults.err()
}

func loadFile(path string) (document, Faults) {
	name := filepath.Base(path)
	var read func(string, io.Reader) (document, Faults)
	switch strings.ToLower(filepath.Ext(path)) {
	case ".xlsx", ".xlsm":
		read = readWorkbook
	case ".yaml", ".yml", ".json":
		read = readYAML
	default:
		return nil, Faults{{File: name, Message: "beslut läses ur .xlsx eller .yaml"}}
	}
	f, err := os.Open(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, Faults{{File: name, Message: "filen finns inte: " + path}}
	}
	if err != nil {
		return nil, Faults{{File: name, Message: "filen går inte att öppna: " + err.Error()}}
	}
	defer f.Close()
	return read(name, f)
}

// ReadYAML reads one YAML file; name stands in the faults.
func ReadYAML(name string, r io.Reader, opt Options) (Set, error) {
	return readOne(readYAML, name, r, opt)
}

// ReadWorkbook reads one workbook; name stands in the faults.
func ReadWorkbook(name string, r io.Reader, opt Options) (Set, error) {
	return readOne(readWorkbook, name, r, opt)
}

func readOne(read func(string, io.Reader) (document, Faults), name string, r io.Reader, opt Options) (Set, error) {
	d, faults := read(name, r)
	set, f := interpret([]document{d}, opt)
	return set, append(faults, f...).err()
}
