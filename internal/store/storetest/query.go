package storetest

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/kommunpuls/kommunpuls/internal/store"
)

// now reads the present as of an instant after everything that was written.
func now() store.Point { return store.Point{AsOf: thursday.AddDate(0, 1, 0)} }

// ask runs a query over relations at a point and returns its rows, values
// joined by '|' and rows by a blank.
func ask(t *testing.T, s store.Store, at store.Point, relations []string, query string, args ...any) string {
	t.Helper()
	r, err := s.OpenReader(t.Context(), at)
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := r.Close(); err != nil {
			t.Error(err)
		}
	}()
	if with := r.With(relations...); with != "" {
		query = "WITH " + with + " " + query
	}
	out, err := rowsOf(t, r, query, args...)
	if err != nil {
		t.Fatalf("%s\n%v", query, err)
	}
	return out
}

func rowsOf(t *testing.T, r store.Reader, query string, args ...any) (string, error) {
	t.Helper()
	rows, err := r.Query(t.Context(), query, args...)
	if err != nil {
		return "", err
	}
	defer rows.Close()
	cols, err := rows.Columns()
	if err != nil {
		return "", err
	}
	var lines []string
	for rows.Next() {
		vals, ptrs := make([]any, len(cols)), make([]any, len(cols))
		for i := range vals {
			ptrs[i] = &vals[i]
		}
		if err := rows.Scan(ptrs...); err != nil {
			return "", err
		}
		words := make([]string, len(vals))
		for i, v := range vals {
			words[i] = word(v)
		}
		lines = append(lines, strings.Join(words, "|"))
	}
	return strings.Join(lines, " "), errors.Join(rows.Err(), rows.Close())
}

func word(v any) string {
	switch x := v.(type) {
	case nil:
		return "-"
	case []byte:
		return string(x)
	case time.Time:
		return fmt.Sprint(x.Unix())
	}
	return fmt.Sprint(v)
}

// want fails the test when a query answers something else.
func want(t *testing.T, s store.Store, at store.Point, relation, query, answer string) {
	t.Helper()
	if got := ask(t, s, at, []string{relation}, query); got != answer {
		t.Errorf("%s\n got: %s\nwant: %s", query, got, answer)
	}
}

// epochs is an instant as a relation shows it.
func epochs(t time.Time) string { return fmt.Sprint(t.Unix()) }
