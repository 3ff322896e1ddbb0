package fakes

import "time"

// topdeskTime is how TOPdesk writes times: the offset has no colon.
const topdeskTime = "2006-01-02T15:04:05.000-0700"

// object is an incident as the API answers it, with the fields asked for. An
// unknown field is left out without a word.
func (x *TOPdeskIncident) object(fields []string) object {
	all := object{
		"id": x.ID, "number": x.Number, "status": x.Status, "briefDescription": x.Brief, "request": x.Request,
		"caller":       object{"dynamicName": x.Caller, "branch": named(x.Branch), "department": named(x.Department)},
		"callerBranch": named(x.Branch), "callerDepartment": named(x.Department),
		"callType": named(x.CallType), "entryType": named(x.EntryType), "category": named(x.Category),
		"priority": named(x.Priority), "operatorGroup": named(x.OperatorGroup), "supplier": named(x.Supplier),
		"processingStatus": named(x.Processing), "closureCode": named(x.Closure), "object": named(x.Object),
		"callDate": stamp(x.Call), "creationDate": stamp(x.Created), "modificationDate": stamp(x.Modified),
		"targetDate": stamp(x.Target), "responded": !x.Responded.IsZero(), "responseDate": stamp(x.Responded),
		"completed": !x.Completed.IsZero(), "completedDate": stamp(x.Completed),
		"closed": !x.Closed.IsZero(), "closedDate": stamp(x.Closed),
		"onHoldDuration": x.OnHoldMinutes, "timeSpent": x.TimeSpentMinutes, "feedbackRating": rating(x.Feedback),
	}
	if fields == nil {
		return all
	}
	out := object{}
	for _, f := range fields {
		if v, ok := all[f]; ok {
			out[f] = v
		}
	}
	return out
}

func named(name string) any {
	if name == "" {
		return nil
	}
	return object{"id": "id-" + name, "name": name}
}

func stamp(t time.Time) any {
	if t.IsZero() {
		return nil
	}
	return t.UTC().Format(topdeskTime)
}

func rating(n int) any {
	if n == 0 {
		return nil
	}
	return n
}
