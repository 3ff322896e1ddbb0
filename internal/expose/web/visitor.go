package web

import (
	"context"
	"slices"
)

// The roles of those who come. RoleScrape is for programs that read figures
// without rows; a visitor without a role may see nothing that needs one.
const (
	RoleScrape      = "scrape"
	RoleForvaltning = "forvaltning" // its own units only
	RoleViewer      = "viewer"
	RoleAuditor     = "auditor"
	RoleAdmin       = "admin"
)

// Visitor is who asks, as far as the pages need to know. The zero Visitor is
// somebody unknown.
type Visitor struct {
	// Name is the user name that stands in the configuration, or "": who logs
	// in at the municipality is not remembered by name.
	Name string
	Role string
	// OrgUnits are the units of RoleForvaltning, by id.
	OrgUnits []string
	// Below are the units that belong to OrgUnits.
	Below []string
	// LoggedIn is true for a session that /logout ends.
	LoggedIn bool
}

// All tells whether the visitor sees the whole municipality.
func (v Visitor) All() bool {
	return v.Role == RoleViewer || v.Role == RoleAuditor || v.Role == RoleAdmin
}

// Sees tells whether the visitor sees a unit: its cells, rows and work list.
func (v Visitor) Sees(orgUnit string) bool {
	return v.All() || v.Role == RoleForvaltning && orgUnit != "" &&
		(slices.Contains(v.OrgUnits, orgUnit) || slices.Contains(v.Below, orgUnit))
}

// May tells whether the visitor may use an address with a need.
func (v Visitor) May(n Need) bool {
	switch n {
	case Open:
		return true
	case Scrape:
		return v.All() || v.Role == RoleScrape
	case Read:
		return v.All() || v.Role == RoleForvaltning
	case Operate:
		return v.Role == RoleAdmin
	case Audit:
		return v.Role == RoleAuditor || v.Role == RoleAdmin
	}
	return false
}

type visitorKey struct{}

// WithVisitor returns a context that knows who asks.
func WithVisitor(ctx context.Context, v Visitor) context.Context {
	return context.WithValue(ctx, visitorKey{}, v)
}

// VisitorFrom returns who asks; the zero Visitor where nobody has said.
func VisitorFrom(ctx context.Context) Visitor {
	v, _ := ctx.Value(visitorKey{}).(Visitor)
	return v
}
