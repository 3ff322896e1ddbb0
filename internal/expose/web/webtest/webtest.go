// Package webtest checks pages: that their HTML is whole, and that somebody
// who reads with a keyboard or a screen reader finds their way in it.
package webtest

import (
	"fmt"
	"strings"

	"golang.org/x/net/html"
)

// Faults lists what is wrong with a page.
func Faults(page string) []string {
	c := check{ids: map[string]bool{}, labels: map[string]bool{}}
	c.read(page)
	c.refer()
	return c.faults
}

type check struct {
	faults      []string
	open        []string // elements that have not ended
	ids, labels map[string]bool
	refs        []string // ids that something points at
	fields      []string // ids of fields, "" where one has none
	level, h1   int
	title, lang bool
	inTitle     bool
	heads       int
}

func (c *check) fault(format string, args ...any) {
	c.faults = append(c.faults, fmt.Sprintf(format, args...))
}

// void elements have no end.
func void(name string) bool {
	return strings.Contains(" meta link br input hr img wbr ", " "+name+" ")
}

func (c *check) read(page string) {
	if !strings.HasPrefix(page, "<!DOCTYPE html>") {
		c.fault("does not begin with its document type")
	}
	z := html.NewTokenizer(strings.NewReader(page))
	for {
		switch z.Next() {
		case html.ErrorToken:
			for _, e := range c.open {
				c.fault("<%s> does not end", e)
			}
			return
		case html.StartTagToken:
			t := z.Token()
			c.begin(t)
			if !void(t.Data) {
				c.open = append(c.open, t.Data)
			}
		case html.SelfClosingTagToken:
			c.begin(z.Token())
		case html.EndTagToken:
			c.end(z.Token().Data)
		case html.TextToken:
			if text := string(z.Text()); c.inTitle && strings.TrimSpace(text) != "" && !c.inside("svg") {
				c.title = true
			} else if strings.Contains(text, "%!") {
				c.fault("a text lacks what belongs in it: %q", strings.TrimSpace(text))
			}
		}
	}
}

func (c *check) inside(name string) bool {
	for _, e := range c.open {
		if e == name {
			return true
		}
	}
	return false
}

func (c *check) end(name string) {
	c.inTitle = false
	if len(c.open) == 0 || c.open[len(c.open)-1] != name {
		c.fault("</%s> ends what is not open: %v", name, c.open)
		return
	}
	c.open = c.open[:len(c.open)-1]
	if name == "table" {
		if c.heads == 0 {
			c.fault("a table has no column headings")
		}
		c.heads = 0
	}
}

func (c *check) begin(t html.Token) {
	a := map[string]string{}
	for _, x := range t.Attr {
		if _, twice := a[x.Key]; twice {
			c.fault("<%s> has %s twice", t.Data, x.Key)
		}
		a[x.Key] = x.Val
		if x.Key == "style" || strings.HasPrefix(x.Key, "on") {
			c.fault("<%s> has %s, which the page's own policy forbids", t.Data, x.Key)
		}
	}
	if id, ok := a["id"]; ok {
		if id == "" || strings.ContainsAny(id, " \t\n") || c.ids[id] {
			c.fault("id %q is empty, has a space or stands twice", id)
		}
		c.ids[id] = true
	}
	for _, key := range []string{"aria-labelledby", "aria-describedby"} {
		c.refs = append(c.refs, strings.Fields(a[key])...)
	}
	c.element(t.Data, a)
}

func (c *check) element(name string, a map[string]string) {
	switch name {
	case "html":
		c.lang = a["lang"] == "sv" || a["lang"] == "en"
	case "title":
		c.inTitle = true
	case "script", "style":
		c.fault("<%s> stands in the page", name)
	case "h1", "h2", "h3", "h4":
		level := int(name[1] - '0')
		if level > c.level+1 {
			c.fault("<%s> follows <h%d>", name, c.level)
		}
		c.level = level
		if level == 1 {
			c.h1++
		}
	case "th":
		if a["scope"] == "col" {
			c.heads++
		} else if a["scope"] != "row" {
			c.fault("<th> has no scope")
		}
	case "a":
		if a["href"] == "" {
			c.fault("<a> leads nowhere")
		}
		if id, own := strings.CutPrefix(a["href"], "#"); own {
			c.refs = append(c.refs, id)
		}
	case "label":
		c.labels[a["for"]] = true
	case "input", "select", "textarea":
		if a["type"] != "hidden" {
			c.fields = append(c.fields, a["id"])
		}
	case "svg":
		if a["role"] != "img" || a["aria-labelledby"] == "" {
			c.fault("<svg> says nothing to those who cannot see it")
		}
	}
}

func (c *check) refer() {
	if !c.lang {
		c.fault("the language is not said")
	}
	if !c.title {
		c.fault("there is no title")
	}
	if c.h1 != 1 {
		c.fault("%d main headings", c.h1)
	}
	for _, id := range c.refs {
		if !c.ids[id] {
			c.fault("#%s is pointed at and is not there", id)
		}
	}
	for _, id := range c.fields {
		if id == "" || !c.labels[id] {
			c.fault("the field %q has no label", id)
		}
	}
}
