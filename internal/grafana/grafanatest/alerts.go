package grafanatest

import (
	"net/http"
	"slices"
	"time"

	"github.com/prometheus/common/model"
)

type rule struct {
	UID          string            `json:"uid"`
	Title        string            `json:"title"`
	Condition    string            `json:"condition"`
	Data         []query           `json:"data"`
	ExecErrState string            `json:"execErrState"`
	NoDataState  string            `json:"noDataState"`
	FolderUID    string            `json:"folderUID"`
	RuleGroup    string            `json:"ruleGroup"`
	OrgID        int64             `json:"orgID"`
	For          string            `json:"for"`
	Labels       map[string]string `json:"labels,omitempty"`
	Annotations  map[string]string `json:"annotations,omitempty"`
	Updated      time.Time         `json:"updated"`
	Provenance   string            `json:"provenance,omitempty"`
	IsPaused     bool              `json:"isPaused"`
}

type query struct {
	RefID             string                    `json:"refId"`
	QueryType         string                    `json:"queryType"`
	DatasourceUID     string                    `json:"datasourceUid"`
	RelativeTimeRange struct{ From, To uint32 } `json:"relativeTimeRange"`
	Model             map[string]any            `json:"model"`
}

// TakeOver makes a rule a person's, or a file's.
func (s *Server) TakeOver(uid, provenance string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.rules[uid].Provenance = provenance
}

// Rename gives a rule another title, as a person with a right to it does.
func (s *Server) Rename(uid, title string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.rules[uid].Title = title
}

// Rules are the uids of a group's rules, sorted.
func (s *Server) Rules(group string) []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	var out []string
	for uid, r := range s.rules {
		if r.RuleGroup == group {
			out = append(out, uid)
		}
	}
	slices.Sort(out)
	return out
}

// Source is the data source that a rule's first question goes to.
func (s *Server) Source(uid string) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.rules[uid].Data[0].DatasourceUID
}

func failed(w http.ResponseWriter, status int, why string) {
	answer(w, status, map[string]any{"message": why, "error": why})
}

// sound is what Grafana asks of a rule; it fills in what Grafana does.
func (s *Server) sound(r *rule) string {
	lasting, err := model.ParseDuration(r.For)
	switch {
	case err != nil:
		return "for: " + err.Error()
	case r.Title == "" || len(r.Title) > 190:
		return "invalid alert rule: title is empty or too long"
	case len(r.UID) > 40:
		return "invalid alert rule: uid is longer than 40 symbols"
	case !s.hasFolder(r.FolderUID):
		return "invalid alert rule: the folder does not exist"
	case r.NoDataState != "OK" && r.NoDataState != "NoData" && r.NoDataState != "Alerting":
		return "invalid alert rule: unknown no data state"
	case r.ExecErrState != "OK" && r.ExecErrState != "Error" && r.ExecErrState != "Alerting":
		return "invalid alert rule: unknown error state"
	case !slices.ContainsFunc(r.Data, func(q query) bool { return q.RefID == r.Condition }):
		return "invalid alert rule: condition " + r.Condition + " does not exist"
	}
	for _, o := range s.rules {
		if o.UID != r.UID && o.FolderUID == r.FolderUID && o.Title == r.Title {
			return "a conflicting alert rule is found: rule title under the same organisation and folder should be unique"
		}
	}
	for i := range r.Data {
		q := &r.Data[i]
		if q.DatasourceUID == "" || q.RefID == "" || q.RelativeTimeRange.From < q.RelativeTimeRange.To {
			return "invalid alert rule: a query lacks data source, refId or time range"
		}
		for k, v := range map[string]float64{"intervalMs": 1000, "maxDataPoints": 43200} {
			if _, ok := q.Model[k]; !ok {
				q.Model[k] = v
			}
		}
	}
	r.For = lasting.String()
	return ""
}

func (s *Server) postRule(w http.ResponseWriter, r *http.Request, _ []string) {
	var in rule
	if !s.read(w, r, &in) {
		return
	}
	if _, ok := s.rules[in.UID]; ok {
		failed(w, http.StatusInternalServerError, "failed to insert alert rules: UNIQUE constraint failed: alert_rule.org_id, alert_rule.uid")
		return
	}
	if why := s.sound(&in); why != "" {
		failed(w, http.StatusBadRequest, why)
		return
	}
	in.Provenance = "api"
	s.rules[in.UID] = &in
	if s.intervals[in.RuleGroup] == 0 {
		s.intervals[in.RuleGroup] = 60
	}
	answer(w, http.StatusCreated, in)
}

func (s *Server) getRule(w http.ResponseWriter, _ *http.Request, v []string) {
	r, ok := s.rules[v[0]]
	if !ok {
		failed(w, http.StatusInternalServerError, "could not find alert rule")
		return
	}
	answer(w, http.StatusOK, r)
}

func (s *Server) getGroup(w http.ResponseWriter, _ *http.Request, v []string) {
	rules := []rule{}
	for _, r := range s.rules {
		if r.FolderUID == v[0] && r.RuleGroup == v[1] {
			shown := *r
			shown.Provenance = "" // a group does not say
			rules = append(rules, shown)
		}
	}
	if len(rules) == 0 {
		failed(w, http.StatusNotFound, "rulegroup not found")
		return
	}
	answer(w, http.StatusOK, map[string]any{"title": v[1], "folderUid": v[0], "interval": s.intervals[v[1]], "rules": rules})
}

func (s *Server) putGroup(w http.ResponseWriter, r *http.Request, v []string) {
	var in struct {
		Title     string `json:"title"`
		FolderUID string `json:"folderUid"`
		Interval  int64  `json:"interval"`
		Rules     []rule `json:"rules"`
	}
	if !s.read(w, r, &in) {
		return
	}
	if in.Interval <= 0 || in.Interval%10 != 0 {
		failed(w, http.StatusBadRequest, "interval should be non-zero and divided exactly by scheduler interval: 10s")
		return
	}
	kept := map[string]bool{}
	for i := range in.Rules {
		n := &in.Rules[i]
		n.FolderUID, n.RuleGroup = v[0], v[1]
		old, ok := s.rules[n.UID]
		switch {
		case !ok:
			failed(w, http.StatusInternalServerError, "failed to update rule with UID "+n.UID+" because could not find alert rule")
			return
		case old.Provenance == "file":
			failed(w, http.StatusInternalServerError, "cannot update with provided provenance 'api', needs 'file'")
			return
		}
		if why := s.sound(n); why != "" {
			failed(w, http.StatusBadRequest, why)
			return
		}
		n.Provenance = "api"
		kept[n.UID] = true
	}
	for uid, old := range s.rules {
		if old.FolderUID == v[0] && old.RuleGroup == v[1] && !kept[uid] {
			delete(s.rules, uid)
		}
	}
	for i := range in.Rules {
		s.rules[in.Rules[i].UID] = &in.Rules[i]
	}
	s.intervals[v[1]] = in.Interval
	answer(w, http.StatusOK, in)
}
