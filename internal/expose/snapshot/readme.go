package snapshot

import (
	"fmt"
	"strings"
)

// readMeText tells an auditor, in Swedish, what the bag is and how to check it.
func readMeText(a About) string {
	var b strings.Builder
	demo := ""
	if a.Demo {
		demo = " DEMODATA."
	}
	before := ""
	if a.Began != nil {
		before = fmt.Sprintf(`
Observera: kommunpuls läste sin första källa först %s. Det som sägs om läget
dessförinnan bygger på det som fanns kvar i källorna då, till exempel gamla
ärenden. Det andra saknar värde.
`, a.Began.In(stockholm()).Format("2006-01-02"))
	}
	if a.Corrects != nil {
		before += correctionText(*a.Corrects)
	}
	if a.PseudonymKey != "" {
		before += pseudonymText(a.PseudonymKey)
	}
	fmt.Fprintf(&b, `%s: it-läget %s%s
Sekretessprövas före utlämnande.

Det här är redovisningen: siffrorna, hur de är bestämda, vilka beslut som gällde
och hur färska uppgifterna var. Raderna bakom står i filen
%s.

Siffrorna visar underlag. De visar inte att lagen följs.
%s
Kontrollera att inget har ändrats
  1. Packa upp filen.
  2. Linux:    sha256sum -c manifest-sha256.txt
     Windows:  Get-FileHash -Algorithm SHA256 data\siffror.json
               och jämför med raden i manifest-sha256.txt
  3. Har kommunen en nyckel finns en underskrift bredvid ZIP-filen:
               minisign -V -p kommunens-nyckel.pub -m FILEN.zip
  4. Underlagets ZIP-fil ska ha SHA-256-summan
     %s
  5. kommunpuls snapshot verify räknar om varje andel och tidsmått ur
     populationerna i underlaget.

Vad en underskrift inte visar: att uppgifterna var rätt när de skrevs. Den visar
att de är oförändrade sedan kommunen skrev under. Diarieför fingeravtrycket när
ögonblicksbilden görs; då kan ingen byta ut den i efterhand utan att det märks.

Filer
  om.json             vad, när och vilken ögonblicksbild som kom före
  siffror.json, .csv  varje siffra med täljare, nämnare, utfall och indelningar
  definitioner.json   hur varje mått är bestämt, med metodversion
  definitioner/       varje bestämning i sin helhet, och vyer som de delar
  sql/                varje siffra som en fråga som går att köra i sqlite3
  kallor.json         källorna, när de lästes och vad som avvisades
  beslut.json         mål och godtagna brister som gällde, och hur de har ändrats
  rapporter/          rapporter att läsa och skriva ut, om några hör till bilden
`, a.Municipality, a.AsOf.In(stockholm()).Format("2006-01-02 15.04"), demo, a.Evidence.Name, before, a.Evidence.SHA256)
	return b.String()
}
