package profile

// Request is one request, made of templates.
type Request struct {
	// Method is GET (default) or POST. Nothing that writes is ever sent.
	Method string `json:"method,omitempty" jsonschema:"enum=GET,enum=POST"`
	// Path is added to the connection's base; a whole address is taken as it
	// is if its host is the base's. Expressions in it are escaped as path
	// segments.
	Path string `json:"path,omitempty"`
	// Query parameters. A list repeats the parameter.
	Query map[string]any `json:"query,omitempty"`
	// Headers beside the connection's.
	Headers map[string]string `json:"headers,omitempty"`
	// JSON is the body, on GET as well if the system wants it: texts anywhere
	// in it are templates.
	JSON any `json:"json,omitempty"`
	// Form is a form body.
	Form map[string]string `json:"form,omitempty"`
	// RPC makes the body a JSON-RPC 2.0 call; the answer must carry the same
	// id, and its error member is a fault.
	RPC *RPC `json:"rpc,omitempty"`
}

// RPC is a JSON-RPC call.
type RPC struct {
	Method string `json:"method"`
	Params any    `json:"params,omitempty"` // texts in it are templates
}

// Paging says how the pages of a list follow on each other.
type Paging struct {
	// By is one of
	//
	//	none    one request has everything (default)
	//	page    $page counts from First
	//	offset  $offset grows by the page's size
	//	next    Next is the address of the next page, whole or relative; null or "" ends
	//	link    the header Link with rel="next"
	//	cursor  Next is the $cursor of the next page; null or "" ends
	//	range   the header Content-Range ("items 0-49/1234", or 0-49/1234) tells
	//	        how far and how many; $offset goes on after it
	By string `json:"by,omitempty" jsonschema:"enum=none,enum=page,enum=offset,enum=next,enum=link,enum=cursor,enum=range"`
	// Size is $limit unless the setting page_size says otherwise.
	Size int `json:"size,omitempty"`
	// Max is the most that the server gives; page_size above it is refused.
	Max int `json:"max,omitempty"`
	// First is the number of the first page; default 1. By offset it is the
	// first offset, default 0.
	First *int `json:"first,omitempty"`
	// Next is an expression on the answer, for next and cursor. With a cursor
	// it may compute a key from the last item.
	Next string `json:"next,omitempty"`
	// End says what ends by page and offset: short (a page with fewer rows than
	// asked for; default), empty (a page without rows, for servers that leave
	// out rows one may not see), total (as many rows as announced), or more
	// (the expression More yields false). An announced total always ends too.
	End string `json:"end,omitempty" jsonschema:"enum=short,enum=empty,enum=total,enum=more"`
	// More is an expression on the answer: is there another page?
	More string `json:"more,omitempty"`
	// Step says what $offset grows by: limit (default) or received.
	Step string `json:"step,omitempty" jsonschema:"enum=limit,enum=received"`
}

// List is a list that is read page by page.
type List struct {
	Request Request `json:"request"`
	Paging  Paging  `json:"paging,omitempty"`
	// Items is an expression on the answer that yields a list.
	Items string `json:"items"`
	// Total is an expression on the answer: how many items there are in all,
	// or null. What was seen is held against it: fewer is a fault.
	Total string `json:"total,omitempty"`
	// Each makes the whole list once for every value.
	Each *Each `json:"each,omitempty"`
	// Optional are statuses, of the first page, that mean "this account may
	// not read it" or "this server does not have it": the list is then not
	// read, which is told, and what needs it is not mapped.
	Optional []int `json:"optional,omitempty"`
}

// Each gives the values of $each.
type Each struct {
	// In is an expression that yields a list; it may look at $settings and the
	// lookups.
	In string `json:"in"`
	// Chunk makes $each a list of up to so many values; 0 is one value, not a list.
	Chunk int `json:"chunk,omitempty"`
	// Parallel is how many are read at the same time, in lookups; default 1.
	Parallel int `json:"parallel,omitempty"`
}
