package fakes

import (
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"
)

// Znuny is a strict stand-in for a web service of Znuny's generic interface
// with SessionCreate, TicketSearch and TicketGet: a search gives ids only, 500
// unless told otherwise, and faults come with status 200.
type Znuny struct {
	shelf
	user, password string
}

const znunySession = "znuny-session-1"

// znunyMost is how many tickets a request may ask for.
const znunyMost = 200

// NewZnuny starts the fake with tickets as TicketGet answers them.
func NewZnuny(user, password string, tickets ...map[string]any) *Znuny {
	z := &Znuny{user: user, password: password}
	z.rows = tickets
	z.open(z.serve)
	return z
}

// znunyQuestion is every parameter that is understood.
type znunyQuestion struct {
	UserLogin, Password, SessionID       string
	Limit                                int
	SortBy, OrderBy                      string
	TicketCreateTimeNewerDate            string
	TicketCreateTimeOlderDate            string
	TicketLastChangeTimeNewerDate        string
	Queues                               []string
	TicketID                             string
	Extended, DynamicFields, AllArticles int
}

func (z *Znuny) serve(w http.ResponseWriter, r *http.Request) {
	operation, ok := strings.CutPrefix(r.URL.Path, "/znuny/nph-genericinterface.pl/Webservice/kommunpuls/")
	if !ok || r.Method != http.MethodPost {
		z.refuse(w, r, http.StatusInternalServerError, "no such web service or method")
		return
	}
	var q znunyQuestion
	d := json.NewDecoder(r.Body)
	d.DisallowUnknownFields()
	if err := d.Decode(&q); err != nil {
		z.refuse(w, r, http.StatusInternalServerError, err.Error())
		return
	}
	switch {
	case operation == "Session" && (q.UserLogin != z.user || q.Password != z.password):
		znunyFault(w, "SessionCreate.AuthFail", "SessionCreate: Authorization failing!")
	case operation == "Session":
		writeJSON(w, http.StatusOK, object{"SessionID": znunySession})
	case q.SessionID != znunySession:
		znunyFault(w, operation+".AuthFail", operation+": Authorization failing!")
	case z.held(w, r, object{}):
	case operation == "TicketSearch":
		z.search(w, r, q)
	case operation == "TicketGet":
		z.get(w, r, q)
	default:
		z.refuse(w, r, http.StatusInternalServerError, "no such operation")
	}
}

func (z *Znuny) search(w http.ResponseWriter, r *http.Request, q znunyQuestion) {
	if q.Limit == 0 {
		z.fault(r, "no limit: 500 ids are answered")
		q.Limit = 500
	}
	for _, at := range []string{q.TicketCreateTimeNewerDate, q.TicketCreateTimeOlderDate, q.TicketLastChangeTimeNewerDate} {
		if _, err := time.Parse(time.DateTime, at); at != "" && err != nil {
			z.fault(r, "a time that is not understood: %s", at)
		}
	}
	ids := []string{}
	for _, t := range z.rows {
		created := text(t, "Created")
		if created < q.TicketCreateTimeNewerDate || q.TicketCreateTimeOlderDate != "" && created > q.TicketCreateTimeOlderDate ||
			text(t, "Changed") < q.TicketLastChangeTimeNewerDate || len(q.Queues) > 0 && !slices.Contains(q.Queues, text(t, "Queue")) {
			continue
		}
		ids = append(ids, text(t, "TicketID"))
	}
	if len(ids) == 0 {
		writeJSON(w, http.StatusOK, object{})
		return
	}
	writeJSON(w, http.StatusOK, object{"TicketID": ids[:min(len(ids), q.Limit)]})
}

func (z *Znuny) get(w http.ResponseWriter, r *http.Request, q znunyQuestion) {
	ids := strings.Split(q.TicketID, ",")
	if q.AllArticles != 0 || len(ids) > znunyMost {
		z.fault(r, "the texts are asked for, or %d tickets at once", len(ids))
	}
	out := []object{}
	for _, id := range ids {
		rows := z.found(func(t object) bool { return text(t, "TicketID") == id })
		if len(rows) == 0 {
			znunyFault(w, "TicketGet.AccessDenied", "TicketGet: User does not have access to the ticket!")
			return
		}
		row := object{}
		for k, v := range rows[0] {
			extended := k == "FirstResponse" || k == "Closed"
			if (!extended || q.Extended == 1) && (k != "DynamicField" || q.DynamicFields == 1) {
				row[k] = v
			}
		}
		out = append(out, row)
	}
	writeJSON(w, http.StatusOK, object{"Ticket": out})
}

func znunyFault(w http.ResponseWriter, code, message string) {
	writeJSON(w, http.StatusOK, object{"Error": object{"ErrorCode": code, "ErrorMessage": fmt.Sprint(message)}})
}
