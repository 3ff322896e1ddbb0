package sqlite

import (
	"cmp"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/kommunpuls/kommunpuls/plugins/sdk/record"
)

// Two directories see one account: the local one and the cloud's. account_twin
// holds, for each record that is the same account as one of a more trusted
// source, that record's rid. Accounts are one when they share a pseudonym that
// one of them at least has as login, UPN or SID, and the match is one to one:
// what fits several fits none.

// accountKey is one key of one account's record.
type accountKey struct {
	rid    string
	source int64
	strong bool // a login, UPN or SID
	now    bool // it has the key now
	gone   bool // only closed versions are left of the record
}

// settleTwins rebuilds account_twin, and the relations of accounts if there
// were none before or are none any more.
func (w *writer) settleTwins() error {
	order, err := accountSources(w)
	if err != nil {
		return err
	}
	any, err := hasTwins(w.ctx, w.tx)
	if err != nil || !any && len(order) < 2 {
		return err
	}
	links, err := accountLinks(w)
	if err != nil {
		return err
	}
	old, err := storedTwins(w)
	if err != nil {
		return err
	}
	had := len(old) > 0
	now := allTwins(links, order)
	for _, t := range now {
		if old[t.rid] == t {
			delete(old, t.rid)
			continue
		}
		delete(old, t.rid)
		if err := w.exec("INSERT INTO account_twin (rid, main, rank) VALUES (?, ?, ?) ON CONFLICT (rid) DO UPDATE SET main = excluded.main, rank = excluded.rank", t.rid, t.main, t.rank); err != nil {
			return err
		}
	}
	for rid := range old {
		if err := w.exec("DELETE FROM account_twin WHERE rid = ?", rid); err != nil {
			return err
		}
	}
	if had == (len(now) > 0) {
		return nil
	}
	return w.s.rebuildViews(w.ctx, w.tx)
}

func storedTwins(w *writer) (map[string]twin, error) {
	rows, err := w.tx.QueryContext(w.ctx, "SELECT rid, main, rank FROM account_twin")
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	out := map[string]twin{}
	for rows.Next() {
		var t twin
		if err := rows.Scan(&t.rid, &t.main, &t.rank); err != nil {
			return nil, err
		}
		out[t.rid] = t
	}
	return out, errors.Join(rows.Err(), rows.Close())
}

// accountSources ranks the sources that have accounts, the most trusted first.
func accountSources(w *writer) (map[int64]int, error) {
	rows, err := w.tx.QueryContext(w.ctx, "SELECT s.no FROM source s WHERE EXISTS (SELECT 1 FROM account_now a WHERE a.rid >= s.name || ':' AND a.rid < s.name || ';') ORDER BY s.precedence, s.name")
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	out := map[int64]int{}
	for rows.Next() {
		var no int64
		if err := rows.Scan(&no); err != nil {
			return nil, err
		}
		out[no] = len(out)
	}
	return out, errors.Join(rows.Err(), rows.Close())
}

// link is a pair of records that share a key.
type link struct{ a, b accountKey }

func (l link) now() bool { return l.a.now && l.b.now }

// accountLinks reads the pairs of different sources that share a key, each once.
func accountLinks(w *writer) ([]link, error) {
	const keys = "SELECT k.key, k.rid, k.source_no, max(k.of IN ('login', 'upn', 'sid')) AS strong, max(k.now) AS now, min(k.gone) AS gone FROM (" +
		"SELECT key, rid, source_no, of, 1 AS now, 0 AS gone FROM account_key_now UNION ALL" +
		" SELECT p.key, p.rid, p.source_no, p.of, 0, NOT EXISTS (SELECT 1 FROM account_now n WHERE n.rid = p.rid) FROM account_key_past p WHERE p.recorded_to IS NULL) k" +
		" WHERE k.key IS NOT NULL GROUP BY k.key, k.rid, k.source_no ORDER BY k.key"
	rows, err := w.tx.QueryContext(w.ctx, keys)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	seen := map[[2]string]bool{}
	var out []link
	var last string
	var group []accountKey
	end := func() {
		for i, a := range group {
			for _, b := range group[i+1:] {
				// Two records that are there share what they are called now; what
				// one was called once tells only of a record that is gone.
				l := link{a, b}
				pair := [2]string{min(a.rid, b.rid), max(a.rid, b.rid)}
				if a.source == b.source || !a.strong && !b.strong || !l.now() && !a.gone && !b.gone {
					continue
				}
				if !seen[pair] {
					seen[pair] = true
					out = append(out, l)
				}
			}
		}
		group = group[:0]
	}
	for rows.Next() {
		var key string
		var k accountKey
		if err := rows.Scan(&key, &k.rid, &k.source, &k.strong, &k.now, &k.gone); err != nil {
			return nil, err
		}
		if key != last {
			end()
			last = key
		}
		if group = append(group, k); len(group) > maxSharing {
			group = group[:0] // a key that so many share tells nobody apart
		}
	}
	end()
	return out, errors.Join(rows.Err(), rows.Close())
}

// maxSharing is how many accounts may share a key that is looked at.
const maxSharing = 16

type twin struct {
	rid, main string
	rank      int
}

// allTwins joins first what is called the same now, and then, of the others,
// what was called the same once.
func allTwins(links []link, order map[int64]int) []twin {
	present := slices.DeleteFunc(slices.Clone(links), func(l link) bool { return !l.now() })
	out := twinsOf(present, order)
	joined := map[string]bool{}
	for _, t := range out {
		joined[t.rid], joined[t.main] = true, true
	}
	past := slices.DeleteFunc(links, func(l link) bool { return l.now() || joined[l.a.rid] || joined[l.b.rid] })
	return append(out, twinsOf(past, order)...)
}

// twinsOf decides which records are one account. Present records are mains
// before closed ones, then those of the most trusted source.
func twinsOf(links []link, order map[int64]int) []twin {
	rank := func(k accountKey) int {
		r, ok := order[k.source]
		if !ok {
			r = len(order)
		}
		if k.gone {
			r += len(order) + 1
		}
		return r
	}
	type side struct {
		rid    string
		source int64
	}
	partners := map[side]int{} // how many records of a source a record is linked with
	for _, l := range links {
		partners[side{l.a.rid, l.b.source}]++
		partners[side{l.b.rid, l.a.source}]++
	}
	best := map[string]twin{}
	ranks := map[string]int{}
	for _, l := range links {
		if partners[side{l.a.rid, l.b.source}] != 1 || partners[side{l.b.rid, l.a.source}] != 1 {
			continue
		}
		main, other := l.a, l.b
		if cmp.Or(cmp.Compare(rank(other), rank(main)), cmp.Compare(other.rid, main.rid)) < 0 {
			main, other = other, main
		}
		old, ok := best[other.rid]
		if !ok || cmp.Or(cmp.Compare(rank(main), ranks[old.main]), cmp.Compare(main.rid, old.main)) < 0 {
			best[other.rid] = twin{rid: other.rid, main: main.rid, rank: rank(other)}
		}
		ranks[main.rid] = rank(main)
	}
	out := make([]twin, 0, len(best))
	for _, t := range best {
		for up, ok := best[t.main]; ok && up.main != t.main; up, ok = best[t.main] {
			t.main = up.main // a third source's record leads through the second's
		}
		out = append(out, t)
	}
	slices.SortFunc(out, func(a, b twin) int { return cmp.Compare(a.rid, b.rid) })
	return out
}

// hasTwins tells whether any account is seen by two sources.
func hasTwins(ctx context.Context, db interface {
	QueryRowContext(ctx context.Context, query string, args ...any) *sql.Row
}) (has bool, err error) {
	return has, db.QueryRowContext(ctx, "SELECT EXISTS (SELECT 1 FROM account_twin)").Scan(&has)
}

// accountOnce is the condition that leaves an account's twins out.
const accountOnce = "t.rid NOT IN (SELECT w.rid FROM account_twin w)"

// twinned is a column of an account with what its twins say, over the present
// records.
func twinned(c column) string {
	own := "t." + quote(c.name)
	of := func(what, rest string) string {
		return fmt.Sprintf("(SELECT %s FROM account_twin w JOIN account_now x ON x.rid = w.rid WHERE w.main = t.rid%s)", what, rest)
	}
	x := "x." + quote(c.name)
	first := of(x, " AND "+x+" IS NOT NULL ORDER BY w.rank, w.rid LIMIT 1")
	switch {
	case largest(c):
		most := of("max("+x+")", "")
		return fmt.Sprintf("max(coalesce(%[1]s, %[2]s), coalesce(%[2]s, %[1]s))", own, most)
	case weakest(c) != "":
		said := fmt.Sprintf("'%s'", weakest(c))
		return fmt.Sprintf("coalesce(nullif(%[1]s, %[2]s), %[3]s, %[1]s, %[4]s)", own, said, of(x, " AND "+x+" <> "+said+" ORDER BY w.rank, w.rid LIMIT 1"), first)
	}
	return "coalesce(" + own + ", " + first + ")"
}

// largest tells the fields of which the largest of all sources holds: the
// newest sign-in, and a high privilege in either directory.
func largest(c column) bool { return c.name == "last_login_at" || c.name == "privileged" }

// weakest is the value of a field that gives way to any other that a source has.
func weakest(c column) string {
	switch c.name {
	case "category":
		return "unknown"
	case "strong_auth":
		return "none"
	}
	return ""
}

// accountColumns is the select list of the relation account where some
// accounts are seen by two sources.
func accountColumns(kt kindTable) string {
	cols := []string{"t.rid AS id", sourceExpr + " AS source", sourceIDExpr + " AS source_id", placeExpr + " AS place", "t.seen_at"}
	for _, c := range kt.columns {
		if c.scheme == "" {
			cols = append(cols, twinned(c)+" AS "+quote(c.name))
			continue
		}
		for _, what := range []string{"id", "raw"} {
			name := c.field.Name
			if what == "raw" {
				name += "_raw"
			}
			cols = append(cols, fmt.Sprintf("(SELECT r.%s FROM ref r WHERE r.no = %s) AS %s", what, twinned(c), name))
		}
	}
	return strings.Join(cols, ", ")
}

// twinParent is the account that a row of a list belongs to.
const twinParent = "coalesce((SELECT w.main FROM account_twin w WHERE w.rid = t.rid), t.rid)"

// accountList is the select list of a list of accounts.
func accountList(ct childTable) string {
	return strings.Join(append([]string{twinParent + " AS parent", "t.pos", "t.seen_at"}, fieldColumns(ct.columns)...), ", ")
}

// accounts is the relation account as it stood, twins merged.
func (p pointAt) accounts(kt *kindTable) string {
	ranked := fmt.Sprintf("SELECT u.*, coalesce(w.main, u.rid) AS id, row_number() OVER (PARTITION BY coalesce(w.main, u.rid) ORDER BY w.rid IS NOT NULL, w.rank, u.rid) AS n FROM (%s) u LEFT JOIN account_twin w ON w.rid = u.rid",
		p.states(string(kt.kind), pastColumns(kt)))
	stored := []string{"id"}
	for _, c := range []string{"rid", "doc_no", "doc_row", "seen_at"} {
		stored = append(stored, fmt.Sprintf("max(CASE WHEN n = 1 THEN %[1]s END) AS %[1]s", c))
	}
	for _, c := range kt.columns {
		name := quote(c.name)
		if largest(c) {
			stored = append(stored, fmt.Sprintf("max(%[1]s) AS %[1]s", name))
			continue
		}
		var by []string
		if said := weakest(c); said != "" {
			for n := 1; n <= p.ranks[kt.kind]; n++ {
				by = append(by, fmt.Sprintf("max(CASE WHEN n = %d AND %s <> '%s' THEN %s END)", n, name, said, name))
			}
		}
		for n := 1; n <= p.ranks[kt.kind]; n++ {
			by = append(by, fmt.Sprintf("max(CASE WHEN n = %d THEN %s END)", n, name))
		}
		stored = append(stored, fmt.Sprintf("coalesce(%s, NULL) AS %s", strings.Join(by, ", "), name))
	}
	cols := append([]string{"t.id", sourceExpr + " AS source", sourceIDExpr + " AS source_id", placeExpr + " AS place", "t.seen_at"}, fieldColumns(kt.columns)...)
	return fmt.Sprintf("SELECT %s FROM (SELECT %s FROM (%s) GROUP BY id) t", strings.Join(cols, ", "), strings.Join(stored, ", "), ranked)
}

// touchKeys notes that some account has other keys than before.
func (w *writer) touchKeys(ct *childTable) { w.keyed = w.keyed || ct.name == keyList }

// keyList is the list of an account's keys.
const keyList = string(record.Account) + "_key"
