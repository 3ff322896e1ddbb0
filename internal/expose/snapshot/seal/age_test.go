package seal

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestWhatIsNoKeyOfAgeIsSaidWithoutTellingIt(t *testing.T) {
	_, err := ParseRecipient("AGE-SECRET-KEY-1QQQQQQQQQQQQQQQQ")
	require.EqualError(t, err, `"AGE-SECRET-K…" är ingen öppen nyckel för age; den börjar med age1 och skrivs ut av age-keygen -y`)
	_, err = ParseIdentities(strings.NewReader("ingen nyckel"))
	require.EqualError(t, err, "filen är ingen hemlig nyckel för age, som age-keygen skriver den")
}
