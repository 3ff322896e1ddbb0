package main

import (
	"errors"
	"fmt"

	"github.com/kommunpuls/kommunpuls/internal/app"
	"github.com/kommunpuls/kommunpuls/internal/config"
)

type notifyCmd struct {
	Test notifyTestCmd `cmd:"" help:"Skicka ett prov. (Send a trial message.)"`
}

type notifyTestCmd struct {
	Channel string `arg:"" name:"kanal" help:"Namnet under notify.channels. (The channel's name.)"`
}

// Run sends a trial message through one channel.
func (c notifyTestCmd) Run(e *env) error {
	p, err := app.Prepare(e.config, e.now())
	if err != nil {
		return err
	}
	err = app.TryChannel(e.ctx, p, c.Channel, e.now())
	switch {
	case errors.Is(err, config.ErrInvalid):
		return err
	case err != nil:
		return fmt.Errorf("%s: %w: %w", c.Channel, errReached, err)
	}
	fmt.Fprintf(e.out, "Provet är skickat genom %s.\n", c.Channel)
	return nil
}
