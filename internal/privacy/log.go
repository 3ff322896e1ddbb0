package privacy

import (
	"bufio"
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"time"

	"github.com/kommunpuls/kommunpuls/internal/disk"
)

// LogName is the file in the data folder that tells what was removed, when and
// under which decision (gallringslogg): a JSON object a line, each with the sum
// of the line before it.
const LogName = "gallringslogg.jsonl"

// What an entry of the log is about.
const (
	LogBegun    = "gallring påbörjad"
	LogDone     = "gallring"
	LogEvidence = "underlag gallrat"
	LogErasure  = "radering av en person"
	LogKey      = "nyckel till pseudonymer förstörd"
	LogLifted   = "spärr hävd"
)

// Entry is one line of the log. It never names or points out a person.
type Entry struct {
	No       int        `json:"nr"`
	At       time.Time  `json:"tid"`
	What     string     `json:"vad"`
	Decision string     `json:"beslut"`
	By       string     `json:"av"` // a role, never a name
	Kind     string     `json:"slag,omitempty"`
	Before   *time.Time `json:"fore,omitempty"`
	Records  int64      `json:"poster,omitempty"`
	Lists    int64      `json:"listrader,omitempty"`
	First    *time.Time `json:"aldsta,omitempty"`
	Last     *time.Time `json:"yngsta,omitempty"`
	Figures  []string   `json:"siffror_som_andrades,omitempty"`
	File     string     `json:"fil,omitempty"`
	SHA256   string     `json:"sha256,omitempty"`
	Counts   []Count    `json:"antal,omitempty"`
	Previous string     `json:"foregaende_sha256,omitempty"`
}

// ErrLog is wrapped by what does not hold in the log.
var ErrLog = errors.New("gallringsloggen håller inte")

// ReadLog reads the log and checks that each line follows on the one before it;
// no file is an empty log.
func ReadLog(path string) ([]Entry, error) {
	out, _, err := readLog(path)
	return out, err
}

func readLog(path string) (out []Entry, last string, err error) {
	b, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, "", nil
	}
	if err != nil {
		return nil, "", err
	}
	if len(b) > 0 && b[len(b)-1] != '\n' {
		return nil, "", fmt.Errorf("%w: den sista raden är avhuggen", ErrLog)
	}
	s := bufio.NewScanner(bytes.NewReader(b))
	s.Buffer(nil, 1<<20)
	for n := 1; s.Scan(); n++ {
		var e Entry
		if err := json.Unmarshal(s.Bytes(), &e); err != nil {
			return out, "", fmt.Errorf("%w: rad %d går inte att läsa: %w", ErrLog, n, err)
		}
		if e.No != n || e.Previous != last {
			return out, "", fmt.Errorf("%w: rad %d följer inte på raden före; en rad är ändrad, borttagen eller inlagd", ErrLog, n)
		}
		out, last = append(out, e), sumOfLine(s.Bytes())
	}
	return out, last, s.Err()
}

func sumOfLine(line []byte) string {
	sum := sha256.Sum256(line)
	return hex.EncodeToString(sum[:])
}

// AppendLog adds a line. A log that does not hold is not added to.
func AppendLog(path string, e Entry) error {
	was, last, err := readLog(path)
	if err != nil {
		return err
	}
	e.No, e.Previous, e.At = len(was)+1, last, e.At.UTC()
	line, err := json.Marshal(e)
	if err != nil {
		return err
	}
	return disk.AppendLine(path, line, 0o640)
}
