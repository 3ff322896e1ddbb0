package storetest

func naming() []test { return nil }
