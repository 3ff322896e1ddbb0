package demo

import "fmt"

// Equipment of the municipality: school devices for 30,000 pupils, the staff's
// computers, printers on their way down from 800 to 400, servers on ten hosts.
const (
	schoolDevices = 4_500
	staffLaptops  = 2_200
	staffDesktops = 800
	printers      = 650
	hosts         = 10
	servers       = 300
	accessPoints  = 420
)

// writeEquipment writes the inventory.
func (w *world) writeEquipment(path string) error {
	rows := [][]string{{"Inventarienummer", "Enhetstyp", "Status", "Användare", "Förvaltning", "Inköpt", "Plattform", "Centralt skött", "Säker fjärranslutning", "IPv6", "Nätzon", "Fysisk värd"}}
	add := func(prefix, kind string, n int, rest func(i int) []string) {
		for i := range n {
			rows = append(rows, append([]string{fmt.Sprintf("%s%05d", prefix, i+1), kind}, rest(i)...))
		}
	}
	client := func(user string, years int, unit func(i int) string) func(int) []string {
		return func(i int) []string {
			platform := "Standard"
			if w.chance(6) {
				platform = "Egen"
			}
			return []string{"Aktiv", user, unit(i), w.ago(30 + w.rnd.IntN(years*365)), platform, yes(w.chance(96)), yes(w.chance(97)), "", "", ""}
		}
	}
	school := func(int) string { return "Utbildningsförvaltningen" }
	staff := func(int) string { return units[w.unitOf(w.rnd.IntN(500))].name }
	add("S", "Chromebook", schoolDevices, client("Elev", 4, school))
	add("B", "Bärbar dator", staffLaptops, client("Personal", 5, staff))
	add("D", "Stationär dator", staffDesktops, client("Personal", 7, staff))
	add("P", "Skrivare", printers, func(int) []string {
		return []string{"Aktiv", "Personal", staff(0), w.ago(90 + w.rnd.IntN(2000)), "", "", "", "", "", ""}
	})
	host := func(i int) string { return fmt.Sprintf("H%05d", i%hosts+1) }
	add("H", "Fysisk server", hosts, func(int) []string {
		return []string{"Aktiv", "", "IT-avdelningen", w.ago(200 + w.rnd.IntN(900)), "", "Ja", "", "Ja", "Ny", ""}
	})
	add("V", "Virtuell server", servers, func(i int) []string {
		zone := "Ny"
		if i%43 == 0 {
			zone = "Gammal"
		}
		return []string{"Aktiv", "", "IT-avdelningen", w.ago(30 + w.rnd.IntN(1500)), "", "Ja", "", yes(w.chance(35)), zone, host(i)}
	})
	add("A", "Accesspunkt", accessPoints, func(int) []string {
		return []string{"Aktiv", "", "Utbildningsförvaltningen", w.ago(100 + w.rnd.IntN(1800)), "", "Ja", "", yes(w.chance(60)), "Ny", ""}
	})
	return writeList(path, rows)
}
