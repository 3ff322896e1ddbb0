package demo

import "os"

// Names of the strategy and of the same with its statuses filled in.
const (
	StrategyFile = "strategi.md"
	StatusFile   = "strategi.status.md"
)

// strategyText is a strategy in short, with markers for its statuses.
const strategyText = `# It-strategi för Exempelkommun

DEMODATA. Kommunen finns inte, och strategin är skriven för att visa hur läget fylls i.

## Tydligt ansvar

**Mål 3.** Varje verksamhetssystem har en ägare som finns kvar i kommunen.

{{goal 3}}

För socialförvaltningens system gäller: {{kpi system_owner_coverage förvaltning=Soc}}

## Säker åtkomst

**Mål 5.** De viktigaste systemen nås med kommunens egen inloggning.

{{goal 5}}

**Mål 7.** Uppgifterna i alla verksamhetssystem är klassade.

{{goal 7}}

## En enkel arbetsdag

| Mål | Läge |
|---|---|
| 4. Sju av tio fel är lösta inom ett dygn | {{goal 4}} |
| 10. Antalet skrivare är halverat | {{kpi printer_count}} |
| Vi vet hur mycket som skrivs ut | {{kpi print_volume}} |

## Drift

**Mål 11.** Kommunen har ett eget datacenter.

{{goal 11}}
`

func writeStrategy(path string) error {
	return os.WriteFile(path, []byte(strategyText), 0o600)
}
