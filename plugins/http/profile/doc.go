// Package profile is the form of a profile: the YAML file that tells the
// source http how one system's JSON API is read. It holds the types, the
// strict reading of the file and every check that needs no server.
//
// # Expressions
//
// Whatever is called an expression is jq, as gojq understands it, and must
// yield exactly one value. What an expression may look at:
//
//	on an item   . is the item; $settings, $now, $each and each lookup by its name
//	on an answer . is the decoded body; $settings, $status, $headers, $limit, $offset, $page, $each
//	on settings  . is the settings
//
// $settings holds the profile's settings with their defaults, null where one
// is not given. $now is the daemon's clock in seconds since 1970. $headers has
// lower-case names and one text for each. A lookup is an object by key; a key
// that is not text is turned into it by hand: $people[.owner.id | tostring].
//
// # Templates
//
// Whatever is called a template is text with expressions between {{ and }},
// used wherever a request is made. Besides $settings, $now and the lookups they
// may look at
//
//	$since    the increment's start in the format asked for; null at a full pass
//	$full     whether this is a full pass
//	$page     number of the page, from paging.first
//	$offset   rows before the page
//	$limit    rows asked for in a page
//	$cursor   what the page before gave; null at the first
//	$each     the value that stream.each is at
//	$id, $ids in details: one id, and the list of them
//	$token    in session requests and what a session sends
//
// A template that is one expression and nothing else keeps the value's type
// in a JSON body ("{{ $limit }}" is a number there). Where any expression in a
// template is null the whole template is nothing: the query parameter, header,
// form field or JSON member is left out. Values are escaped where they are put.
package profile
