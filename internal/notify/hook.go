package notify

import (
	"bytes"
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"time"
)

// Hook is an address that takes a POST. Whoever knows it can use it, so it
// stands in no log and no error.
type Hook struct {
	URL string
	// Secret signs what a webhook is sent; Teams takes no signature.
	Secret string
}

// Headers of a webhook. The signature is that of the time, a dot and the body.
const (
	SignatureHeader = "X-Kommunpuls-Signature"
	TimeHeader      = "X-Kommunpuls-Timestamp"
	IDHeader        = "X-Kommunpuls-Id"
)

// Sign makes the signature of a body sent at a time in seconds since 1970:
// sha256= and the HMAC in hexadecimal digits.
func Sign(secret, at string, body []byte) string {
	h := hmac.New(sha256.New, []byte(secret))
	h.Write([]byte(at + "."))
	h.Write(body)
	return "sha256=" + hex.EncodeToString(h.Sum(nil))
}

// webhook posts the message as JSON.
func (h *Hook) webhook(ctx context.Context, m Message) error {
	body, err := json.Marshal(m)
	if err != nil {
		return fmt.Errorf("%w: %w", errSettings, err)
	}
	at := strconv.FormatInt(time.Now().Unix(), 10)
	return request(ctx, http.MethodPost, h.URL, body, map[string]string{TimeHeader: at, SignatureHeader: Sign(h.Secret, at, body), IDHeader: m.ID})
}

// teams posts the message as an adaptive card, as a workflow that posts in a
// channel when a webhook request is received wants it.
func (h *Hook) teams(ctx context.Context, m Message) error {
	body, err := json.Marshal(card(m))
	if err != nil {
		return fmt.Errorf("%w: %w", errSettings, err)
	}
	return request(ctx, http.MethodPost, h.URL, body, nil)
}

// request makes one request that must be answered with success, follows no
// redirects and reads no answer.
func request(ctx context.Context, method, url string, body []byte, headers map[string]string) error {
	req, err := http.NewRequestWithContext(ctx, method, url, bytes.NewReader(body))
	if err != nil {
		return errSettings // the error would repeat the address
	}
	req.Header.Set("User-Agent", "kommunpuls")
	if len(body) > 0 {
		req.Header.Set("Content-Type", "application/json; charset=utf-8")
	}
	for k, v := range headers {
		req.Header.Set(k, v)
	}
	client := &http.Client{
		Transport:     &http.Transport{Proxy: http.ProxyFromEnvironment, ForceAttemptHTTP2: true, DisableKeepAlives: true},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
	resp, err := client.Do(req)
	if err != nil {
		return err
	}
	defer func() { _ = resp.Body.Close() }()
	_, _ = io.CopyN(io.Discard, resp.Body, 4096) // so that the connection ends as it should
	if resp.StatusCode < 200 || resp.StatusCode > 299 {
		return statusError(resp.StatusCode)
	}
	return nil
}

// card is an adaptive card in the envelope of Teams.
func card(m Message) map[string]any {
	text := func(s string, more map[string]any) map[string]any {
		b := map[string]any{"type": "TextBlock", "text": s, "wrap": true}
		for k, v := range more {
			b[k] = v
		}
		return b
	}
	body := []any{text(m.Title, map[string]any{"weight": "bolder", "size": "medium"})}
	var actions []any
	for i, t := range m.Alerts {
		if len(m.Alerts) > 1 {
			body = append(body, text(t.Summary, map[string]any{"weight": "bolder", "separator": i > 0}))
		}
		for _, s := range []string{t.Notice, t.Description} {
			if s != "" {
				body = append(body, text(s, nil))
			}
		}
		if i > 0 {
			continue // a card has room for few buttons
		}
		for _, a := range [][2]string{{"Läget", t.Link}, {"Så gör du", t.Runbook}} {
			if a[1] != "" {
				actions = append(actions, map[string]any{"type": "Action.OpenUrl", "title": a[0], "url": a[1]})
			}
		}
	}
	body = append(body, text(m.Municipality+", kommunpuls", map[string]any{"isSubtle": true, "size": "small"}))
	content := map[string]any{"$schema": "http://adaptivecards.io/schemas/adaptive-card.json", "type": "AdaptiveCard", "version": "1.4", "body": body}
	if len(actions) > 0 {
		content["actions"] = actions
	}
	return map[string]any{"type": "message", "attachments": []any{map[string]any{
		"contentType": "application/vnd.microsoft.card.adaptive", "contentUrl": nil, "content": content,
	}}}
}
