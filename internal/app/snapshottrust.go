package app

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net/http"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"filippo.io/age"

	"github.com/kommunpuls/kommunpuls/internal/config"
	"github.com/kommunpuls/kommunpuls/internal/expose/snapshot/seal"
	"github.com/kommunpuls/kommunpuls/internal/privacy"
	"github.com/kommunpuls/kommunpuls/internal/store"
)

// snapshotKeysDir is where the keys to the pseudonyms of snapshots are kept.
const snapshotKeysDir = "snapshot-keys"

// ErrCorrection is returned for half a correction.
var ErrCorrection = errors.New("en rättelse behöver både vilken ögonblicksbild den rättar (--corrects) och vad som var fel (--note)")

// ErrNoTimestamp is returned where no server of time stamps is configured.
var ErrNoTimestamp = errors.New("ingen server för tidsstämplar är angiven; sätt snapshot.timestamp i konfigurationen")

// snapshotTrust is what makes a snapshot one that can be trusted.
type snapshotTrust struct {
	at         store.Point
	key        *seal.Key // nil without
	corrects   *seal.Correction
	recipients []age.Recipient
}

func (p *Parts) snapshotTrust(opt SnapshotOptions, dir string) (t snapshotTrust, err error) {
	t.at = opt.At
	s := p.Config.Snapshot
	if k := s.Key.Value(); k != "" {
		if t.key, err = seal.ParseKey([]byte(k)); err != nil {
			return t, fmt.Errorf("%w: %s: snapshot.key: %w", config.ErrInvalid, p.Config.Path, err)
		}
	}
	seen := map[string]bool{}
	for _, r := range slices.Concat(s.Recipients, opt.Recipients) {
		to, err := seal.ParseRecipient(r)
		if err != nil {
			return t, fmt.Errorf("%w: %w", config.ErrInvalid, err)
		}
		if !seen[r] {
			seen[r], t.recipients = true, append(t.recipients, to)
		}
	}
	if (opt.Corrects == "") != (opt.Note == "") {
		return t, fmt.Errorf("%w: %w", config.ErrInvalid, ErrCorrection)
	}
	if opt.Corrects == "" {
		return t, nil
	}
	chain, err := seal.ReadChain(dir)
	if err != nil {
		return t, err
	}
	e, err := chain.Find(opt.Corrects)
	if err != nil {
		return t, err
	}
	t.corrects = &seal.Correction{Name: e.Name, Note: opt.Note}
	if t.at.AsOf.IsZero() {
		t.at.AsOf = e.AsOf
	}
	return t, nil
}

func (p *Parts) pseudonymKeys() seal.PseudonymKeys {
	return seal.PseudonymKeys{Dir: filepath.Join(p.Config.Rel(p.Config.DataDir), snapshotKeysDir)}
}

// ForgetSnapshot destroys the key that leads from a snapshot's pseudonyms to
// those of the store, and enters it in the log of what has been removed. Without
// a decision nothing is destroyed: what comes back wraps [privacy.ErrDecision].
func (p *Parts) ForgetSnapshot(name, dir, decision string, now time.Time) (seal.Forgotten, error) {
	if decision = strings.TrimSpace(decision); decision == "" {
		return seal.Forgotten{}, fmt.Errorf("%w: en förstörd nyckel går inte att ersätta; ange gallringsbeslutet, till exempel --decision \"KS 2026/12 § 34\"", privacy.ErrDecision)
	}
	if dir == "" {
		dir = p.SnapshotDir()
	}
	log := p.gallringLog()
	if _, err := privacy.ReadLog(log); err != nil { // one that does not hold is not added to
		return seal.Forgotten{}, err
	}
	f, err := p.pseudonymKeys().Forget(dir, name, decision, now)
	if err != nil {
		return f, err
	}
	return f, privacy.AppendLog(log, privacy.Entry{At: now, What: privacy.LogKey, Decision: decision, File: strings.Join(f.Snapshots, ", ")})
}

// timestampServer is the configured one, nil without.
func (p *Parts) timestampServer() *seal.TimestampServer {
	t := p.Config.Snapshot.Timestamp
	if t == nil {
		return nil
	}
	issuers := x509.NewCertPool()
	issuers.AppendCertsFromPEM(t.CAPEM)
	// Whoever vouches for the time stamps may vouch for the server itself too.
	roots, err := x509.SystemCertPool()
	if err != nil {
		roots = x509.NewCertPool()
	}
	roots.AppendCertsFromPEM(t.CAPEM)
	return &seal.TimestampServer{
		URL: t.URL, Issuers: issuers, User: t.Username, Password: t.Password.Value(),
		Client: &http.Client{Timeout: t.Timeout.Std(), Transport: &http.Transport{
			Proxy: http.ProxyFromEnvironment, TLSClientConfig: &tls.Config{MinVersion: tls.VersionTLS12, RootCAs: roots}, DisableKeepAlives: true,
		}},
	}
}

// StampSnapshot asks the configured server for a time stamp of a snapshot in a
// folder, "" for the configured one.
func (p *Parts) StampSnapshot(ctx context.Context, dir, name string, now time.Time) (time.Time, error) {
	s := p.timestampServer()
	if s == nil {
		return time.Time{}, ErrNoTimestamp
	}
	if dir == "" {
		dir = p.SnapshotDir()
	}
	return s.Stamp(ctx, dir, name, now)
}

// stamp is StampSnapshot where a server is configured, nothing without one.
func (a *App) stamp(ctx context.Context, dir, name string) (time.Time, error) {
	at, err := a.Parts().StampSnapshot(ctx, dir, name, a.now())
	if errors.Is(err, ErrNoTimestamp) {
		err = nil
	}
	return at, err
}
