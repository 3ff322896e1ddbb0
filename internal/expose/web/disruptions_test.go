package web

import (
	"encoding/json"
	"net/http"
	"testing"
	"time"
)

func TestADisruptionIsSaidReadyForTheSwitchboard(t *testing.T) {
	at := func(day, hour, minute int) time.Time { return time.Date(2026, 11, day, hour-1, minute, 0, 0, time.UTC) } // Stockholm
	school := func(since time.Time, targets ...DisruptedTarget) Disruption {
		return Disruption{Site: "centralskolan", Name: "Centralskolan", Since: since, Targets: targets}
	}
	icmp, web := DisruptedTarget{Metric: "icmp"}, DisruptedTarget{Metric: "http", Name: "e-tjänsten Bygglov"}
	behind := DisruptedTarget{Metric: "icmp", Behind: "kärnswitchen i stadshuset"}
	planned := school(at(16, 22, 0), icmp)
	planned.Planned = true
	for _, c := range []struct {
		d    Disruption
		now  time.Time
		want string
	}{
		{school(at(16, 9, 38), icmp), at(16, 9, 42), "Störning i nätet på Centralskolan sedan 09.38. Felsökning pågår. Nytt besked 10.15."},
		{school(at(16, 9, 38), icmp), at(16, 9, 45), "Störning i nätet på Centralskolan sedan 09.38. Felsökning pågår. Nytt besked 10.15."},
		{school(at(15, 23, 50), icmp), at(16, 0, 5), "Störning i nätet på Centralskolan sedan i går 23.50. Felsökning pågår. Nytt besked 00.45."},
		{school(at(13, 8, 0), icmp), at(16, 23, 40), "Störning i nätet på Centralskolan sedan den 13 november 08.00. Felsökning pågår. Nytt besked i morgon 00.15."},
		{school(at(16, 9, 0), behind, behind), at(16, 9, 1), "Störning i nätet på Centralskolan sedan 09.00. Felet finns i kärnswitchen i stadshuset, och felsökning pågår. Nytt besked 09.45."},
		{school(at(16, 9, 0), behind, icmp), at(16, 9, 1), "Störning i nätet på Centralskolan sedan 09.00. Felsökning pågår. Nytt besked 09.45."},
		{school(at(16, 9, 0), web), at(16, 9, 1), "Störning i e-tjänsten Bygglov sedan 09.00. Felsökning pågår. Nytt besked 09.45."},
		{planned, at(16, 22, 10), "Planerat arbete med nätet på Centralskolan sedan 22.00. Nytt besked 22.45."},
	} {
		c.d.Say(c.now)
		if c.d.Sentence != c.want {
			t.Errorf("%s\nwant %s", c.d.Sentence, c.want)
		}
	}
}

func TestDisruptionsAreListed(t *testing.T) {
	d := &recorder{}
	code, body, _ := do(t, d, request{url: "/api/v1/disruptions", auth: "Bearer " + token})
	if code != http.StatusOK || body != "[]\n" {
		t.Errorf("none: %d %s", code, body)
	}
	d.disruptions = []Disruption{{Site: "centralskolan", Name: "Centralskolan", Sentence: "Störning i nätet på Centralskolan sedan 09.38."}}
	_, body, _ = do(t, d, request{url: "/api/v1/disruptions", auth: "Bearer " + token})
	var got []Disruption
	if err := json.Unmarshal([]byte(body), &got); err != nil || len(got) != 1 || got[0].Sentence != d.disruptions[0].Sentence {
		t.Errorf("%s %v", body, err)
	}
}
