package fakes

import (
	"encoding/json"
	"fmt"
	"net/http"
	"regexp"
	"strings"
)

// ITop is a strict stand-in for core/get of iTop's REST service: one address
// for everything, status 200 whatever happens, and objects by their class and
// key, or null.
type ITop struct {
	shelf
	token string
}

// NewITop starts the fake. A row is an object's fields with its "class" and
// "id".
func NewITop(token string, rows ...map[string]any) *ITop {
	t := &ITop{token: token}
	t.rows = rows
	t.open(t.serve)
	return t
}

type itopQuestion struct {
	Operation    string `json:"operation"`
	Class        string `json:"class"`
	Key          string `json:"key"`
	OutputFields string `json:"output_fields"`
	Limit        int    `json:"limit"`
	Page         int    `json:"page"`
}

func (t *ITop) serve(w http.ResponseWriter, r *http.Request) {
	if r.Header.Get("Auth-Token") != t.token {
		itopAnswer(w, 1, "Error: Invalid login", nil)
		return
	}
	if t.held(w, r, object{}) {
		return
	}
	var q itopQuestion
	d := json.NewDecoder(strings.NewReader(r.PostFormValue("json_data")))
	d.DisallowUnknownFields()
	err := d.Decode(&q)
	switch {
	case r.URL.Path != "/webservices/rest.php" || r.URL.Query().Get("version") != "1.3" || r.Method != http.MethodPost:
		t.fault(r, "another address, version or method")
		itopAnswer(w, 10, "Error: unsupported version", nil)
	case err != nil:
		t.fault(r, "json_data: %v", err)
		itopAnswer(w, 100, "Error: missing parameter json_data", nil)
	case q.Operation != "core/get":
		t.fault(r, "an operation that may change something: %s", q.Operation)
		itopAnswer(w, 11, "Error: unknown verb", nil)
	default:
		t.get(w, r, q)
	}
}

var itopOQL = regexp.MustCompile(`^SELECT (\w+)(?: WHERE last_update >= '(\d{4}-\d\d-\d\d \d\d:\d\d:\d\d)')?$`)

func (t *ITop) get(w http.ResponseWriter, r *http.Request, q itopQuestion) {
	m := itopOQL.FindStringSubmatch(q.Key)
	fields := strings.Split(strings.ReplaceAll(q.OutputFields, " ", ""), ",")
	switch {
	case m == nil || m[1] != q.Class:
		t.fault(r, "OQL: %s", q.Key)
		itopAnswer(w, 100, "Error: OQL", nil)
		return
	case q.Limit < 1 || q.Page < 1:
		t.fault(r, "no limit or page: everything is answered at once")
	}
	if f := forbids(fields, "", "*", "*+", "title", "description", "caller_id", "caller_name", "agent_id", "agent_name", "public_log", "private_log"); f != "" || q.OutputFields == "" {
		t.fault(r, "texts or persons are asked for: %q", f)
	}
	rows := t.found(func(x object) bool { return x["class"] == q.Class && (m[2] == "" || text(x, "last_update") >= m[2]) })
	if len(rows) > 0 {
		for _, f := range fields {
			if _, known := rows[0][f]; !known {
				t.fault(r, "%s has no field %s", q.Class, f)
				itopAnswer(w, 100, "Error: output_fields: unknown attribute", nil)
				return
			}
		}
	}
	found := object{}
	for _, x := range cut(rows, (q.Page-1)*q.Limit, q.Limit) {
		key := fmt.Sprint(x["id"])
		found[q.Class+"::"+key] = object{"code": 0, "message": "", "class": q.Class, "key": key, "fields": only(x, fields)}
	}
	if len(found) == 0 {
		itopAnswer(w, 0, "Found: 0", nil)
		return
	}
	itopAnswer(w, 0, fmt.Sprintf("Found: %d", len(found)), found)
}

func itopAnswer(w http.ResponseWriter, code int, message string, objects any) {
	writeJSON(w, http.StatusOK, object{"code": code, "message": message, "objects": objects})
}
