package access

import (
	"net/url"
	"strings"
)

// maxTarget is the longest address that a login leads on to.
const maxTarget = 1024

// target is a page of our own that a login leads on to; what could lead
// anywhere else becomes the first page.
func target(to string) string {
	const first = "/"
	if len(to) > maxTarget || !strings.HasPrefix(to, "/") || strings.HasPrefix(to, "//") || strings.ContainsAny(to, "\\") {
		return first
	}
	for _, c := range []byte(to) {
		if c <= ' ' || c == 0x7f {
			return first
		}
	}
	u, err := url.Parse(to)
	if err != nil || u.Scheme != "" || u.Host != "" || u.User != nil || u.Opaque != "" {
		return first
	}
	path := u.EscapedPath()
	if !strings.HasPrefix(path, "/") || strings.HasPrefix(path, "//") {
		return first
	}
	for _, own := range []string{loginPath, logoutPath} {
		if path == own || strings.HasPrefix(path, own+"/") {
			return first
		}
	}
	if u.RawQuery != "" {
		path += "?" + u.RawQuery
	}
	return path
}
