package app

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/kommunpuls/kommunpuls/internal/source"
	"github.com/kommunpuls/kommunpuls/plugins/sdk"
)

func TestASourceTypeThatDoesNotExistIsToldWithThoseThatDo(t *testing.T) {
	got := typeFault("htpp", fmt.Errorf("source type htpp: %w", source.ErrUnknownPlugin))
	if !strings.HasPrefix(got, "type: Källtypen htpp finns inte. Det finns: ") || !strings.HasSuffix(got, "Menades http?") || strings.Contains(got, "source type") {
		t.Errorf("got %q", got)
	}
	if got := typeFault("http", errors.New("svarar inte")); got != "svarar inte" {
		t.Errorf("got %q", got)
	}
}

func TestAFaultIsWrittenWithItsField(t *testing.T) {
	for p, want := range map[sdk.Problem]string{
		{Field: "ulr", Message: "Ingen inställning heter ulr; menades url?."}: "ulr: Ingen inställning heter ulr; menades url?",
		{Message: "Inställningarna går inte att tolka."}:                      "Inställningarna går inte att tolka.",
	} {
		if got := problemText(p); got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
}
