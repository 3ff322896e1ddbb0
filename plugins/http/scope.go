package http

// vars are what a request's templates may look at beside the settings and the
// lookups.
type vars struct {
	since               any
	full                bool
	page, offset, limit int
	cursor, each        any
	id                  any
	ids                 []any
	token               any
}

// requestValues are the values of profile.RequestVariables.
func requestValues(settings map[string]any, now int64, v vars, lookups []any) []any {
	var ids any
	if v.ids != nil {
		ids = v.ids
	}
	out := []any{settings, int(now), v.since, v.full, v.page, v.offset, v.limit, v.cursor, v.each, v.id, ids, v.token}
	return append(out, lookups...)
}

// answerValues are the values of profile.AnswerVariables.
func answerValues(settings map[string]any, now int64, a *answer, v vars) []any {
	return []any{settings, int(now), a.status, a.headers(), v.limit, v.offset, v.page, v.each}
}

// itemValues are the values of profile.ItemVariables.
func itemValues(settings map[string]any, now int64, each any, lookups []any) []any {
	return append([]any{settings, int(now), each}, lookups...)
}
