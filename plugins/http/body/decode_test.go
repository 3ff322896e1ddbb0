package body_test

import (
	"encoding/json"
	"errors"
	"reflect"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/kommunpuls/kommunpuls/plugins/http/body"
)

// asStandard turns numbers into what encoding/json makes with UseNumber.
func asStandard(v any) any {
	switch x := v.(type) {
	case int:
		b, _ := json.Marshal(x)
		return json.Number(b)
	case []any:
		for i := range x {
			x[i] = asStandard(x[i])
		}
	case map[string]any:
		for k := range x {
			x[k] = asStandard(x[k])
		}
	}
	return v
}

func standard(text string) (any, error) {
	d := json.NewDecoder(strings.NewReader(text))
	d.UseNumber()
	var v any
	if err := d.Decode(&v); err != nil {
		return nil, err
	}
	if d.More() || strings.TrimRight(text[d.InputOffset():], " \n\r\t") != "" {
		return nil, errors.New("something follows")
	}
	return v, nil
}

func FuzzItReadsWhatTheStandardLibraryReads(f *testing.F) {
	for _, s := range []string{
		`{"a":[1,-2.5e3,true,false,null,"å\u00e4\n\ud83d\ude00\ud83d\"\/"],"a":{}}`, ` [ ] `, `"`, `{"a"}`, `[1,]`, `01`, `1.`, `-`, `-0`, `1e`, `tru`, `nul`,
		`12345678901234567890`, `{"":""}`, "\"\x01\"", `[[[[]]]]`, `"\u12"`, `{"a":1 "b":2}`, `1 2`, ``, `"\x"`,
	} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		if !utf8.ValidString(s) || strings.HasPrefix(s, "\ufeff") {
			return
		}
		want, wantErr := standard(s)
		got, err := body.Decode(s, 1000)
		if (err == nil) != (wantErr == nil) {
			t.Fatalf("%q: %v, and the standard library %v", s, err, wantErr)
		}
		if err == nil && !reflect.DeepEqual(asStandard(got), want) {
			t.Errorf("%q: %#v, and the standard library %#v", s, got, want)
		}
	})
}

func TestWhatIsNotTaken(t *testing.T) {
	for _, c := range []struct {
		name, text string
		want       error
	}{
		{"too deep", strings.Repeat("[", 65) + strings.Repeat("]", 65), body.ErrDepth},
		{"too deep by objects", strings.Repeat(`{"a":`, 65) + "1" + strings.Repeat("}", 65), body.ErrDepth},
		{"not UTF-8", `{"namn":"` + "\xe5" + `"}`, body.ErrUTF8},
		{"cut off", `{"items":[{"id":1},{"id"`, body.ErrSyntax},
		{"two values", `{} {}`, body.ErrSyntax},
		{"a web page", `<html>`, body.ErrSyntax},
		{"nothing", ``, body.ErrSyntax},
	} {
		t.Run(c.name, func(t *testing.T) {
			if _, err := body.Decode(c.text, 64); !errors.Is(err, c.want) {
				t.Errorf("got %v, want %v", err, c.want)
			}
		})
	}
	if v, err := body.Decode("\ufeff"+strings.Repeat("[", 64)+strings.Repeat("]", 64), 64); err != nil || v == nil {
		t.Errorf("64 levels after a byte order mark: %v", err)
	}
}

func TestManyListsBesideEachOtherAreNotDeep(t *testing.T) {
	if _, err := body.Decode("["+strings.Repeat("[[]],{},", 1000)+"1]", 4); err != nil {
		t.Error(err)
	}
}
