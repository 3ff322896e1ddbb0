package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"
)

// identified is one org unit or system record on its way to an identity.
type identified struct {
	no, sourceNo             int64
	rid, source, name, oldID string
	names                    []string
	supplements              bool // its source only completes what others own
}

func (r *identified) sourceID() string { return r.rid[len(r.source)+1:] }

// assignIdentities decides which identity each record of a kind describes: the
// one that its id, name or another of its names leads to, unless a record of
// the same source has it already, else one of its own. Records are taken in
// order of precedence, so the result does not hang on the order of arrival.
func assignIdentities(ctx context.Context, tx *sql.Tx, kt *kindTable, n *names, taken map[string]bool, now time.Time) error {
	recs, err := loadIdentified(ctx, tx, kt)
	if err != nil {
		return err
	}
	scheme := string(kt.kind)
	own := map[string]string{} // identity → rid of the record it was made of
	for _, r := range recs {
		if r.oldID != "" && own[r.oldID] == "" && !r.supplements {
			own[r.oldID] = r.rid
		}
	}
	claimed := map[string]bool{} // source + identity
	for i := range recs {
		r := &recs[i]
		if r.supplements {
			if err := r.supplement(ctx, tx, kt, n); err != nil {
				return err
			}
			continue
		}
		id := r.lookup(n, scheme, claimed)
		if id == "" {
			id = r.newID(taken, own)
		}
		taken[id] = true
		claimed[r.source+":"+id] = true
		standing := byRecord
		if r.no == 0 {
			standing = byGoneRecord
		}
		n.add(scheme, r.sourceNo, r.sourceID(), id, standing)
		n.add(scheme, 0, id, id, standing)
		for _, name := range r.names {
			n.add(scheme, 0, name, id, standing)
		}
		if err := r.become(ctx, tx, kt, id, now); err != nil {
			return err
		}
	}
	return nil
}

// supplement gives a record of a supplementing source the identity that its
// words lead to, or none; several records of one source may lead to one. Only
// its source's own id becomes a name of it.
func (r *identified) supplement(ctx context.Context, tx *sql.Tx, kt *kindTable, n *names) error {
	id := r.lookup(n, string(kt.kind), nil)
	if id != "" {
		n.add(string(kt.kind), r.sourceNo, r.sourceID(), id, byRecord)
	}
	return r.become(ctx, tx, kt, id, time.Time{})
}

// become writes a record's identity, "" for none, where it is another than
// before. The change of one that owns its identity is kept with its time.
func (r *identified) become(ctx context.Context, tx *sql.Tx, kt *kindTable, id string, now time.Time) error {
	if id == r.oldID {
		return nil
	}
	if _, err := tx.ExecContext(ctx, fmt.Sprintf("UPDATE %s_now SET id = ? WHERE no = ?", kt.kind), blank(id), r.no); err != nil {
		return err
	}
	if _, err := tx.ExecContext(ctx, fmt.Sprintf("UPDATE %s_past SET id = ? WHERE rid = ?", kt.kind), blank(id), r.rid); err != nil {
		return err
	}
	if now.IsZero() {
		return nil
	}
	_, err := tx.ExecContext(ctx, "INSERT INTO identity_change (at, scheme, id, was, became) VALUES (?, ?, ?, ?, ?)", now.Unix(), string(kt.kind), r.rid, blank(r.oldID), id)
	return err
}

// lookup finds an identity by the record's own words.
func (r *identified) lookup(n *names, scheme string, claimed map[string]bool) string {
	for _, name := range append([]string{r.sourceID()}, r.names...) {
		if id, ok := n.resolve(scheme, r.sourceNo, name); ok && !claimed[r.source+":"+id] {
			return id
		}
	}
	return ""
}

// newID makes an identity of the record's own id, the one it had before if
// nobody else needs it.
func (r *identified) newID(taken map[string]bool, own map[string]string) string {
	free := func(id string) bool { return !taken[id] && (own[id] == "" || own[id] == r.rid) }
	if r.oldID != "" && free(r.oldID) {
		return r.oldID
	}
	id := slug(r.sourceID())
	if free(id) {
		return id
	}
	base := slug(r.source) + "-" + id
	id = base
	for i := 2; !free(id); i++ {
		id = fmt.Sprintf("%s-%d", base, i)
	}
	return id
}

// loadIdentified reads the present records of a kind, the most trusted first,
// after them those that only the past knows, and last those that supplement.
func loadIdentified(ctx context.Context, tx *sql.Tx, kt *kindTable) ([]identified, error) {
	alias := "''"
	if kt.schema.Child("alias") >= 0 {
		alias = fmt.Sprintf("coalesce((SELECT group_concat(a.alias, char(31)) FROM %[1]s_alias_now a WHERE a.rid = t.rid), '')", kt.kind)
	}
	const cols = "SELECT %[2]s, t.rid, t.source_no, s.name, coalesce(t.name, ''), coalesce(t.id, ''), %[3]s, s.precedence, %[4]d, %[5]s FROM %[1]s t JOIN source s ON s.no = t.source_no"
	present := fmt.Sprintf(cols, string(kt.kind)+"_now", "t.no", alias, 0, supplementsOf(kt, "t"))
	gone := fmt.Sprintf(cols, string(kt.kind)+"_past", "0", "''", 1, supplementsOf(kt, "t")) + fmt.Sprintf(" WHERE t.ver IN (SELECT max(ver) FROM %[1]s_past WHERE rid NOT IN (SELECT rid FROM %[1]s_now) GROUP BY rid)", kt.kind)
	rows, err := tx.QueryContext(ctx, present+" UNION ALL "+gone+" ORDER BY 10, 9, 8, 4, 2")
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var out []identified
	for rows.Next() {
		var r identified
		var aliases string
		var precedence, gone int64
		if err := rows.Scan(&r.no, &r.rid, &r.sourceNo, &r.source, &r.name, &r.oldID, &aliases, &precedence, &gone, &r.supplements); err != nil {
			return nil, err
		}
		r.names = slices.DeleteFunc(append([]string{r.name}, strings.Split(aliases, "\x1f")...), func(s string) bool { return s == "" })
		out = append(out, r)
	}
	return out, errors.Join(rows.Err(), rows.Close())
}
