package main

import "os"

// reloadSignals is empty: Windows has none, kommunpuls reload does it.
func reloadSignals() []os.Signal { return nil }
