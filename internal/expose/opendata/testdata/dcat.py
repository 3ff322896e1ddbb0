"""Reads a catalogue with rdflib and checks it against the cardinalities of
DCAT-AP-SE 3.0.1: (property, kind of value, least, most), by class. Prints one
line for each fault, then how many triples there are."""
import sys
import rdflib
from rdflib import DCTERMS, RDF, URIRef, Literal, Namespace

DCAT = Namespace("http://www.w3.org/ns/dcat#")
DCATAP = Namespace("http://data.europa.eu/r5r/")
FOAF = Namespace("http://xmlns.com/foaf/0.1/")
VCARD = Namespace("http://www.w3.org/2006/vcard/ns#")
XSD = Namespace("http://www.w3.org/2001/XMLSchema#")
EU = "http://publications.europa.eu/resource/authority/"
MANY = 1000

LANG, TEXT, IRI = "language literal", "literal", "iri"

RULES = {
    DCAT.Catalog: [
        (DCTERMS.title, LANG, 1, MANY), (DCTERMS.description, LANG, 1, MANY), (DCTERMS.publisher, FOAF.Agent, 1, 1),
        (DCTERMS.license, IRI, 1, 1), (DCAT.dataset, DCAT.Dataset, 1, MANY), (DCTERMS.language, EU + "language/", 1, MANY),
        (DCTERMS.modified, XSD.date, 1, 1), (DCAT.themeTaxonomy, EU + "data-theme", 1, MANY),
    ],
    DCAT.Dataset: [
        (DCTERMS.title, LANG, 1, MANY), (DCTERMS.description, LANG, 1, MANY), (DCTERMS.publisher, FOAF.Agent, 1, 1),
        (DCAT.contactPoint, VCARD.Organization, 1, MANY), (DCAT.keyword, LANG, 1, MANY), (DCAT.theme, EU + "data-theme/", 1, MANY),
        (DCTERMS.accessRights, EU + "access-right/", 1, 1), (DCTERMS.accrualPeriodicity, EU + "frequency/", 1, 1),
        (DCTERMS.temporal, DCTERMS.PeriodOfTime, 1, MANY), (DCAT.temporalResolution, XSD.duration, 1, 1),
        (DCAT.distribution, DCAT.Distribution, 1, MANY), (DCTERMS.modified, XSD.date, 1, 1), (DCTERMS.language, EU + "language/", 1, MANY),
    ],
    DCAT.Distribution: [
        (DCAT.accessURL, IRI, 1, 1), (DCAT.downloadURL, IRI, 1, 1), (DCTERMS["format"], TEXT, 1, 1), (DCTERMS.license, IRI, 1, 1),
        (DCTERMS.title, LANG, 1, MANY), (DCTERMS.description, LANG, 1, MANY), (DCATAP.availability, EU + "planned-availability/", 1, 1),
        (DCAT.byteSize, XSD.nonNegativeInteger, 1, 1),
    ],
    FOAF.Agent: [(FOAF.name, TEXT, 1, MANY), (DCTERMS.type, "http://purl.org/adms/publishertype/", 1, 1)],
    VCARD.Organization: [(VCARD.fn, TEXT, 1, MANY), (VCARD.hasEmail, "mailto:", 1, MANY)],
    DCTERMS.PeriodOfTime: [(DCAT.startDate, XSD.date, 1, 1), (DCAT.endDate, XSD.date, 1, 1)],
}


def fits(g, value, kind):
    if kind == IRI:
        return isinstance(value, URIRef) and str(value).startswith("http")
    if kind == LANG:
        return isinstance(value, Literal) and bool(value.language) and str(value).strip() != ""
    if kind == TEXT:
        return isinstance(value, Literal) and str(value).strip() != ""
    if str(kind).startswith(str(XSD)):
        return isinstance(value, Literal) and value.datatype == kind and value.value is not None
    if kind in RULES:
        return (value, RDF.type, kind) in g
    return isinstance(value, URIRef) and str(value).startswith(kind)


g = rdflib.Graph()
g.parse(sys.argv[1], format="xml")
for cls, rules in RULES.items():
    things = list(g.subjects(RDF.type, cls))
    if not things:
        print(f"no {cls}")
    for thing in things:
        if cls != DCTERMS.PeriodOfTime and not isinstance(thing, URIRef):
            print(f"{cls} is a blank node, which the portal does not take")
        for prop, kind, least, most in rules:
            values = list(g.objects(thing, prop))
            if not least <= len(values) <= most:
                print(f"{thing}: {prop}: {len(values)} values")
            for value in values:
                if not fits(g, value, kind):
                    print(f"{thing}: {prop}: {value!r} is no {kind}")
for s, p, o in g:
    for node in (s, p, o):
        if isinstance(node, URIRef) and ":" not in str(node):
            print(f"{node} is not absolute")
print(f"triples {len(g)}")
