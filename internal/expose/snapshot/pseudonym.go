package snapshot

import (
	"bytes"
	"cmp"
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"hash"
	"io"
	"maps"
	"path"
	"regexp"
	"slices"
	"strings"
	"sync"

	"github.com/kommunpuls/kommunpuls/internal/finding"
	"github.com/kommunpuls/kommunpuls/plugins/sdk"
)

// PseudonymKey makes the pseudonyms of one snapshot out of those of the store:
// the same one gives the same, so rows can be counted and held against each
// other. Without the key nobody can tell which of the store's is meant.
type PseudonymKey struct {
	id  string
	mu  sync.Mutex // several files are made at once
	mac hash.Hash
}

// newPseudonymKey takes 32 random bytes.
func newPseudonymKey(secret []byte) *PseudonymKey {
	sum := sha256.Sum256(append([]byte("kommunpuls snapshot pseudonym key id\x00"), secret...))
	return &PseudonymKey{id: "ob" + hex.EncodeToString(sum[:4]), mac: hmac.New(sha256.New, secret)}
}

// ID names the key without giving it away. Pseudonyms begin with it.
func (k *PseudonymKey) ID() string {
	if k == nil {
		return ""
	}
	return k.id
}

// Text returns a text with every pseudonym in it made anew.
func (k *PseudonymKey) Text(s string) string {
	if k == nil || !strings.Contains(s, "-") {
		return s
	}
	return string(k.rekey([]byte(s)))
}

// longest parts of a pseudonym: its key id and its digits.
const (
	idLength  = 16
	hexLength = 32
)

// rekey makes every pseudonym anew. It returns b itself where there is none.
func (k *PseudonymKey) rekey(b []byte) []byte {
	var out []byte
	done := 0
	for at := 0; at < len(b); {
		i := bytes.IndexByte(b[at:], '-')
		if i < 0 {
			break
		}
		i += at
		at = i + 1
		start, end := i, i+1+hexLength
		for start > done && isWord(b[start-1]) {
			start--
		}
		if start == i || i-start > idLength || end > len(b) || end < len(b) && isWord(b[end]) || !sdk.IsPseudonym(string(b[start:end])) {
			continue
		}
		if string(b[start:i]) == k.id {
			at = end
			continue
		}
		out = append(append(out, b[done:start]...), k.of(b[start:end])...)
		done, at = end, end
	}
	if out == nil {
		return b
	}
	return append(out, b[done:]...)
}

// isWord tells whether a character can stand beside a pseudonym's without a
// break between: then it is none.
func isWord(c byte) bool {
	return c >= '0' && c <= '9' || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z'
}

func (k *PseudonymKey) of(pseudonym []byte) []byte {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.mac.Reset()
	k.mac.Write(pseudonym)
	out := append([]byte(k.id), '-')
	return hex.AppendEncode(out, k.mac.Sum(nil)[:hexLength/2])
}

// through makes the pseudonyms of a payload file anew while it is written. What
// is packed or drawn (a workbook, a PDF) is made of texts that already are.
func (k *PseudonymKey) through(name string, to io.Writer) io.WriteCloser {
	switch path.Ext(name) {
	case ".json", ".csv", ".txt", ".sql", ".html", ".md", ".svg":
		return &rekeying{key: k, to: to}
	}
	return unchanged{to}
}

type unchanged struct{ io.Writer }

func (unchanged) Close() error { return nil }

// rekeying holds back what may be the beginning of a pseudonym.
type rekeying struct {
	key  *PseudonymKey
	to   io.Writer
	held []byte
}

// Write passes on everything up to the last character that no pseudonym has.
func (r *rekeying) Write(b []byte) (int, error) {
	r.held = append(r.held, b...)
	end := len(r.held)
	for end > 0 && (isWord(r.held[end-1]) || r.held[end-1] == '-') {
		end--
	}
	if end == 0 {
		return len(b), nil
	}
	if _, err := r.to.Write(r.key.rekey(r.held[:end])); err != nil {
		return 0, err
	}
	r.held = append(r.held[:0], r.held[end:]...)
	return len(b), nil
}

// Close passes on the rest.
func (r *rekeying) Close() error {
	_, err := r.to.Write(r.key.rekey(r.held))
	r.held = nil
	return err
}

// rekeyed returns content that has no pseudonym of the store, whoever reads it.
func (c Content) rekeyed() (Content, error) {
	if c.Pseudonyms == nil {
		return c, nil
	}
	var err error
	if c.Findings, err = anew(c.Pseudonyms, c.Findings); err != nil {
		return c, err
	}
	if c.Decided, err = anew(c.Pseudonyms, c.Decided); err != nil {
		return c, err
	}
	if c.Log, err = anew(c.Pseudonyms, c.Log); err != nil {
		return c, err
	}
	c.Rows = rekeyedRows{c.Rows, c.Pseudonyms}
	return c, nil
}

// anew makes the pseudonyms of anything anew that JSON can hold.
func anew[T any](k *PseudonymKey, v T) (T, error) {
	b, err := json.Marshal(v)
	if err != nil {
		return v, fmt.Errorf("pseudonyms: %w", err)
	}
	changed := k.rekey(b)
	if &changed[0] == &b[0] {
		return v, nil
	}
	var out T
	if err := json.Unmarshal(changed, &out); err != nil {
		return v, fmt.Errorf("pseudonyms: %w", err)
	}
	return out, nil
}

// rekeyedRows are rows whose pseudonyms are the snapshot's own. Rows about a
// person lose what would give them away all the same: the line of the file that
// they stand on, and their order, which is that of the store's pseudonyms.
type rekeyedRows struct {
	stored
	key *PseudonymKey
}

// stored are the rows as the store has them.
type stored = Rows

var lineOfFile = regexp.MustCompile(`, rad \d+$`)

// Evidence gives rows about persons sorted: those that fail first, then by unit
// and the snapshot's pseudonym. Other rows come as they are read.
func (r rekeyedRows) Evidence(ctx context.Context, kpi string, each func(finding.Row) error) error {
	var held []finding.Row
	if err := r.stored.Evidence(ctx, kpi, func(row finding.Row) error {
		id := r.key.Text(row.ID)
		person := id != row.ID
		row.ID, row.Label, row.Reason = id, r.key.Text(row.Label), r.key.Text(row.Reason)
		copied := false // the columns belong to whoever gave them
		for name, cell := range row.Columns {
			if text := r.key.Text(cell); text != cell {
				if !copied {
					row.Columns, copied = maps.Clone(row.Columns), true
				}
				row.Columns[name] = text
			}
		}
		if !person {
			return each(row)
		}
		row.Place = lineOfFile.ReplaceAllString(r.key.Text(row.Place), "")
		held = append(held, row)
		return nil
	}); err != nil {
		return err
	}
	slices.SortFunc(held, func(a, b finding.Row) int {
		if a.Pass != b.Pass {
			if b.Pass {
				return -1
			}
			return 1
		}
		return cmp.Or(cmp.Compare(a.OrgUnit, b.OrgUnit), cmp.Compare(a.ID, b.ID))
	})
	return all(held, func(row *finding.Row) error { return each(*row) })
}

// Rows gives rows about persons sorted by the snapshot's pseudonym, after the
// others.
func (r rekeyedRows) Rows(ctx context.Context, relation string, each func(*finding.PopulationRow) error) error {
	var held []finding.PopulationRow
	if err := r.stored.Rows(ctx, relation, func(row *finding.PopulationRow) error {
		for i, cell := range row.Cells {
			row.Cells[i] = r.key.Text(cell)
		}
		id := r.key.Text(row.ID)
		if id == row.ID {
			return each(row)
		}
		held = append(held, finding.PopulationRow{ID: id, OrgUnit: row.OrgUnit, Place: lineOfFile.ReplaceAllString(r.key.Text(row.Place), ""), Cells: slices.Clone(row.Cells)})
		return nil
	}); err != nil {
		return err
	}
	slices.SortFunc(held, func(a, b finding.PopulationRow) int {
		return cmp.Or(cmp.Compare(a.ID, b.ID), slices.Compare(a.Cells, b.Cells))
	})
	return all(held, each)
}

func all[T any](rows []T, each func(*T) error) error {
	for i := range rows {
		if err := each(&rows[i]); err != nil {
			return err
		}
	}
	return nil
}

// pseudonymText is what LASMIG.txt says of the pseudonyms.
func pseudonymText(id string) string {
	return fmt.Sprintf(`
Personer och konton står som pseudonymer som bara finns i den här
ögonblicksbilden; de börjar med %s. Kommunen har nyckeln som leder från dem
till de egna uppgifterna, tills den förstörs. Rader om konton har inget radnummer.
`, id)
}
