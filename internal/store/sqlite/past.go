package sqlite

// With returns the common table expressions that give relations their content
// at the reader's point; "" where the stored relations serve as they are.
func (r *reader) With(relations ...string) string { return "" }
