import { html } from 'hono/html'
import type { ControlledApp } from '../controlled-app.js'
import { advancedWords, type Field, switchWords } from './behavior-words.js'
import { logo } from './brand.js'
import { controlCss } from './control-css.js'
import { controlScript } from './control-script.js'
import { grantActionWords } from './grant-action-words.js'
import { type Html, type Page, renderPage } from './page.js'

/** The page where people script the apps. Its script fills in the current state. */
export function controlPage(apps: readonly ControlledApp[]): Promise<Page> {
  const accents = apps.map(
    ({ state: { app } }) =>
      `#${app.slug}{--accent:${app.brand.accent}}@media (prefers-color-scheme:dark){#${app.slug}{--accent:${app.brand.accentOnDark}}}`,
  )
  return renderPage({
    title: 'Patchbay sandbox',
    css: controlCss + accents.join(''),
    script: controlScript,
    content: html`<header><div><h1>Sandbox apps</h1>
<p>Four pretend apps with their own sign-in and consent pages. Change how they behave, and watch what Patchbay does.</p></div>
<button type="button" data-action="reset" data-testid="reset-all">Reset all apps</button></header>
<p id="notice" role="status" aria-live="polite"></p>
<noscript><p>This page needs JavaScript. You can do the same with the JSON API at <code>/control/api</code>.</p></noscript>
<section class="legend" aria-labelledby="legend-name"><h2 id="legend-name">What can happen to a connection</h2>
<p>Connect an app in Patchbay. The access you grant appears below, with three buttons. Patchbay checks each connection every 15 seconds, or every minute in staging.</p>
<dl>${grantActionWords.map(
      ({ action, label, atTheApp, inPatchbay }) => html`<div id="legend-${action}"><dt>${label}</dt>
<dd>${atTheApp}</dd><dd class="then">${inPatchbay}</dd></div>`,
    )}</dl></section>
<div class="apps">${apps.map(card)}</div>`,
  })
}

function card({ issuer, signInUrl, state: { app } }: ControlledApp): Html {
  return html`<section id="${app.slug}" data-app="${app.slug}" aria-labelledby="${app.slug}-name">
<div class="title">${logo(app, 40)}<div><h2 id="${app.slug}-name">${app.name}</h2><code>${addressOf(issuer)}</code></div></div>
<p class="links"><a href="${signInUrl}">Sign in to ${app.name}</a></p>
<div class="switches">${switchWords.map((field) => control(field, app))}</div>
<h3 id="${app.slug}-grants">Granted access</h3>
<ul class="grants" data-slot="grants" aria-labelledby="${app.slug}-grants"></ul>
<p class="outcome" data-slot="outcome" role="status" tabindex="-1"></p>
<div class="row all" role="group" aria-label="Everyone’s access to ${app.name}" data-slot="all" hidden><span>Everyone’s access</span>
${grantActionWords.map(
  ({ action, label }) => html`<button type="button" data-action="${action}" data-testid="${action}-${app.slug}"
aria-label="${label} for everyone at ${app.name}" aria-describedby="legend-${action}">${label}</button>`,
)}</div>
<details><summary>Advanced<span data-slot="changed"></span></summary>
${advancedWords.map(
  ({ title, fields }) => html`<details><summary>${title}<span data-slot="changed"></span></summary>
${fields.map((field) => control(field, app))}</details>`,
)}</details>
<details><summary>Recent requests</summary><p class="state" data-slot="state"></p><ol class="requests" data-slot="requests"></ol></details>
<div class="row"><button type="button" data-action="reset" data-testid="reset-${app.slug}">Reset ${app.name}</button></div>
</section>`
}

/** Breaks only before the path, as long as each part fits. */
function addressOf(issuer: string): Html {
  const { origin } = new URL(issuer)
  return html`<span>${origin}</span><span>${issuer.slice(origin.length)}</span>`
}

function control(field: Field, app: ControlledApp['state']['app']): Html {
  const id = `${app.slug}-${field.name}`
  const words = html`<span><b>${field.label}</b><small id="${id}-help">${field.help}</small></span>`
  if (field.kind === 'scopes') {
    return html`<fieldset class="field" aria-describedby="${id}-help"><legend>${field.label}</legend><small id="${id}-help">${field.help}</small>
${app.scopes.map(
  (scope) =>
    html`<label><input type="checkbox" data-behavior="${field.name}" data-kind="scopes" value="${scope.name}"> ${scope.name}</label>`,
)}</fieldset>`
  }
  return html`<label class="field ${field.kind}" for="${id}">${words}${input(field, id)}</label>`
}

function input(field: Exclude<Field, { kind: 'scopes' }>, id: string): Html {
  if (field.kind === 'toggle') {
    return html`<input type="checkbox" role="switch" id="${id}" data-behavior="${field.name}" data-kind="toggle" aria-describedby="${id}-help">`
  }
  if (field.kind === 'choice') {
    return html`<select id="${id}" data-behavior="${field.name}" data-kind="choice" aria-describedby="${id}-help">
${field.empty === undefined ? '' : html`<option value="">${field.empty}</option>`}
${field.options.map((option) => html`<option>${option}</option>`)}</select>`
  }
  return html`<span class="amount"><input type="number" id="${id}" data-behavior="${field.name}" data-kind="number"
min="${field.min}" max="${field.max}" placeholder="${field.empty ?? ''}" ${field.empty === undefined ? 'required' : ''}
aria-describedby="${id}-help"><small>${field.unit}</small></span>`
}
