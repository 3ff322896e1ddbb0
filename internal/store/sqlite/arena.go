package sqlite

import (
	"errors"
	"unsafe"

	"modernc.org/memory"
)

// arena holds numbers outside the Go heap. What a collection remembers of a
// million records would otherwise double the heap at which the collector runs.
type arena struct {
	alloc  memory.Allocator
	errs   []error
	onHeap bool // there was no other memory to be had
}

// words returns n zeroed 64-bit numbers; n is at least 1.
func (a *arena) words(n int) []uint64 {
	if !a.onHeap {
		b, err := a.alloc.Calloc(n * 8)
		if err == nil {
			return unsafe.Slice((*uint64)(unsafe.Pointer(unsafe.SliceData(b))), n)
		}
		a.onHeap = true
	}
	return make([]uint64, n)
}

// free gives words back. Once the heap has stood in, all is given back together.
func (a *arena) free(w []uint64) {
	if len(w) == 0 || a.onHeap {
		return
	}
	a.errs = append(a.errs, a.alloc.Free(unsafe.Slice((*byte)(unsafe.Pointer(unsafe.SliceData(w))), len(w)*8)))
}

// release gives everything back; nothing that words returned may be used after it.
func (a *arena) release() error { return errors.Join(append(a.errs, a.alloc.Close())...) }
