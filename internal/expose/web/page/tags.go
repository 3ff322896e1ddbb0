package page

import (
	"strings"

	"github.com/kommunpuls/kommunpuls/internal/catalogue"
)

// frameworks says which frameworks a figure belongs to. Where it touches the
// law, it shows evidence and not that the law is followed.
func (f Frame) frameworks(t catalogue.Tags) string {
	var parts []string
	add := func(key string, tags []string, name func(string) string) {
		if len(tags) == 0 {
			return
		}
		var names []string
		for _, tag := range tags {
			names = append(names, name(tag))
		}
		parts = append(parts, f.say(key, strings.Join(names, ", ")))
	}
	plain := func(s string) string { return strings.ReplaceAll(s, "_", " ") }
	add("tags-ey", t.EY, func(s string) string {
		if said := f.say("ey-" + s); said != "ey-"+s {
			return said
		}
		return plain(s)
	})
	add("tags-kpmg", t.KPMG, plain)
	add("tags-itil", t.ITIL, plain)
	add("tags-nis2", t.NIS2, lawPlace)
	out := strings.Join(parts, " ")
	if len(t.NIS2) > 0 {
		out += " " + f.say("evidence-only")
	}
	return strings.TrimSpace(out)
}

// lawPlace writes "art21.2.c" as "art. 21.2 c" and "csl.3.1" as "3 kap. 1 §".
func lawPlace(tag string) string {
	if rest, ok := strings.CutPrefix(tag, "csl."); ok {
		chapter, section, ok := strings.Cut(rest, ".")
		if !ok {
			return chapter + "\u00a0kap."
		}
		return chapter + "\u00a0kap. " + section + "\u00a0§"
	}
	if rest, ok := strings.CutPrefix(tag, "art"); ok {
		if i := strings.LastIndex(rest, "."); i > 0 && len(rest) == i+2 && rest[i+1] >= 'a' {
			return "art.\u00a0" + rest[:i] + "\u00a0" + rest[i+1:]
		}
		return "art.\u00a0" + rest
	}
	return tag
}

// span writes "12m" as "12 månader".
func (f Frame) span(s string) string {
	for suffix, key := range map[string]string{"min": "minutes", "m": "months", "d": "days", "h": "hours"} {
		n, ok := strings.CutSuffix(s, suffix)
		if ok && n != "" && strings.Trim(n, "0123456789") == "" {
			return f.say("latest", f.say(key, n))
		}
	}
	return s
}
