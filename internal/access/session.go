package access

import (
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"sync"
	"time"
)

// maxSessions is how many are logged in at the same time at the most.
const maxSessions = 5_000

// session is what is remembered of somebody who logged in: no name, no address.
type session struct {
	role  string
	units []string // as the configuration names them

	begun, seen time.Time
}

// sessions are held in memory alone, by the hash of what the cookie holds. A
// restart ends them all; who is still logged in at the provider is let in again
// without being asked.
type sessions struct {
	lifetime, idle time.Duration
	now            func() time.Time

	mu    sync.Mutex
	byKey map[[sha256.Size]byte]*session
	swept time.Time
}

func newSessions(lifetime, idle time.Duration, now func() time.Time) *sessions {
	return &sessions{lifetime: lifetime, idle: idle, now: now, byKey: map[[sha256.Size]byte]*session{}}
}

// begin remembers a session and returns what its cookie holds.
func (s *sessions) begin(role string, units []string) (string, error) {
	var b [32]byte
	if _, err := rand.Read(b[:]); err != nil {
		return "", err
	}
	value := base64.RawURLEncoding.EncodeToString(b[:])
	now := s.now()
	s.mu.Lock()
	defer s.mu.Unlock()
	s.sweep(now)
	for len(s.byKey) >= maxSessions {
		s.dropOldest()
	}
	s.byKey[sha256.Sum256([]byte(value))] = &session{role: role, units: units, begun: now, seen: now}
	return value, nil
}

// find returns the session of a cookie's value, and notes that it was used.
func (s *sessions) find(value string) (session, bool) {
	now, key := s.now(), sha256.Sum256([]byte(value))
	s.mu.Lock()
	defer s.mu.Unlock()
	if now.Sub(s.swept) >= time.Minute {
		s.sweep(now)
	}
	at, ok := s.byKey[key]
	if !ok {
		return session{}, false
	}
	if s.over(at, now) {
		delete(s.byKey, key)
		return session{}, false
	}
	at.seen = now
	return *at, true
}

// end forgets a session.
func (s *sessions) end(value string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.byKey, sha256.Sum256([]byte(value)))
}

func (s *sessions) over(at *session, now time.Time) bool {
	return now.Sub(at.begun) >= s.lifetime || now.Sub(at.seen) >= s.idle
}

func (s *sessions) sweep(now time.Time) {
	s.swept = now
	for k, at := range s.byKey {
		if s.over(at, now) {
			delete(s.byKey, k)
		}
	}
}

func (s *sessions) dropOldest() {
	var oldest [sha256.Size]byte
	var seen time.Time
	for k, at := range s.byKey {
		if seen.IsZero() || at.seen.Before(seen) {
			oldest, seen = k, at.seen
		}
	}
	delete(s.byKey, oldest)
}
