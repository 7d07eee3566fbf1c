// The report of a run: one page that needs nothing else, for a phone and for a desk, by day and by night.
import type { Outcome } from './load.ts'
import type { Options } from './options.ts'
import { plotsOf, type Plot } from './plots.ts'
import { figuresOf, hintsOf, verdictOf } from './sheet.ts'

export type Run = Outcome & { options: Options; at: Date }

export async function pageOf(run: Run): Promise<string> {
  const { measured, checks, options, steps, urls, own, broke, at } = run
  const verdict = verdictOf(measured, checks)
  const title = `Load test: ${options.scenario}, ${options.viewers} viewers, ${options.rate}/s`
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${escaped(title)}</title>
<style>${STYLE}</style>
</head>
<body>
<main>
<header>
<p class="verdict ${verdict === 'PASS' ? 'ok' : 'bad'}">${verdict}</p>
<h1>${escaped(title)}</h1>
<p class="soft">${escaped(`${options.seconds} s at ${own ? 'a server of its own on the embedded default' : urls.join(', ')}, ${at.toISOString().slice(0, 16).replace('T', ' ')} UTC`)}</p>
</header>
${broke === null ? '' : `<pre class="broke">${escaped(broke)}</pre>`}
${listed(hintsOf(measured))}
<section>
<h2>Thresholds</h2>
<table>
<thead><tr><th>What</th><th>Measured</th><th class="limit">Must be</th><th></th></tr></thead>
<tbody>
${checks.map(({ what, limit, value, holds }) => `<tr><th>${escaped(what)}</th><td>${escaped(value)}</td><td class="limit">${escaped(limit)}</td><td class="mark ${holds ? 'ok' : 'bad'}">${holds ? 'ok' : 'FAIL'}</td></tr>`).join('\n')}
</tbody>
</table>
</section>
<section>
<h2>Over time</h2>
<div class="plots">
${(await plotsOf(steps)).map(figure).join('\n')}
</div>
</section>
<section>
<h2>Figures</h2>
<table>
<tbody>
${figuresOf(measured)
  .map(([name, value]) => `<tr><th>${escaped(name)}</th><td>${escaped(value)}</td></tr>`)
  .join('\n')}
</tbody>
</table>
</section>
</main>
</body>
</html>
`
}

const figure = ({ title, narrow, wide }: Plot) =>
  `<figure><figcaption>${escaped(title)}</figcaption><div class="narrow">${narrow}</div><div class="wide">${wide}</div></figure>`

const listed = (hints: readonly string[]) =>
  hints.length === 0
    ? ''
    : `<ul class="hints">${hints.map((hint) => `<li>${escaped(hint)}</li>`).join('')}</ul>`

const ENTITIES: Record<string, string> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
}

export const escaped = (text: string): string => text.replace(/[&<>"']/g, (sign) => ENTITIES[sign] ?? '')

const STYLE = `
:root { --paper: #fff; --card: #f6f6f8; --ink: #1b1b22; --soft: #5d5d6b; --line: #dcdce2;
  --ok: #12703a; --bad: #b3151f; --one: #2563c9; --two: #b45309; --three: #b3156e; }
@media (prefers-color-scheme: dark) {
  :root { --paper: #131318; --card: #1c1c23; --ink: #ececf1; --soft: #a5a5b4; --line: #34343f;
    --ok: #5bd08c; --bad: #ff8087; --one: #7fb0ff; --two: #f0a850; --three: #ff86c3; }
}
* { box-sizing: border-box; }
body { margin: 0; background: var(--paper); color: var(--ink); font: 16px/1.5 system-ui, sans-serif; }
main { max-width: 1120px; margin: 0 auto; padding: 24px 16px 48px; }
h1 { font-size: 1.5rem; line-height: 1.25; margin: 8px 0 4px; }
h2 { font-size: 1.1rem; margin: 32px 0 8px; }
p { margin: 0; }
.soft { color: var(--soft); overflow-wrap: anywhere; }
.ok { color: var(--ok); } .bad { color: var(--bad); }
.verdict { display: inline-block; font-weight: 700; border: 2px solid; border-radius: 6px; padding: 0 10px; }
.broke { background: var(--card); border-left: 4px solid var(--bad); padding: 12px; white-space: pre-wrap;
  overflow-wrap: anywhere; }
.hints { background: var(--card); border-radius: 8px; margin: 16px 0; padding: 12px 12px 12px 32px; }
table { border-collapse: collapse; width: 100%; font-variant-numeric: tabular-nums; }
th, td { text-align: left; vertical-align: top; padding: 6px 12px 6px 0; border-bottom: 1px solid var(--line);
  overflow-wrap: anywhere; }
tbody th { font-weight: 600; } thead th { color: var(--soft); font-weight: 400; }
td:last-child { padding-right: 0; }
.limit, .mark { white-space: nowrap; }
.plots { display: grid; grid-template-columns: 1fr; gap: 16px; }
figure { align-self: start; margin: 0; padding: 12px; background: var(--card); border-radius: 8px; min-width: 0; }
figcaption { font-weight: 600; margin-bottom: 8px; }
figure svg { display: block; width: 100%; height: auto; }
.wide { display: none; }
@media (min-width: 700px) {
  .narrow { display: none; } .wide { display: block; }
}
@media (min-width: 1000px) {
  .plots { grid-template-columns: 1fr 1fr; }
  .narrow { display: block; } .wide { display: none; }
  figure:first-child { grid-column: 1 / -1; }
  figure:first-child .narrow { display: none; } figure:first-child .wide { display: block; }
}
`
