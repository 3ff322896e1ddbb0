package testneed

import (
	"net/http"
	"os"
	"os/exec"
	"testing"
	"time"
)

// startWithin is how long a server may take to become ready on a busy machine.
const startWithin = 3 * time.Minute

// start runs a server of Prometheus' kind on a free loopback address until the
// test ends. It returns the address when the server is ready. One that ends at
// once has lost its address to somebody else, and is given another.
func start(t testing.TB, program string, args ...string) string {
	t.Helper()
	bin := Program(t, program)
	for range 3 {
		addr := FreeAddr(t)
		cmd := exec.Command(bin, append(args, "--web.listen-address="+addr)...)
		cmd.Stderr = os.Stderr
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		ended := make(chan struct{})
		go func() {
			defer close(ended)
			_ = cmd.Wait()
		}()
		t.Cleanup(func() {
			_ = cmd.Process.Kill()
			<-ended
		})
		if ready(t, addr, ended) {
			return addr
		}
	}
	t.Fatalf("%s ends at once", program)
	return ""
}

// ready waits until a server answers; false is that it has ended.
func ready(t testing.TB, addr string, ended <-chan struct{}) bool {
	t.Helper()
	for deadline := time.Now().Add(startWithin); time.Now().Before(deadline); {
		if resp, err := http.Get("http://" + addr + "/-/ready"); err == nil {
			_ = resp.Body.Close()
			if resp.StatusCode == http.StatusOK {
				return true
			}
		}
		select {
		case <-ended:
			return false
		case <-time.After(100 * time.Millisecond):
		}
	}
	t.Fatalf("nothing is ready on %s after %s", addr, startWithin)
	return false
}
