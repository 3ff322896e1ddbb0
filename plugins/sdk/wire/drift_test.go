package wire_test

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"testing"

	"github.com/kommunpuls/kommunpuls/internal/testneed"
)

// The generated code is that of source.proto. The versions of the generators
// stand in the generated files' heads and differ from machine to machine.
func TestGeneratedCodeIsThatOfTheContract(t *testing.T) {
	protoc := testneed.Program(t, "protoc")
	bin := t.TempDir()
	for _, tool := range []string{"google.golang.org/protobuf/cmd/protoc-gen-go@v1.36.12", "google.golang.org/grpc/cmd/protoc-gen-go-grpc@v1.5.1"} {
		install := exec.Command("go", "install", tool)
		install.Env = append(os.Environ(), "GOBIN="+bin, "GOFLAGS=")
		if out, err := install.CombinedOutput(); err != nil {
			t.Fatalf("go install %s: %v\n%s", tool, err, out)
		}
	}
	dir := t.TempDir()
	generate := exec.Command(protoc, "--go_out="+dir, "--go_opt=paths=source_relative", "--go-grpc_out="+dir, "--go-grpc_opt=paths=source_relative", "source.proto")
	generate.Env = append(os.Environ(), "PATH="+bin+string(os.PathListSeparator)+os.Getenv("PATH"))
	if out, err := generate.CombinedOutput(); err != nil {
		t.Fatalf("protoc: %v\n%s", err, out)
	}
	head := regexp.MustCompile(`(?m)^// (- )?\s*protoc.*\n`)
	for _, name := range []string{"source.pb.go", "source_grpc.pb.go"} {
		want, err := os.ReadFile(filepath.Join(dir, name))
		if err != nil {
			t.Fatal(err)
		}
		got, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal(head.ReplaceAll(want, nil), head.ReplaceAll(got, nil)) {
			t.Errorf("%s is not what source.proto gives; run: go generate ./plugins/sdk/wire", name)
		}
	}
}
