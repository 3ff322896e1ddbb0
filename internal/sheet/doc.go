// Package sheet reads tables as people keep them: CSV, TSV and XLSX, with
// titles above the header, merged cells, remarks, totals, hidden and
// struck-through rows. It gives rows of cells with their place, one at a time,
// and never holds a whole file. It knows nothing of records.
package sheet
