package opendata

import (
	"bytes"
	"encoding/xml"
	"fmt"
	"strings"
)

// The vocabularies of DCAT-AP-SE 3.0.1.
const (
	euAuthority   = "http://publications.europa.eu/resource/authority/"
	swedish       = euAuthority + "language/SWE"
	dataThemes    = euAuthority + "data-theme"
	technology    = dataThemes + "/TECH"
	government    = dataThemes + "/GOVE"
	monthly       = euAuthority + "frequency/MONTHLY"
	publicAccess  = euAuthority + "access-right/PUBLIC"
	available     = euAuthority + "planned-availability/AVAILABLE"
	municipality  = "http://purl.org/adms/publishertype/LocalAuthority"
	csvOnTheWeb   = "https://www.w3.org/TR/tabular-data-model/"
	xsd           = "http://www.w3.org/2001/XMLSchema#"
	namespaceHead = `<?xml version="1.0" encoding="UTF-8"?>
<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"
         xmlns:dcat="http://www.w3.org/ns/dcat#"
         xmlns:dcterms="http://purl.org/dc/terms/"
         xmlns:dcatap="http://data.europa.eu/r5r/"
         xmlns:foaf="http://xmlns.com/foaf/0.1/"
         xmlns:vcard="http://www.w3.org/2006/vcard/ns#">
`
)

func (s Settings) title() string {
	return s.marked("It-nyckeltal för " + s.Municipality)
}

// marked tells a made-up municipality's titles apart.
func (s Settings) marked(title string) string {
	if s.Demo {
		return "DEMODATA: " + title
	}
	return title
}

// catalogue writes the catalogue as RDF/XML, which is what the portal harvests.
// Every thing has an address of its own; the portal takes no blank nodes for them.
func (s Settings) catalogue(rows []row, figures, definitions int) []byte {
	x := &rdf{}
	x.b.WriteString(namespaceHead)
	id := func(part string) string { return s.BaseURL + CatalogueFile + "#" + part }
	from, to, changed := s.span(rows)

	x.open("dcat:Catalog", id("katalog"))
	x.text("dcterms:title", s.marked("Öppna data om it i "+s.Municipality), "sv")
	x.text("dcterms:description", s.described("Katalog över de uppgifter om it som "+s.Municipality+" publicerar för alla att använda."), "sv")
	x.to("dcterms:publisher", s.Publisher.URI)
	x.to("dcterms:license", s.License)
	x.to("dcterms:language", swedish)
	x.to("dcat:themeTaxonomy", dataThemes)
	x.typed("dcterms:modified", changed, "date")
	x.to("dcat:dataset", id("it-nyckeltal"))
	x.close("dcat:Catalog")

	x.open("foaf:Agent", s.Publisher.URI)
	x.text("foaf:name", s.Publisher.Name, "")
	x.to("dcterms:type", municipality)
	x.close("foaf:Agent")

	x.open("vcard:Organization", id("kontakt"))
	x.text("vcard:fn", s.Publisher.ContactName, "")
	x.to("vcard:hasEmail", "mailto:"+s.Publisher.ContactEmail)
	if s.Publisher.ContactURL != "" {
		x.to("vcard:hasURL", s.Publisher.ContactURL)
	}
	x.close("vcard:Organization")

	x.open("dcat:Dataset", id("it-nyckeltal"))
	x.text("dcterms:title", s.title(), "sv")
	x.text("dcterms:title", strings.Replace(s.title(), "It-nyckeltal för", "IT figures of", 1), "en")
	x.text("dcterms:description", s.described("Mått på kommunens it, månad för månad: värde, täljare och nämnare, med definition och metod för varje mått. Tal som gäller färre än fem personer eller svar är undertryckta."), "sv")
	x.to("dcterms:publisher", s.Publisher.URI)
	x.to("dcat:contactPoint", id("kontakt"))
	for _, k := range []string{"it", "nyckeltal", "digitalisering", "kommun"} {
		x.text("dcat:keyword", k, "sv")
	}
	x.to("dcat:theme", technology)
	x.to("dcat:theme", government)
	x.to("dcterms:accessRights", publicAccess)
	x.to("dcterms:accrualPeriodicity", monthly)
	x.to("dcterms:language", swedish)
	x.typed("dcterms:modified", changed, "date")
	x.typed("dcat:temporalResolution", "P1M", "duration")
	if from != "" {
		x.raw("    <dcterms:temporal>\n      <dcterms:PeriodOfTime>\n")
		x.typed("dcat:startDate", from, "date")
		x.typed("dcat:endDate", to, "date")
		x.raw("      </dcterms:PeriodOfTime>\n    </dcterms:temporal>\n")
	}
	x.to("dcat:distribution", id("csv"))
	x.to("dcat:distribution", id("definitioner"))
	x.close("dcat:Dataset")

	for _, d := range []struct {
		id, file, title, text string
		size                  int
	}{
		{"csv", FiguresFile, "Siffrorna som CSV", "En rad för varje mått, månad och del. Kommatecken mellan fälten, punkt som decimaltecken, UTF-8. Kolumnerna beskrivs i " + MetadataFile + ".", figures},
		{"definitioner", DefinitionsFile, "Definitionerna som CSV", "Vad varje mått räknar, vad det inte räknar och var definitionen kommer ifrån.", definitions},
	} {
		x.open("dcat:Distribution", id(d.id))
		x.text("dcterms:title", d.title, "sv")
		x.text("dcterms:description", d.text, "sv")
		x.to("dcat:accessURL", s.BaseURL+d.file)
		x.to("dcat:downloadURL", s.BaseURL+d.file)
		x.text("dcterms:format", "text/csv", "")
		x.to("dcterms:license", s.License)
		x.to("dcterms:language", swedish)
		x.to("dcterms:conformsTo", csvOnTheWeb)
		x.to("dcatap:availability", available)
		x.typed("dcat:byteSize", fmt.Sprint(d.size), "nonNegativeInteger")
		x.typed("dcterms:modified", changed, "date")
		x.close("dcat:Distribution")
	}
	x.raw("</rdf:RDF>\n")
	return x.b.Bytes()
}

func (s Settings) described(text string) string {
	if s.Demo {
		return "DEMODATA: kommunen och alla siffror är påhittade. " + text
	}
	return text
}

// span is the first day and the last that the figures are about, and the day of
// the newest: content without figures has none.
func (s Settings) span(rows []row) (from, to, changed string) {
	for _, r := range rows {
		first := r.asOf.AddDate(0, 0, 1-r.asOf.Day()).Format("2006-01-02")
		last := r.asOf.Format("2006-01-02")
		if from == "" || first < from {
			from = first
		}
		to = max(to, last)
	}
	return from, to, to
}

// rdf writes RDF/XML: things, and what is said of each.
type rdf struct{ b bytes.Buffer }

func (x *rdf) raw(s string) { x.b.WriteString(s) }

func (x *rdf) open(class, id string) {
	fmt.Fprintf(&x.b, "  <%s rdf:about=\"%s\">\n", class, escaped(id))
}

func (x *rdf) close(class string) { fmt.Fprintf(&x.b, "  </%s>\n", class) }

func (x *rdf) to(property, id string) {
	fmt.Fprintf(&x.b, "    <%s rdf:resource=\"%s\"/>\n", property, escaped(id))
}

func (x *rdf) text(property, s, lang string) {
	if lang != "" {
		lang = fmt.Sprintf(" xml:lang=\"%s\"", lang)
	}
	fmt.Fprintf(&x.b, "    <%s%s>%s</%s>\n", property, lang, escaped(s), property)
}

// typed writes a value of XML Schema; nothing where there is none.
func (x *rdf) typed(property, s, datatype string) {
	if s != "" {
		fmt.Fprintf(&x.b, "    <%s rdf:datatype=\"%s%s\">%s</%s>\n", property, xsd, datatype, escaped(s), property)
	}
}

func escaped(s string) string {
	var b strings.Builder
	_ = xml.EscapeText(&b, []byte(s)) // a strings.Builder never fails
	return b.String()
}
