package regular

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/kommunpuls/kommunpuls/internal/expose/snapshot/seal"
	"github.com/kommunpuls/kommunpuls/internal/mail"
	"github.com/kommunpuls/kommunpuls/internal/wording"
)

// inLetter is how many snapshots a letter lists.
const inLetter = 12

// Letter tells the newest snapshots with their sums, to be kept by whoever
// should notice if one is exchanged or taken away.
func Letter(s Settings, list []seal.Listed, now time.Time) mail.Message {
	w := wording.In(wording.Swedish)
	var b strings.Builder
	fmt.Fprintf(&b, `Hej!

Här är kommunens ögonblicksbilder av it-läget den %s, den nyaste först. Spara brevet.
Då går ingen av bilderna att byta ut eller ta bort i efterhand utan att det märks.
`, w.Day(local(now)))
	if s.Demo {
		b.WriteString("\nDEMODATA: kommunen är påhittad.\n")
	}
	newest := slices.Clone(list)
	slices.Reverse(newest)
	for _, l := range newest[:min(len(newest), inLetter)] {
		fmt.Fprintf(&b, "\n%s\n  läget %s, gjord %s\n  fingeravtryck %s\n  SHA-256 %s\n", l.Name, w.Day(local(l.AsOf)), moment(l.Created), l.Fingerprint, l.Report)
		if l.Corrects != nil {
			fmt.Fprintf(&b, "  rättar %s: %s\n", l.Corrects.Name, l.Corrects.Note)
		}
		if !l.Stamped.IsZero() {
			fmt.Fprintf(&b, "  tidsstämplad %s\n", moment(l.Stamped))
		}
	}
	if more := len(newest) - inLetter; more > 0 {
		fmt.Fprintf(&b, "\nKedjan har %d bilder till, som är äldre.\n", more)
	}
	b.WriteString(`
Får du en bild av kommunen ska filen som slutar på _redovisning.zip ha den
SHA-256-summa som står här:

  sha256sum FILEN                          (Linux)
  Get-FileHash -Algorithm SHA256 FILEN     (Windows)

Varje bild bär den förra bildens summa. Därför räcker det att den nyaste stämmer för
att de äldre ska gå att kontrollera.

Brevet visar att bilderna fanns när det skickades. Det visar inte att uppgifterna i
dem var rätt.
`)
	subject := fmt.Sprintf("Ögonblicksbilder av it-läget i %s: fingeravtryck %s", s.Municipality, local(now).Format("2006-01"))
	if s.Demo {
		subject = "DEMODATA. " + subject
	}
	return mail.Message{To: s.To, Subject: subject, Text: b.String(), At: now, ID: "ogonblicksbilder-" + local(now).Format("2006-01")}
}

func moment(t time.Time) string { return local(t).Format("2006-01-02 15.04") }
