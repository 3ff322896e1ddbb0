package opendata

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"strconv"
	"time"
)

// column is one column of a file: its name, and what it holds in words.
type column struct {
	name, title, text string
	datatype          any
	required          bool
}

func figureColumns() []column {
	return []column{
		{"kommunkod", "Kommunkod", "Kommunens kod enligt SCB, fyra siffror.", "string", false},
		{"matt", "Mått", "Måttets id. Det står i definitioner.csv.", "string", true},
		{"manad", "Månad", "Månaden som siffran gäller vid utgången av.", map[string]string{"base": "gYearMonth", "format": "yyyy-MM"}, true},
		{"galler_per", "Gäller per", "Tidpunkten som siffran gäller, med tidszon.", "dateTime", true},
		{"uppdelning", "Uppdelning", "Hur siffran är uppdelad, till exempel org_unit (förvaltning). Tomt är hela kommunen.", "string", false},
		{"nyckel", "Nyckel", "Id för delen. Tomt är hela kommunen.", "string", false},
		{"benamning", "Benämning", "Vad delen heter.", "string", false},
		{"varde", "Värde", "Värdet i enheten. Decimaltecknet är punkt. Tomt är undertryckt.", "double", false},
		{"taljare", "Täljare", "Antalet som räknas, där det finns ett.", "double", false},
		{"namnare", "Nämnare", "Antalet som det räknas av, där det finns ett.", "double", false},
		{"enhet", "Enhet", "share (andel 0–1), count (antal), seconds (sekunder), sek (kronor), ratio (kvot), months (månader), score (betyg), index eller per_hundred (per hundra).", "string", true},
		{"undertryckt", "Undertryckt", "true där värdet inte lämnas ut för att det gäller färre än fem personer eller svar, eller för att ett sådant annars kunde räknas ut.", "boolean", true},
		{"status", "Status", "faststalld: månaden har stängt och värdet ändras inte. preliminar: månaden pågår.", "string", true},
		{"metod", "Metod", "Metodens version och en summa av det som avgör siffran. Värden med olika metod går inte att jämföra.", "string", true},
	}
}

func definitionColumns() []column {
	return []column{
		{"matt", "Mått", "Måttets id.", "string", true},
		{"titel", "Titel", "Vad måttet heter.", "string", true},
		{"titel_en", "Titel på engelska", "Vad måttet heter på engelska.", "string", true},
		{"fraga", "Fråga", "Frågan som måttet svarar på.", "string", true},
		{"raknas_inte", "Räknas inte", "Vad som inte räknas.", "string", true},
		{"raknas_pa", "Räknas på", "Vad måttet räknas på.", "string", false},
		{"enhet", "Enhet", "Enheten för varde.", "string", true},
		{"riktning", "Riktning", "up: mer är bättre. down: mindre är bättre. none: varken eller.", "string", true},
		{"metodversion", "Metodversion", "Versionen av metoden i dag.", "integer", true},
		{"kalla", "Källa", "Var definitionen kommer ifrån.", "string", false},
	}
}

// write writes a CSV by RFC 4180: commas, CRLF, a heading.
func write(columns []column, rows func(add func(fields ...string) error) error) ([]byte, error) {
	var b bytes.Buffer
	w := csv.NewWriter(&b)
	w.UseCRLF = true
	head := make([]string, len(columns))
	for i, c := range columns {
		head[i] = c.name
	}
	if err := w.Write(head); err != nil {
		return nil, err
	}
	err := rows(func(fields ...string) error {
		if len(fields) != len(columns) {
			return fmt.Errorf("opendata: %d fields in %d columns", len(fields), len(columns))
		}
		return w.Write(fields)
	})
	if err != nil {
		return nil, err
	}
	w.Flush()
	return b.Bytes(), w.Error()
}

func (s Settings) figures(rows []row) ([]byte, error) {
	return write(figureColumns(), func(add func(...string) error) error {
		for _, r := range rows {
			status := "preliminar"
			if r.published {
				status = "faststalld"
			}
			if err := add(s.Code, r.id, r.month, r.asOf.Format(time.RFC3339), r.dimension, r.key, r.label,
				number(r.value), number(r.num), number(r.den), r.unit, strconv.FormatBool(r.hidden), status, r.method); err != nil {
				return err
			}
		}
		return nil
	})
}

func number(v *float64) string {
	if v == nil {
		return ""
	}
	return strconv.FormatFloat(*v, 'f', -1, 64)
}

func (s Settings) definitions(series []Series) ([]byte, error) {
	return write(definitionColumns(), func(add func(...string) error) error {
		for i := range series {
			d := &series[i].Definition
			if err := add(d.ID, d.Title.SV, d.Title.EN, d.Question.SV, d.NotCounted.SV, d.PopulationText.SV, d.Unit, d.Direction, strconv.Itoa(d.Method), d.Source); err != nil {
				return err
			}
		}
		return nil
	})
}

// table describes a file as CSV on the Web does.
type table struct {
	URL    string `json:"url"`
	Title  string `json:"dc:title"`
	Schema schema `json:"tableSchema"`
}

type schema struct {
	Columns     []described  `json:"columns"`
	PrimaryKey  []string     `json:"primaryKey"`
	ForeignKeys []foreignKey `json:"foreignKeys,omitempty"`
}

type described struct {
	Name     string `json:"name"`
	Titles   any    `json:"titles"`
	Text     string `json:"dc:description"`
	Datatype any    `json:"datatype"`
	Required bool   `json:"required,omitempty"`
}

type foreignKey struct {
	Column    string    `json:"columnReference"`
	Reference reference `json:"reference"`
}

type reference struct {
	Resource string `json:"resource"`
	Column   string `json:"columnReference"`
}

func (s Settings) metadata() ([]byte, error) {
	describe := func(cs []column) (out []described) {
		for _, c := range cs {
			out = append(out, described{c.name, []string{c.name, c.title}, c.text, c.datatype, c.required})
		}
		return out
	}
	b, err := json.MarshalIndent(map[string]any{
		"@context":   []any{"http://www.w3.org/ns/csvw", map[string]string{"@language": "sv"}},
		"dc:license": map[string]string{"@id": s.License},
		"dialect":    map[string]any{"encoding": "utf-8", "delimiter": ",", "header": true, "lineTerminators": []string{"\r\n"}},
		"tables": []table{
			{FiguresFile, s.title(), schema{describe(figureColumns()), []string{"kommunkod", "matt", "galler_per", "uppdelning", "nyckel"},
				[]foreignKey{{"matt", reference{DefinitionsFile, "matt"}}}}},
			{DefinitionsFile, "Definitioner till " + s.title(), schema{describe(definitionColumns()), []string{"matt"}, nil}},
		},
	}, "", "  ")
	return append(b, '\n'), err
}
