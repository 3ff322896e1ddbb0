package app

import (
	"github.com/kommunpuls/kommunpuls/internal/config"
	"github.com/kommunpuls/kommunpuls/internal/peers"
)

// PeerSettings says whom the figures are compared with; the zero value is nobody.
func (p *Parts) PeerSettings() peers.Settings {
	c := p.Config.Peers
	if c == nil {
		return peers.Settings{}
	}
	return peers.Settings{Source: config.PeersSource, Group: c.Group, Minimum: c.Minimum, Show: c.Show, Inhabitants: float64(p.Config.Size.Inhabitants)}
}
