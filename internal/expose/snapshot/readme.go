package snapshot

import (
	"fmt"
	"strings"

	"github.com/kommunpuls/kommunpuls/internal/calendar"
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
`, a.Began.In(calendar.Location()).Format("2006-01-02"))
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
  1. Packa upp filen och stå i mappen som kom ut; den här filen ligger i dess
     mapp data.
  2. Linux:    sha256sum -c manifest-sha256.txt
     Windows:  Get-FileHash -Algorithm SHA256 data\siffror.json
               och jämför med raden i manifest-sha256.txt
  3. Har kommunen en nyckel finns en underskrift bredvid ZIP-filen:
               minisign -V -p kommunens-nyckel.pub -m FILEN.zip
  4. Underlagets ZIP-fil ska ha SHA-256-summan
     %s
  5. kommunpuls snapshot verify räknar om siffrorna, och varje del av dem, ur
     raderna i underlaget. Utan kommunpuls går det med sqlite3 eller ett
     kalkylprogram; underlagets LASMIG.txt säger hur.

Vad en underskrift inte visar: att uppgifterna var rätt när de skrevs. Den visar
att de är oförändrade sedan kommunen skrev under. Diarieför fingeravtrycket när
ögonblicksbilden görs; då kan ingen byta ut den i efterhand utan att det märks.

Filer
  om.json             vad, när och vilken ögonblicksbild som kom före
  siffror.json, .csv  varje siffra med täljare, nämnare, utfall och indelningar
  siffror.xlsx        detsamma för Excel och LibreOffice, med beslut och källor
  definitioner.json   hur varje mått är bestämt, med metodversion
  definitioner/       varje bestämning i sin helhet, och vyer som de delar
  sql/                varje siffra som en fråga som går att köra i sqlite3 över
                      underlagets rader; i som_kord/ frågan som den ställdes
  kallor.json, .csv   källorna: ålder, antal lästa, avvisade, försvunna och skrivna
                      rader, och vad som ändrades de 30 dygnen före
  beslut.json         mål och godtagna brister som gällde, och hur de har ändrats
  schema/             JSON Schema för varje JSON-fil
  rapporter/          rapporter att läsa och skriva ut, om några hör till bilden

CSV-filerna har ingen egen rad om sekretess: den skulle läsas som en post. Allt
här sekretessprövas.
`, a.Municipality, a.AsOf.In(calendar.Location()).Format("2006-01-02 15.04"), demo, a.Evidence.Name, before, a.Evidence.SHA256)
	return b.String()
}

// evidenceReadMe tells an auditor what the rows are and how to compute the
// figures from them.
const evidenceReadMe = `Sekretessprövas före utlämnande.

Det här är underlaget: raderna som siffrorna i redovisningen följer av.

Räkna om med sqlite3
  1. Packa upp båda filerna.
  2. Stå i den här mappen:
         sqlite3 ` + database + ` ".read ` + loadFile + `"
  3. Stå i redovisningens mapp data, med sökvägen hit i stället för UNDERLAG:
         sqlite3 UNDERLAG/` + database + ` ".read ` + allQueries + `"
     Varje fråga börjar med vad som är redovisat.

Räkna om i Excel eller LibreOffice
  Öppna ` + workbookFile + `. Siffrorna där är formler över bladen med rader. Ändra en
  cell så följer siffran med. Har ett slags post fler rader än ett blad rymmer är
  bladet tomt: raderna finns då bara i population/.

Filer
  population/         en fil för varje slags post: id, uppgifterna som frågorna
                      läser, vad indelningarna går efter (indelning_…), och en
                      kolumn för varje siffra: 1 eller 0, eller det som mättes, tom
                      där posten inte ingår
  ` + populationsFile + `  hur varje siffra följer av sin kolumn
  underlag/           raderna bakom varje siffra, med skälet till att en rad inte
                      uppfyller
  ` + workbookFile + `        raderna och siffrorna som formler
  ` + loadFile + `          gör tabeller av populationerna i sqlite3
  ` + configFile + `  inställningarna, utan hemligheter
  schema/             JSON Schema för varje JSON-fil

En siffra som är dold, för att den bygger på färre än fem personer eller svar, har
ingen kolumn och går inte att räkna om: raderna skulle visa det dolda. Av samma
skäl saknas då en del rader och uppgifter av det slaget.

En median är det värde som minst hälften av raderna är lika med eller under: av
två värden i mitten det lägre.

CSV-filerna har ingen egen rad om sekretess: den skulle läsas som en post.
`

// secrecyFile lies in each folder of CSV files, which cannot say it themselves.
const secrecyFile = "SEKRETESSPROVAS.txt"

const secrecyText = secrecyLine + `
Det gäller varje fil i mappen. En CSV-fil kan inte säga det själv: en rad om det
skulle läsas som en post.
`
