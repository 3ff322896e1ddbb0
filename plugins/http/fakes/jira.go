package fakes

import (
	"encoding/base64"
	"fmt"
	"net/http"
	"net/url"
	"regexp"
	"strconv"
	"strings"
	"time"
)

// Jira is a strict stand-in for the search of Jira Cloud: pages by a token,
// ids only unless fields are asked for, at most 100 issues a page with fields,
// no search without a project, and 410 from the search that was taken away.
type Jira struct {
	shelf
	user, token string
	clock       time.Time // of the server, for "-90m"
}

// NewJira starts the fake with issues as {"id", "key", "fields"}. Relative
// times in a search are counted from clock.
func NewJira(user, token string, clock time.Time, issues ...map[string]any) *Jira {
	j := &Jira{user: user, token: token, clock: clock}
	j.rows = issues
	j.open(j.serve)
	return j
}

func (j *Jira) serve(w http.ResponseWriter, r *http.Request) {
	user, pass, ok := r.BasicAuth()
	switch {
	case !ok || user != j.user || pass != j.token:
		writeJSON(w, http.StatusUnauthorized, jiraError("Client must be authenticated to access this resource."))
	case j.held(w, r, jiraError("Rate limit exceeded.")):
	case r.URL.Path == "/rest/api/3/search" || r.URL.Path == "/rest/api/2/search":
		j.fault(r, "410 the search that was taken away")
		writeJSON(w, http.StatusGone, jiraError("The requested API has been removed."))
	case r.URL.Path != "/rest/api/3/search/jql" || r.Method != http.MethodGet:
		j.refuse(w, r, http.StatusNotFound, "dead link")
	default:
		if err := j.search(w, r); err != nil {
			j.fault(r, "400 %v", err)
			writeJSON(w, http.StatusBadRequest, jiraError(err.Error()))
		}
	}
}

var jiraJQL = regexp.MustCompile(`^project in \("[A-Z"]+(?:, ?"[A-Z]+")*\)(?: AND updated >= "-(\d+)m")? ORDER BY created ASC, key ASC$`)

func (j *Jira) search(w http.ResponseWriter, r *http.Request) error {
	q, err := params(r, "jql", "fields", "maxResults", "nextPageToken")
	if err != nil {
		return err
	}
	m := jiraJQL.FindStringSubmatch(q.Get("jql"))
	if m == nil {
		return fmt.Errorf("a search without bounds or order, or one that is not known: %s", q.Get("jql"))
	}
	size, err := count(q, "maxResults", 50, 1, 100)
	if err != nil {
		return err
	}
	from, err := jiraPage(q)
	if err != nil {
		return err
	}
	since := time.Time{}
	if m[1] != "" {
		minutes, err := strconv.Atoi(m[1])
		if err != nil {
			return err
		}
		since = j.clock.Add(-time.Duration(minutes) * time.Minute)
	}
	fields := strings.Split(q.Get("fields"), ",")
	if f := forbids(fields, "*all", "*navigable", "summary", "description", "comment", "reporter", "assignee", "creator"); f != "" {
		return fmt.Errorf("a field with text or a person is asked for: %s", f)
	}
	rows := j.found(func(x object) bool {
		at, err := time.Parse("2006-01-02T15:04:05.000-0700", text(x["fields"].(object), "updated"))
		return err == nil && !at.Before(since)
	})
	page := []object{}
	for _, x := range cut(rows, from, size) {
		issue := object{"id": x["id"]}
		if q.Get("fields") != "" {
			issue["key"], issue["fields"] = x["key"], only(x["fields"].(object), fields)
		}
		page = append(page, issue)
	}
	out := object{"issues": page, "isLast": from+size >= len(rows)}
	if from+size < len(rows) {
		out["nextPageToken"] = jiraToken(q.Get("jql"), from+size)
	}
	writeJSON(w, http.StatusOK, out)
	return nil
}

// jiraToken holds where a page begins and which search it belongs to.
func jiraToken(jql string, from int) string {
	return base64.RawURLEncoding.EncodeToString([]byte(strconv.Itoa(from) + "|" + jql))
}

func jiraPage(q url.Values) (int, error) {
	token := q.Get("nextPageToken")
	if token == "" {
		return 0, nil
	}
	b, err := base64.RawURLEncoding.DecodeString(token)
	if err != nil {
		return 0, err
	}
	n, jql, _ := strings.Cut(string(b), "|")
	if jql != q.Get("jql") {
		return 0, fmt.Errorf("the token belongs to another search")
	}
	return strconv.Atoi(n)
}

func jiraError(message string) object {
	return object{"errorMessages": []string{message}, "errors": object{}}
}
