package main

import (
	"archive/zip"
	"bytes"
	"encoding/json"
	"io"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/kommunpuls/kommunpuls/internal/expose/snapshot/seal"
	"github.com/kommunpuls/kommunpuls/internal/expose/snapshot/tsatest"
	"github.com/kommunpuls/kommunpuls/internal/testneed"
)

// audited is a configuration whose snapshots are signed, encrypted and stamped.
type audited struct {
	*testing.T
	config, dir, identity string
	tsa                   *tsatest.Server
}

func (a audited) run(want int, args ...string) (out, errOut string) {
	a.Helper()
	code, out, errOut := kommunpuls(a.T, append([]string{"-c", a.config, "snapshot"}, args...)...)
	if code != want {
		a.Fatalf("%v: %d\n%s\n%s", args, code, out, errOut)
	}
	return out, errOut
}

func (a audited) says(text string, want ...string) {
	a.Helper()
	for _, w := range want {
		if !strings.Contains(text, w) {
			a.Errorf("%q is not in\n%s", w, text)
		}
	}
}

func (a audited) report(name string) string {
	return filepath.Join(a.dir, name+"_redovisning.zip")
}

// newest is the last entry of the chain.
func (a audited) newest() seal.Entry {
	a.Helper()
	c, err := seal.ReadChain(a.dir)
	if err != nil || len(c) == 0 {
		a.Fatal(c, err)
	}
	return c[len(c)-1]
}

// aSnapshotIsTrusted goes through what makes a snapshot one that can be trusted.
func aSnapshotIsTrusted(t *testing.T, config string) {
	a := audited{T: t, dir: t.TempDir(), tsa: tsatest.Start(t, tsatest.Options{})}
	a.identity = filepath.Join(t.TempDir(), "revisor.key")
	out, err := exec.Command(testneed.Program(t, "age-keygen"), "-o", a.identity).CombinedOutput()
	if err != nil {
		t.Fatal(err, string(out))
	}
	recipient := regexp.MustCompile(`age1[0-9a-z]+`).FindString(string(out))
	if code, _, errOut := kommunpuls(t, "snapshot", "key", "--dir", a.dir); code != exitOK {
		t.Fatal(errOut)
	}
	text, err := os.ReadFile(config)
	if err != nil {
		t.Fatal(err)
	}
	a.config = filepath.Join(filepath.Dir(config), "audited.yaml")
	put(t, a.config, string(text)+"snapshot:\n  dir: "+a.dir+"\n  key: ${file:"+filepath.Join(a.dir, "snapshot.key")+"}\n  recipients: ["+recipient+"]\n  timestamp: {url: \""+a.tsa.URL+"\", ca: "+a.tsa.CA+"}\n")

	told, _ := a.run(exitOK, "create")
	a.says(told, "Krypterat      underlaget öppnas bara av dem", "Tidsstämplad   2", "_underlag.zip.age")
	first := a.newest()
	a.hasNoPseudonymOfTheStore(first)
	a.corrections(first)
	a.aServerThatIsGone()

	told, _ = a.run(exitOK, "verify", "--chain", a.dir, "--key", filepath.Join(a.dir, "snapshot.pub"), "--identity", a.identity, "--timestamp-ca", a.tsa.CA)
	a.says(told, "Kedjan hänger ihop: 3 ögonblicksbilder, den nyaste "+a.newest().Name, "Om någon har tagit bort en ännu nyare", "rättad av")
	a.forgotten(first)
	a.aGap(first)
}

func (a audited) hasNoPseudonymOfTheStore(e seal.Entry) {
	a.Helper()
	clear := filepath.Join(a.TempDir(), "underlag.zip")
	told, _ := a.run(exitOK, "verify", a.report(e.Name), "--key", filepath.Join(a.dir, "snapshot.pub"), "--identity", a.identity, "--timestamp-ca", a.tsa.CA, "--out", clear)
	a.says(told, "Underlaget är öppnat med den angivna nyckeln", "CN=Exempelklockan", "Bilden står på sin plats i kedjan", "Underskriften är gjord med den angivna nyckeln")
	pseudonym := regexp.MustCompile(`[0-9a-z]{1,16}-[0-9a-f]{32}`)
	files, seen := 0, 0
	for _, name := range []string{a.report(e.Name), clear} {
		b, err := os.ReadFile(name)
		if err != nil {
			a.Fatal(err)
		}
		a.texts(b, func(file, text string) {
			files++
			for _, p := range pseudonym.FindAllString(text, -1) {
				if seen++; !strings.HasPrefix(p, e.PseudonymKey+"-") {
					a.Errorf("%s has %s", file, p)
				}
			}
			if strings.HasSuffix(file, "om.json") && !strings.Contains(text, `"pseudonym_key_id": "`+e.PseudonymKey+`"`) {
				a.Error(text)
			}
		})
	}
	if e.PseudonymKey == "" || files < 200 || seen < 5000 {
		a.Errorf("key %q, %d files and %d pseudonyms were looked at", e.PseudonymKey, files, seen)
	}
}

// texts calls each for every file of a ZIP, those within a workbook and what a
// PDF says too.
func (a audited) texts(whole []byte, each func(file, text string)) {
	a.Helper()
	z, err := zip.NewReader(bytes.NewReader(whole), int64(len(whole)))
	if err != nil {
		a.Fatal(err)
	}
	for _, f := range z.File {
		r, err := f.Open()
		if err != nil {
			a.Fatal(err)
		}
		b, err := io.ReadAll(r)
		if err != nil {
			a.Fatal(err)
		}
		switch path.Ext(f.Name) {
		case ".xlsx", ".docx", ".zip":
			a.texts(b, each)
		case ".pdf":
			cmd := exec.Command(testneed.Program(a.T, "pdftotext"), "-", "-")
			cmd.Stdin = bytes.NewReader(b)
			out, err := cmd.Output()
			if err != nil {
				a.Fatal(err)
			}
			each(f.Name, string(out))
		default:
			each(f.Name, string(b))
		}
	}
}

func (a audited) corrections(of seal.Entry) {
	a.Helper()
	before, err := os.ReadFile(a.report(of.Name))
	if err != nil {
		a.Fatal(err)
	}
	a.run(exitUsage, "create", "--corrects", of.Name)
	a.run(exitUsage, "create", "--note", "fel")
	_, errOut := a.run(exitUsage, "create", "--corrects", "kommunen_2020-01-01", "--note", "fel")
	a.says(errOut, "kommunen_2020-01-01 finns inte i kedjan")
	told, _ := a.run(exitOK, "create", "--corrects", of.Name, "--note", "Leverantörerna var 150, inte 300")
	a.says(told, "Rättar         "+of.Name+": Leverantörerna var 150, inte 300")
	by := a.newest()
	if !by.AsOf.Equal(of.AsOf) || by.Corrects == nil || by.Corrects.SHA256 != of.Report {
		b, _ := json.Marshal(by)
		a.Errorf("%s", b)
	}
	after, err := os.ReadFile(a.report(of.Name))
	if err != nil || !bytes.Equal(before, after) {
		a.Error("the corrected snapshot was changed", err)
	}
	told, _ = a.run(exitOK, "verify", a.report(of.Name))
	a.says(told, "Bilden är rättad av "+by.Name+" den 20", ": Leverantörerna var 150, inte 300")
}

func (a audited) aServerThatIsGone() {
	a.Helper()
	a.tsa.Does(tsatest.Broken)
	told, errOut := a.run(exitReached, "create")
	name := a.newest().Name
	a.says(told, "Fingeravtryck", "Tidsstämplad   nej; försök igen med: kommunpuls snapshot timestamp "+name)
	a.says(errOut, "ögonblicksbilden är gjord men inte tidsstämplad", "500")
	a.run(exitReached, "timestamp", name)
	a.tsa.Does(tsatest.None)
	told, _ = a.run(exitOK, "timestamp")
	a.says(told, name+"  tidsstämplad 2")
	_, errOut = a.run(exitUsage, "timestamp", name)
	a.says(errOut, "har redan en tidsstämpel")
	told, _ = a.run(exitOK, "timestamp")
	a.says(told, "Alla ögonblicksbilder är tidsstämplade.")
}

func (a audited) forgotten(e seal.Entry) {
	a.Helper()
	told, _ := a.run(exitOK, "forget", e.Name, "--decision", "KS 2026/145")
	a.says(told, "Nyckeln till pseudonymerna i "+e.Name, "med beslutet KS 2026/145")
	_, errOut := a.run(exitUsage, "forget", e.Name, "--decision", "KS 2026/145")
	a.says(errOut, e.Name+" har ingen nyckel kvar")
	told, _ = a.run(exitOK, "list")
	a.says(told, e.Name, "nyckeln till pseudonymerna förstörd", "underskriven, tidsstämplad 2", "underlaget krypterat", seal.Fingerprint(e.Report))
	kept, err := filepath.Glob(filepath.Join(filepath.Dir(a.config), "data", "snapshot-keys", "*.json"))
	if err != nil || len(kept) == 0 {
		a.Fatal(kept, err)
	}
	for _, name := range kept {
		b, err := os.ReadFile(name)
		if err != nil || strings.Contains(string(b), e.PseudonymKey) {
			a.Error("the key is still there", name, err)
		}
	}
}

func (a audited) aGap(first seal.Entry) {
	a.Helper()
	file := filepath.Join(a.dir, seal.ChainFile)
	b, err := os.ReadFile(file)
	if err != nil {
		a.Fatal(err)
	}
	lines := strings.SplitAfter(string(b), "\n")
	put(a.T, file, lines[0]+lines[2])
	told, _ := a.run(exitNo, "verify", "--chain", a.dir)
	a.says(told, "Kedjan håller inte.", "hänger inte ihop med raden före: en ögonblicksbild har tagits bort eller lagts in i efterhand")
	_, errOut := a.run(exitNo, "create")
	a.says(errOut, "kedjan håller inte")
	told, _ = a.run(exitNo, "verify", a.report(first.Name))
	a.says(told, "Ögonblicksbilden håller inte")
	told, _ = a.run(exitNo, "list", "--dir", a.dir)
	a.says(told, first.Name)
}
