package web

const indexHTML = `<!doctype html>
<html lang="sv">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>kommunpuls – {{.Municipality}}</title>
<style>
body{font:1.05rem/1.55 Georgia,"Times New Roman",serif;color:#1c1c1c;background:#fff;max-width:56rem;margin:2.5rem auto;padding:0 1.2rem}
h1{font-size:1.7rem;margin:0 0 .2rem}table{font-size:.95rem}h2{font-size:1.15rem;margin:2rem 0 .5rem}
table{border-collapse:collapse;width:100%}th,td{text-align:left;padding:.35rem .8rem .35rem 0;border-bottom:1px solid #d5d5d5;vertical-align:top}
td.n,th.n{text-align:right;font-variant-numeric:tabular-nums}td{white-space:nowrap}td:first-child,td:last-child{white-space:normal}
.demo{border:2px solid #1f5673;padding:.3rem .7rem;display:inline-block;font-weight:bold;letter-spacing:.06em}
code{font:.92rem ui-monospace,Consolas,monospace}a{color:#1f5673}small,.m{color:#555}
</style>
<main>
{{if .Demo}}<p class="demo">DEMODATA</p>{{end}}
<h1>{{.Municipality}}</h1>
<p class="m">kommunpuls {{.Version}} är igång sedan {{clock .Started}}. Siffrorna räknades senast {{clock .EvaluatedAt}}.</p>
{{if .NotReady}}<p><strong>Inte klar än:</strong></p><ul>{{range .NotReady}}<li>{{.}}</li>{{end}}</ul>{{end}}
<h2>Källor</h2>
{{if .Sources}}<table>
<tr><th>Källa</th><th>Lästes senast</th><th>Innehållet ändrades</th><th class="n">Rader</th><th class="n">Avvisade</th><th>Läge</th></tr>
{{range .Sources}}<tr><td>{{.Name}} <small>({{.Type}})</small></td><td>{{clock .LastSuccess}}</td><td>{{clock .ContentAt}}</td><td class="n">{{.Seen}}</td><td class="n">{{.Refused}}</td>
<td>{{if .Held}}■ väntar på besked: många rader försvann{{else if .Reason}}■ {{.Reason}}{{else if .Late}}▲ sen{{else}}● läst{{end}}</td></tr>
{{end}}</table>{{else}}<p>Ingen källa är inlagd än. Börja med <code>kommunpuls init dinlista.xlsx</code>.</p>{{end}}
<h2>Adresser</h2>
<ul>
<li><a href="/metrics"><code>/metrics</code></a> – siffrorna för Prometheus</li>
<li><a href="/metrics/probes"><code>/metrics/probes</code></a> – nätmätningarna, ett mål för varje rad</li>
<li><a href="/status"><code>/status</code></a> – källornas läge</li>
<li><a href="/readyz"><code>/readyz</code></a> och <a href="/healthz"><code>/healthz</code></a> – för övervakning</li>
<li><code>/api/v1/kpis</code> och <code>/api/v1/kpis/</code><em>id</em> – siffror och raderna bakom dem; kräver <code>api_token</code></li>
<li><code>/api/v1/disruptions</code> – pågående störningar med text för växel och intranät; kräver <code>api_token</code></li>
</ul>
</main>
</html>
`
