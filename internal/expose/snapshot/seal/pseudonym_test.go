package seal

import (
	"bytes"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/kommunpuls/kommunpuls/plugins/sdk"
)

func TestPseudonymsAreFoundWhereverTheyStand(t *testing.T) {
	k := newPseudonymKey(bytes.Repeat([]byte{7}, keySize))
	const digits = "00072827c205cacdb4c9e1d807fcd7b7"
	one := k.Text("8e692a21-" + digits)
	require.True(t, sdk.IsPseudonym(one))
	for text, want := range map[string]string{
		"":                                  "",
		"8e692a21-" + digits:                one,
		"x:8e692a21-" + digits + ",y":       "x:" + one + ",y",
		"-8e692a21-" + digits + "-":         "-" + one + "-",
		"a-b 8e692a21-" + digits + " 2026-": "a-b " + one + " 2026-",
		"8e692a21-" + digits + "\n8e692a21-" + digits: one + "\n" + one,
		one:                                one,
		"8e692a21-" + digits + "0":         "8e692a21-" + digits + "0",         // 33 digits
		"8e692a21-" + digits[1:]:           "8e692a21-" + digits[1:],           // 31
		"12345678901234567-" + digits:      "12345678901234567-" + digits,      // a key id too long
		"8E692A21-" + digits:               "8E692A21-" + digits,               // no key id
		"8e692a21-" + digits[1:] + "G":     "8e692a21-" + digits[1:] + "G",     // no digit
		"2025-12-31_2025-12-31-2025-12-31": "2025-12-31_2025-12-31-2025-12-31", // dates
	} {
		require.Equal(t, want, k.Text(text))
		for size := 1; size <= len(text); size += 5 { // however it is written
			var out bytes.Buffer
			w := k.Through("a.csv", &out)
			for rest := []byte(text); len(rest) > 0; {
				n := min(size, len(rest))
				_, err := w.Write(rest[:n])
				require.NoError(t, err)
				rest = rest[n:]
			}
			require.NoError(t, w.Close())
			require.Equal(t, want, out.String(), "%q in pieces of %d", text, size)
		}
	}
	var out bytes.Buffer
	w := k.Through("bild.pdf", &out)
	_, err := w.Write([]byte("8e692a21-" + digits))
	require.NoError(t, err)
	require.NoError(t, w.Close())
	require.Equal(t, "8e692a21-"+digits, out.String(), "what is packed is not touched")
	var nobody *PseudonymKey
	require.Equal(t, "8e692a21-"+digits, nobody.Text("8e692a21-"+digits))
}
