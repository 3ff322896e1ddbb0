package guess

// The ways in:
//
//	Inspect(ctx context.Context, path string, opt Options) (Report, error)
//
// and, in plugins/table, from answers keyed by Question.ID to settings:
//
//	FromReport(rep guess.Report, answers map[string]string) (Settings, error)

// Options are what a person has already said about a file.
type Options struct {
	Encoding  string // CSV: utf-8, utf-16, windows-1252; empty finds it
	Delimiter string // CSV: one character or "tab"; empty finds it
	HeaderRow int    // 0 finds it
}
