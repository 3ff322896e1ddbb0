package access

import (
	"encoding/json"
	"errors"
	"fmt"
	"html/template"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/kommunpuls/kommunpuls/internal/expose/web"
)

// page is what somebody is told instead of what was asked for.
type page struct {
	title, text string // Swedish
	en          string
	again       bool // with a link to log in
	logout      bool // with a button to log out
}

var (
	needsLogin     = page{title: "Logga in", text: "Sidan visas bara för den som har loggat in. Program anger api_token som Authorization: Bearer … eller ett lösenord.", en: "Log in to see this page."}
	wrongPassword  = page{title: "Fel lösenord", text: "Namnet, lösenordet eller api_token stämmer inte.", en: "The user name, password or api_token is wrong."}
	noWayIn        = page{title: "Ingen kan logga in", text: "Varken inloggning, lösenord eller api_token är satt i konfigurationen, så siffror och rader lämnas inte ut.", en: "No way to log in is configured, so neither figures nor rows are shown."}
	roleTooSmall   = page{title: "Din roll räcker inte", text: "Du är inloggad, men din roll ger inte rätt till det här.", en: "You are logged in, but your role does not allow this.", logout: true}
	hugeCookie     = page{title: "För stora kakor", text: "Webbläsaren skickade kakor som är större än 8 kB. Rensa kakorna för webbplatsen och försök igen.", en: "The browser sent more than 8 kB of cookies. Clear them for this site and try again."}
	loggedOut      = page{title: "Du är utloggad", text: "Du är utloggad från kommunpuls, men kan fortfarande vara inloggad på kommunens konto. Lås eller stäng datorn om någon annan använder den.", en: "You are logged out of kommunpuls, but may still be logged in to the municipality's account.", again: true}
	stillIn        = page{title: "Logga ut", text: "Du är inloggad i kommunpuls.", en: "You are logged in.", logout: true}
	badState       = page{title: "Inloggningen gick inte att slutföra", text: "Den började inte i den här webbläsaren, har redan använts eller tog längre tid än tio minuter.", en: "The login did not begin in this browser, has been used already or took more than ten minutes.", again: true}
	otherIssuer    = page{title: "Svaret kommer från fel inloggningstjänst", text: "Det godtas inte. Kontakta it-avdelningen om det händer igen.", en: "The answer is of another identity provider and is not accepted.", again: true}
	denied         = page{title: "Inloggningstjänsten släppte inte in dig", text: "Inloggningen avbröts, eller så saknar ditt konto behörighet. Kontakta it-avdelningen om det är fel.", en: "The login was cancelled, or your account is not allowed in.", again: true}
	badCode        = page{title: "Inloggningen gick inte att slutföra", text: "Inloggningstjänsten godtog inte den engångskod som webbläsaren hade med sig. Den kan redan vara använd.", en: "The identity provider did not accept the code; it may have been used already.", again: true}
	badToken       = page{title: "Inloggningen godtas inte", text: "Beviset från inloggningstjänsten är inte giltigt för kommunpuls: det är utfärdat av någon annan, för någon annan tjänst eller med okänd signatur.", en: "The token is not valid here: it was issued by or for somebody else, or its signature is unknown.", again: true}
	expiredToken   = page{title: "Inloggningen har gått ut", text: "Beviset från inloggningstjänsten gäller inte längre. Om det händer igen går klockorna olika; kontakta it-avdelningen.", en: "The token has expired. If this happens again the clocks differ.", again: true}
	clocksDiffer   = page{title: "Klockorna går olika", text: "Inloggningstjänstens klocka och den här datorns skiljer sig mer än fem minuter. Kontakta it-avdelningen.", en: "The identity provider's clock and this one differ by more than five minutes.", again: true}
	otherLogin     = page{title: "Inloggningen godtas inte", text: "Beviset från inloggningstjänsten hör till en annan inloggning.", en: "The token belongs to another login.", again: true}
	noAnswer       = page{title: "Inloggningstjänsten svarar inte", text: "Kommunens inloggningstjänst går inte att nå just nu. Försök igen om en stund.", en: "The identity provider cannot be reached. Try again in a while.", again: true}
	noRole         = page{title: "Du har ingen behörighet här", text: "Inloggningen lyckades, men ditt konto är inte med i någon grupp som ger behörighet till kommunpuls. Be it-avdelningen om det.", en: "You are logged in, but your account is in no group that gives access. Ask your IT department.", again: true}
	noUnit         = page{title: "Din förvaltning är okänd", text: "Ditt konto ger behörighet till en förvaltning som inte finns i organisationen. Kontakta it-avdelningen.", en: "Your account gives access to a unit that is not known.", again: true}
	tooManyGroups  = page{title: "Ditt konto är med i för många grupper", text: "Inloggningstjänsten tog inte med dem. It-avdelningen kan använda approller i stället för grupper, eller bara skicka de grupper som är tilldelade kommunpuls.", en: "Your account is in too many groups for the identity provider to send them.", again: true}
	tooManyGuesses = page{title: "För många försök", text: "Vänta en stund och försök igen.", en: "Too many attempts. Wait a while and try again."}
	broken         = page{title: "Ett fel inträffade", text: "Inloggningen gick inte att slutföra; se loggen.", en: "Something went wrong; see the log.", again: true}
)

// failed answers for a login that failed and says why in the log, where nothing
// about the person stands.
func (a *Access) failed(w http.ResponseWriter, r *http.Request, err error) {
	p, code := broken, http.StatusInternalServerError
	for _, known := range []struct {
		err  error
		page page
		code int
	}{
		{errState, badState, http.StatusBadRequest},
		{errIssuer, otherIssuer, http.StatusBadRequest},
		{errDenied, denied, http.StatusForbidden},
		{errCode, badCode, http.StatusUnauthorized},
		{errExpired, expiredToken, http.StatusUnauthorized},
		{errClock, clocksDiffer, http.StatusUnauthorized},
		{errNonce, otherLogin, http.StatusUnauthorized},
		{errToken, badToken, http.StatusUnauthorized},
		{errNoRole, noRole, http.StatusForbidden},
		{errNoUnit, noUnit, http.StatusForbidden},
		{errTooManyGroups, tooManyGroups, http.StatusForbidden},
		{errProvider, noAnswer, http.StatusBadGateway},
	} {
		if errors.Is(err, known.err) {
			p, code = known.page, known.code
			break
		}
	}
	a.log.Warn("login refused", "err", err)
	a.say(w, r, code, p)
}

// tooMany answers those who must wait.
func (a *Access) tooMany(w http.ResponseWriter, r *http.Request, wait time.Duration) {
	w.Header().Set("Retry-After", strconv.Itoa(max(int((wait+time.Second-1)/time.Second), 1)))
	a.say(w, r, http.StatusTooManyRequests, tooManyGuesses)
}

// say answers with a page for people, and with JSON for programs.
func (a *Access) say(w http.ResponseWriter, r *http.Request, code int, p page) {
	if !forPeople(r) {
		w.Header().Set("Content-Type", "application/json; charset=utf-8")
		w.WriteHeader(code)
		if err := json.NewEncoder(w).Encode(map[string]string{"error": p.title + ". " + p.text}); err != nil {
			a.log.Debug("the client went away", "err", err)
		}
		return
	}
	var b strings.Builder
	err := sayPage.Execute(&b, map[string]any{
		"Title": p.title, "Text": p.text, "EN": p.en, "Municipality": a.cfg.Municipality, "CSS": a.style,
		"Login":    p.again && a.provider != nil,
		"Password": code == http.StatusUnauthorized && a.provider != nil && len(a.file.users()) > 0,
		"Logout":   p.logout && web.VisitorFrom(r.Context()).LoggedIn,
	})
	if err != nil {
		a.log.Error("a page of access", "err", err)
		http.Error(w, p.text, code)
		return
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.WriteHeader(code)
	if _, err := fmt.Fprint(w, b.String()); err != nil {
		a.log.Debug("the client went away", "err", err)
	}
}

var sayPage = template.Must(template.New("say").Parse(`<!doctype html>
<html lang="sv">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{{.Title}} – kommunpuls – {{.Municipality}}</title>
{{with .CSS}}<link rel="stylesheet" href="{{.}}">{{end}}
</head>
<body>
<main>
<h1>{{.Title}}</h1>
<p>{{.Text}}</p>
<p lang="en">{{.EN}}</p>
{{if .Login}}<p><a href="/login">Logga in med kommunens konto</a></p>{{end}}
{{if .Password}}<p><a href="/login/losenord">Logga in med lösenord</a></p>{{end}}
{{if .Logout}}<form method="post" action="/logout"><button type="submit">Logga ut</button></form>{{end}}
</main>
</body>
</html>
`))
