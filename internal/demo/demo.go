// Package demo makes a municipality that does not exist, as files such as a
// municipality has: a directory export (LDIF), a system registry and a list of
// governing documents (XLSX), a ticket export (CSV), lists of equipment,
// services, costs, projects, follow-up, surveys and disruptions (CSV), files of
// other municipalities (JSON), decisions and a config.
// The same now gives the same files.
package demo

import (
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"time"

	"github.com/kommunpuls/kommunpuls/internal/calendar"
)

// Name of the municipality and of the files in its folder.
const (
	Municipality  = "Exempelkommun"
	ConfigFile    = "kommunpuls.yaml"
	SystemsFile   = "Systemlista.xlsx"
	TicketsFile   = "arenden.csv"
	DocumentsFile = "Styrdokument.xlsx"
	DirectoryFile = "katalog.ldif"
	DecisionsFile = "beslut.yaml"
)

// Sizes of the municipality: those of a city with 30,000 pupils.
const (
	Systems   = 500
	Owned     = 75 // of them with an owner: 15.0 %
	Gold      = 10
	Silver    = 30
	WithSSO   = 11 // of gold and silver: 27.5 %
	Employees = 7_500
	Pupils    = 30_000
	Protected = 3
	schools   = 38
)

// unit is a förvaltning.
type unit struct {
	id, name  string
	employees int
	aliases   []string
}

var units = []unit{
	{"soc", "Socialförvaltningen", 4_500, []string{"Soc", "Socialtjänsten"}},
	{"utb", "Utbildningsförvaltningen", 1_900, []string{"UBF", "Barn och utbildning"}},
	{"tek", "Tekniska kontoret", 320, []string{"TK"}},
	{"sbk", "Stadsbyggnadskontoret", 180, []string{"SBK"}},
	{"kof", "Kultur- och fritidsförvaltningen", 210, []string{"KoF"}},
	{"mil", "Miljöförvaltningen", 60, nil},
	{"rtj", "Räddningstjänsten", 90, []string{"Rtj"}},
	{"klk", "Kommunledningskontoret", 80, []string{"KLK", "Kommunstyrelsen"}},
	{"it", "IT-avdelningen", 160, []string{"IT", "Adminkonton", "Tjänstekonton"}},
}

// world is what all files agree on.
type world struct {
	now    time.Time
	loc    *time.Location
	rnd    *rand.Rand
	people []person
	// systems are the rows of the registry, once it is written.
	systems [][]any
}

// Generate writes the municipality into dir, which it creates. listen is the
// address that goes into the config.
func Generate(dir string, now time.Time, listen string) error {
	loc := calendar.Location()
	w := &world{now: now.In(loc), loc: loc, rnd: rand.New(rand.NewPCG(1971, 290))}
	w.people = w.makePeople()
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return err
	}
	for _, f := range []struct {
		name string
		make func(path string) error
	}{
		{DirectoryFile, w.writeDirectory},
		{SystemsFile, w.writeSystems},
		{HistoryFolder, w.writeHistory},
		{TicketsFile, w.writeTickets},
		{DocumentsFile, w.writeDocuments},
		{EquipmentFile, w.writeEquipment},
		{ServicesFile, w.writeServices},
		{LedgerFile, w.writeLedger},
		{ProjectsFile, w.writeProjects},
		{FollowUpFile, w.writeFollowUp},
		{SurveysFile, w.writeSurveys},
		{DisruptionFile, w.writeDisruptions},
		{UnitsFile, w.writeUnits},
		{PeersFolder, w.writePeers},
		{DecisionsFile, w.writeDecisions},
		{StrategyFile, writeStrategy},
		{ConfigFile, func(p string) error { return writeConfig(p, listen) }},
	} {
		if err := f.make(filepath.Join(dir, f.name)); err != nil {
			return fmt.Errorf("demo: %s: %w", f.name, err)
		}
	}
	return nil
}

// day returns a date n days before now.
func (w *world) day(n int) time.Time { return w.now.AddDate(0, 0, -n) }

func pick[T any](r *rand.Rand, from []T) T { return from[r.IntN(len(from))] }
