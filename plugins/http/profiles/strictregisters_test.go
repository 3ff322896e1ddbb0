package profiles_test

func strictRegisters() []strict {
	return nil
}
