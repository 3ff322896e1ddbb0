package main

import (
	"crypto/x509"
	"errors"
	"fmt"
	"io/fs"
	"os"

	"github.com/kommunpuls/kommunpuls/internal/expose/snapshot"
	"github.com/kommunpuls/kommunpuls/internal/expose/snapshot/seal"
)

type snapshotVerifyCmd struct {
	File        string `arg:"" name:"fil" optional:"" help:"Redovisningens ZIP-fil; underlaget ska ligga bredvid. (The report's ZIP.)"`
	Chain       string `help:"Kontrollera varje ögonblicksbild i en mapp, och kedjan. (Check every snapshot of a folder.)" placeholder:"MAPP"`
	Key         string `help:"Kommunens öppna nyckel. (The municipality's public key.)" placeholder:"FIL"`
	Identity    string `help:"Hemlig nyckel för age, som öppnar krypterat underlag. (Opens encrypted evidence.)" placeholder:"FIL"`
	Out         string `help:"Skriv det öppnade underlaget till en fil; annars skrivs det ingenstans. (Keep the opened evidence.)" placeholder:"FIL"`
	Verbose     bool   `help:"Säg vilka siffror som inte går att räkna om ur raderna, och varför. (Name what cannot be recomputed.)"`
	TimestampCA string `name:"timestamp-ca" help:"Certifikat för den som utfärdar tidsstämplar. (Who is believed about time stamps.)" placeholder:"FIL"`
}

// Run checks a snapshot offline. Exit code 1 means that something does not hold.
func (c snapshotVerifyCmd) Run(e *env) error {
	if (c.File == "") == (c.Chain == "") {
		return usage("ange antingen redovisningens ZIP-fil eller --chain MAPP")
	}
	if c.Out != "" && (c.Identity == "" || c.Chain != "") {
		return usage("--out behöver --identity och en enda ögonblicksbild")
	}
	against, err := c.against()
	if err != nil {
		return usageError{err}
	}
	if c.Chain != "" {
		out, err := against.VerifyChain(e.ctx, c.Chain)
		if errors.Is(err, fs.ErrNotExist) {
			return usageError{err}
		}
		if err != nil {
			return err
		}
		return tellChain(e, out)
	}
	v, err := against.Verify(e.ctx, c.File)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return usage("%s finns inte", c.File)
	case errors.Is(err, snapshot.ErrEvidence):
		return usageError{err}
	case errors.Is(err, fs.ErrExist):
		return usage("%s finns redan, och skrivs inte över", c.Out)
	case err != nil:
		return err
	}
	return tellVerified(e, v, c.Verbose)
}

func (c snapshotVerifyCmd) against() (a snapshot.Against, err error) {
	a.OpenTo = c.Out
	if c.Key != "" {
		text, err := os.ReadFile(c.Key)
		if err == nil {
			a.Key, err = seal.ParsePublicKey(text)
		}
		if err != nil {
			return a, fmt.Errorf("--key: %w", err)
		}
	}
	if c.Identity != "" {
		f, err := os.Open(c.Identity)
		if err == nil {
			a.Identities, err = seal.ParseIdentities(f)
			err = errors.Join(err, f.Close())
		}
		if err != nil {
			return a, fmt.Errorf("--identity: %w", err)
		}
	}
	if c.TimestampCA != "" {
		text, err := os.ReadFile(c.TimestampCA)
		a.Issuers = x509.NewCertPool()
		if err == nil && !a.Issuers.AppendCertsFromPEM(text) {
			err = fmt.Errorf("%s har inget certifikat i PEM-form", c.TimestampCA)
		}
		if err != nil {
			return a, fmt.Errorf("--timestamp-ca: %w", err)
		}
	}
	return a, nil
}

func tellVerified(e *env, v snapshot.Verified, verbose bool) error {
	fmt.Fprintf(e.out, "%s\nFingeravtryck  %s\n\n", v.Name, v.Fingerprint)
	for _, f := range v.Faults {
		fmt.Fprintf(e.out, "■ %s: %s\n", f.What, f.Why)
	}
	for _, by := range v.CorrectedBy {
		fmt.Fprintf(e.out, "▲ Bilden är rättad av %s den %s: %s\n", by.Name, day(by.Created), by.Corrects.Note)
	}
	if v.Corrects != nil {
		fmt.Fprintf(e.out, "▲ Bilden rättar %s: %s\n", v.Corrects.Name, v.Corrects.Note)
	}
	if len(v.Faults) > 0 {
		fmt.Fprintf(e.out, "\nÖgonblicksbilden håller inte: %d fel.\n", len(v.Faults))
		return errNo
	}
	fmt.Fprintf(e.out, "● %d filer är oförändrade.\n", v.Files)
	if v.Signed {
		fmt.Fprintln(e.out, "● Underskriften är gjord med den angivna nyckeln.")
	}
	if v.Chained {
		fmt.Fprintln(e.out, "● Bilden står på sin plats i kedjan.")
	}
	if v.StampedBy != "" {
		fmt.Fprintf(e.out, "● Redovisningen fanns %s, enligt %s.\n", day(v.Stamped), v.StampedBy)
	}
	if v.Decrypted {
		fmt.Fprintln(e.out, "● Underlaget är öppnat med den angivna nyckeln.")
	}
	if v.Recomputed > 0 { // a remark says why there are none
		fmt.Fprintf(e.out, "● %d siffror är omräknade ur raderna och stämmer.\n", v.Recomputed)
	}
	for _, r := range v.Remarks {
		fmt.Fprintf(e.out, "○ %s\n", r)
	}
	if n := len(v.NotRecomputed); n > 0 && !verbose {
		fmt.Fprintf(e.out, "○ Vilka %d som inte är det, och varför, säger --verbose.\n", n)
	}
	if verbose {
		for _, f := range v.NotRecomputed {
			fmt.Fprintf(e.out, "○ %s: %s\n", f.What, f.Why)
		}
	}
	_, err := fmt.Fprintln(e.out, "\nDet visar att bilden är hel. Det visar inte att uppgifterna var rätt när de skrevs, eller att lagen följs.")
	return err
}

func tellChain(e *env, c snapshot.ChainVerified) error {
	for _, v := range c.Snapshots {
		sign := "●"
		if len(v.Faults) > 0 {
			sign = "■"
		}
		fmt.Fprintf(e.out, "%s %s  %s\n", sign, v.Name, v.Fingerprint)
		for _, f := range v.Faults {
			fmt.Fprintf(e.out, "  ■ %s: %s\n", f.What, f.Why)
		}
		for _, by := range v.CorrectedBy {
			fmt.Fprintf(e.out, "  ▲ rättad av %s den %s: %s\n", by.Name, day(by.Created), by.Corrects.Note)
		}
		for _, r := range v.Remarks {
			fmt.Fprintf(e.out, "  ○ %s\n", r)
		}
	}
	for _, f := range c.Faults {
		fmt.Fprintf(e.out, "■ %s: %s\n", f.What, f.Why)
	}
	if !c.Holds() {
		fmt.Fprintln(e.out, "\nKedjan håller inte.")
		return errNo
	}
	n := len(c.Snapshots)
	if n == 0 {
		_, err := fmt.Fprintln(e.out, "Kedjan är tom.")
		return err
	}
	_, err := fmt.Fprintf(e.out, "\nKedjan hänger ihop: %d ögonblicksbilder, den nyaste %s.\nOm någon har tagit bort en ännu nyare syns bara mot ett fingeravtryck som är diariefört eller mejlat till revisorn.\n", n, c.Snapshots[n-1].Name)
	return err
}
