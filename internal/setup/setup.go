// Package setup is the first hour of an IT unit: it looks at a spreadsheet,
// says in Swedish what it found, asks about what is in doubt, writes the
// configuration and the decisions workbook, and shows one true figure with
// its rows. Run again it keeps every answer and everything edited by hand.
package setup

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"time"

	"github.com/kommunpuls/kommunpuls/internal/catalogue"
	"github.com/kommunpuls/kommunpuls/internal/finding"
	"github.com/kommunpuls/kommunpuls/internal/sheet/guess"
	"github.com/kommunpuls/kommunpuls/internal/store"
)

// Names of the files that init writes into Options.OutDir.
const (
	ConfigName   = "kommunpuls.yaml"
	WorkbookName = "kommunpuls-beslut.xlsx"
	AnswersName  = "kommunpuls-svar.yaml"
	ReportName   = "report.html"
)

// ErrQuestions is returned when questions are left and nobody is there to
// answer them. What they are has been written to Options.Out.
var ErrQuestions = errors.New("frågor återstår att svara på")

// ErrInput is wrapped by errors that the person mends: a file that is not
// there, an answers file with a fault, a configuration edited wrongly.
var ErrInput = errors.New("indata går inte att använda")

// Arrow is the daemon's own way from a configuration to figures. app satisfies
// it, so that init shows exactly what the daemon will show.
type Arrow interface {
	// Evaluate reads every source of the configuration once and evaluates
	// every measure. A source that fails is told in Result.Sources.
	Evaluate(ctx context.Context, config string) (Result, error)
	// Explain returns measures with at most limit rows of evidence each.
	Explain(ctx context.Context, config string, kpis []string, limit int) ([]finding.Finding, error)
}

// Result is what one evaluation gave.
type Result struct {
	Findings []finding.Finding
	Sources  []store.SourceState
	Unmapped []store.UnmappedName
}

// Propose turns what was found in a file, and the answers by question id, into
// settings of the table source: plugins/table's FromReport.
type Propose func(rep guess.Report, answers map[string]string) (json.RawMessage, error)

// Options are everything that init needs; it asks no clock and opens no
// terminal of its own.
type Options struct {
	Files   []string // paths and globs as given
	Systems []System // what is read over the network
	OutDir  string
	In      io.Reader
	Out     io.Writer
	// Interactive: a person sits at In. Otherwise questions without an answer
	// end the run with ErrQuestions, unless Yes takes every proposal.
	Interactive  bool
	Yes          bool
	Answers      Answers // from --answers and --svar; they go before stored ones
	Municipality string
	Now          time.Time
	Version      string
	Catalogue    catalogue.Catalogue
	Propose      Propose
	Arrow        Arrow
}

// ProposeOf fits a function that returns a source's own settings.
func ProposeOf[S any](f func(guess.Report, map[string]string) (S, error)) Propose {
	return func(rep guess.Report, answers map[string]string) (json.RawMessage, error) {
		s, err := f(rep, answers)
		if err != nil {
			return nil, err
		}
		return json.Marshal(s)
	}
}
