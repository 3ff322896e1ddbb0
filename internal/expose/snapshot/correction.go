package snapshot

import (
	"fmt"
	"slices"

	"github.com/kommunpuls/kommunpuls/internal/expose/snapshot/seal"
	"github.com/kommunpuls/kommunpuls/internal/finding"
)

// corrected returns the figures with a remark of what they correct.
func corrected(fs []finding.Finding, c *seal.Correction) []finding.Finding {
	if c == nil {
		return fs
	}
	out := slices.Clone(fs)
	for i := range out {
		out[i].Remarks = append(slices.Clone(out[i].Remarks), finding.Text{
			SV: fmt.Sprintf("Rättar ögonblicksbilden %s: %s", c.Name, c.Note),
			EN: fmt.Sprintf("Corrects the snapshot %s: %s", c.Name, c.Note),
		})
	}
	return out
}

// correctionText is what LASMIG.txt says of a correction.
func correctionText(c seal.Correction) string {
	return fmt.Sprintf(`
Det här är en rättelse av %s.
Vad som var fel: %s
Den tidigare ögonblicksbilden är inte ändrad. Dess redovisning har SHA-256-summan
%s.
`, c.Name, c.Note, c.SHA256)
}
