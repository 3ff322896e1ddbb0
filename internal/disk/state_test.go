package disk

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"
)

type remembered struct {
	Name string         `json:"name"`
	Seen map[string]int `json:"seen"`
}

func TestAStateIsReadAsItWasSaved(t *testing.T) {
	path := filepath.Join(t.TempDir(), "state.json")
	s := remembered{Name: "som förut"}
	require.NoError(t, LoadState(path, &s, func() bool { return false }))
	require.Equal(t, remembered{Name: "som förut"}, s, "there is no file yet")
	want := remembered{Name: "å", Seen: map[string]int{"a": 1}}
	require.NoError(t, SaveState(path, want))
	require.NoError(t, LoadState(path, &s, nil))
	require.Equal(t, want, s)
}

func TestAStateThatCannotBeUnderstoodIsPutAside(t *testing.T) {
	for name, c := range map[string]struct{ text, want string }{
		"half a file":  {`{"name":`, "state.json cannot be understood and is put aside: unexpected end of JSON input"},
		"another type": {`{"seen":{"a":"b"}}`, "state.json cannot be understood and is put aside: json: cannot unmarshal"},
		"a part":       {`{"name":"a"}`, "state.json cannot be understood and is put aside: something is missing in it"},
		"nothing":      {`null`, "state.json cannot be understood and is put aside: something is missing in it"},
	} {
		t.Run(name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "state.json")
			require.NoError(t, os.WriteFile(path, []byte(c.text), 0o600))
			var s remembered
			whole := func() bool { return s.Seen != nil }
			require.ErrorContains(t, LoadState(path, &s, whole), c.want)
			b, err := os.ReadFile(path + AsideEnd)
			require.NoError(t, err)
			require.Equal(t, c.text, string(b))
			require.NoFileExists(t, path)
			require.NoError(t, LoadState(path, &s, whole), "it is told of once")
		})
	}
}
