package demo

import "fmt"

// person is an employee with one account.
type person struct {
	name, login string
	unit        int
	enabled     bool
	leavesIn    int // days until the account expires; 0 is never
	lastLogin   int // days ago; -1 is never
	mfa         bool
	neverExpire bool
}

var firstNames = []string{"Anna", "Lars", "Eva", "Mikael", "Maria", "Anders", "Karin", "Johan", "Sara", "Per", "Lena", "Erik", "Kristina", "Karl", "Ingrid", "Nils", "Emma", "Jan", "Marie", "Peter", "Birgitta", "Hans", "Malin", "Daniel", "Jenny", "Fredrik", "Åsa", "Bengt", "Sofia", "Mats", "Ulla", "Andreas", "Linda", "Stefan", "Helena", "Sven", "Annika", "Bo", "Susanne", "Magnus", "Ulrika", "Oskar", "Camilla", "Leif", "Hanna", "Göran", "Elin", "Jonas", "Monica", "Björn", "Agneta", "Ali", "Fatima", "Amira", "Hassan", "Zahra", "Milan", "Jasmina", "Tuula", "Pekka", "Wilma", "Hugo", "Alva", "Elias", "Saga", "Liam", "Ella", "Noah", "Astrid", "Axel", "Freja", "Gustav", "Ester", "Viktor", "Märta", "Albin", "Tilda", "Kerstin", "Rolf", "Örjan"}

var lastNames = []string{"Andersson", "Johansson", "Karlsson", "Nilsson", "Eriksson", "Larsson", "Olsson", "Persson", "Svensson", "Gustafsson", "Pettersson", "Jonsson", "Jansson", "Hansson", "Bengtsson", "Jönsson", "Lindberg", "Jakobsson", "Magnusson", "Lindström", "Olofsson", "Lindqvist", "Lindgren", "Berg", "Axelsson", "Bergström", "Lundberg", "Lind", "Lundgren", "Lundqvist", "Mattsson", "Berglund", "Fredriksson", "Sandberg", "Henriksson", "Forsberg", "Sjöberg", "Wallin", "Engström", "Eklund", "Danielsson", "Lundin", "Håkansson", "Björk", "Bergman", "Gunnarsson", "Holm", "Wikström", "Samuelsson", "Isaksson", "Fransson", "Bergqvist", "Nyström", "Holmberg", "Arvidsson", "Löfgren", "Söderberg", "Nyberg", "Blomqvist", "Claesson", "Nordström", "Mårtensson", "Lundström", "Viklund", "Björklund", "Eliasson", "Berggren", "Sandström", "Nordin", "Ström", "Åberg", "Hermansson", "Ekström", "Falk", "Holmgren", "Dahlberg", "Hellström", "Hedlund", "Sundberg", "Sjögren", "Ek", "Blom", "Abrahamsson", "Martinsson", "Öberg", "Andreasson", "Strömberg", "Månsson", "Hansen", "Åkesson", "Dahl", "Lindholm", "Norberg", "Holmqvist", "Jonasson", "Sundström"}

// makePeople makes employees whose names are all different, so that a registry
// that names one of them names exactly one.
func (w *world) makePeople() []person {
	out := make([]person, 0, Employees)
	for u, un := range units {
		for range un.employees {
			i := len(out)
			p := person{
				name:    firstNames[i%len(firstNames)] + " " + lastNames[(i/len(firstNames))%len(lastNames)],
				login:   fmt.Sprintf("a%05d", i),
				unit:    u,
				enabled: w.rnd.IntN(100) >= 4, lastLogin: w.rnd.IntN(45),
				mfa: w.rnd.IntN(100) < 62, neverExpire: w.rnd.IntN(100) < 3,
			}
			switch r := w.rnd.IntN(100); {
			case r < 9:
				p.lastLogin = 190 + w.rnd.IntN(700)
			case r < 11:
				p.lastLogin = -1
			}
			if p.enabled && w.rnd.IntN(200) == 0 {
				p.leavesIn = 3 + w.rnd.IntN(80)
			}
			out = append(out, p)
		}
	}
	return out
}

// owners returns people who own systems: enabled, and named once.
func (w *world) owners(n int) []*person {
	var out []*person
	for i := range w.people {
		p := &w.people[i]
		if p.enabled && p.leavesIn == 0 && i%97 == 3 {
			out = append(out, p)
		}
		if len(out) == n {
			return out
		}
	}
	return out
}
