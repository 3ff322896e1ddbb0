package config

import (
	"reflect"
	"strings"
)

// fields are the names of everything that a settings file can have, in the order
// of the types that hold them: what somebody who wrote another may have meant.
func fields() []string {
	var names []string
	collectFields(reflect.TypeFor[Config](), map[reflect.Type]bool{}, &names)
	return names
}

func collectFields(t reflect.Type, seen map[reflect.Type]bool, names *[]string) {
	for t.Kind() == reflect.Pointer || t.Kind() == reflect.Slice || t.Kind() == reflect.Map {
		t = t.Elem()
	}
	if t.Kind() != reflect.Struct || seen[t] {
		return
	}
	seen[t] = true
	for i := range t.NumField() {
		f := t.Field(i)
		if name, _, _ := strings.Cut(f.Tag.Get("yaml"), ","); name != "" && name != "-" {
			*names = append(*names, name)
		}
		collectFields(f.Type, seen, names)
	}
}
