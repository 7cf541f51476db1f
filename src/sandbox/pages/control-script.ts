import { calm } from '../behaviour.js'

/** Runs in the browser: reads `/control/api`, shows it, sends what the person changes. */
export const controlScript = `
const notice = document.querySelector('#notice')
const element = (name, text, ...children) => {
  const made = document.createElement(name)
  if (text) made.textContent = text
  made.append(...children)
  return made
}
const calm = ${JSON.stringify(calm)}

async function call(method, path, body) {
  try {
    const response = await fetch('/control/api' + path, {
      method,
      headers: method === 'GET' ? {} : { 'content-type': 'application/json' },
      body: method === 'GET' ? undefined : JSON.stringify(body ?? {}),
    })
    const answer = await response.json()
    notice.textContent = response.ok ? '' : answer.error
    return response.ok ? answer : null
  } catch {
    notice.textContent = 'The sandbox does not answer. Is it running?'
    return null
  }
}

function show(app) {
  const section = document.getElementById(app.slug)
  const slot = (name) => section.querySelector('[data-slot=' + name + ']')
  const { counters: n } = app
  const held = app.held ? ', ' + app.held + ' held now' : ''
  slot('state').textContent =
    n.authorizationRequests + ' authorizations, ' + n.tokenRequests + ' token requests (' + n.refreshes + ' refreshes), ' +
    n.revocations + ' revocations' + held
  for (const input of section.querySelectorAll('[data-behaviour]')) {
    if (input === document.activeElement && input.dataset.kind === 'number') continue
    const value = app.behaviour[input.dataset.behaviour]
    if (input.dataset.kind === 'toggle') input.checked = value
    else if (input.dataset.kind === 'scopes') input.checked = value.includes(input.value)
    else input.value = value ?? ''
  }
  for (const details of section.querySelectorAll('details')) {
    const names = new Set([...details.querySelectorAll('[data-behaviour]')].map((input) => input.dataset.behaviour))
    const changed = [...names].filter((name) => JSON.stringify(app.behaviour[name]) !== JSON.stringify(calm[name]))
    const mark = details.querySelector('[data-slot=changed]')
    if (mark) mark.textContent = changed.length ? changed.length + ' changed' : ''
  }
  showAccounts(slot('accounts'), app)
  slot('requests').replaceChildren(
    ...app.requests.map(({ at, method, endpoint, status, error, parameters }) => {
      const line = at.slice(11, 19) + ' ' + method + ' ' + endpoint + ' ' + status + (error ? ' ' + error : '')
      const details = Object.entries(parameters).map(([name, value]) => name + '=' + value).join(' ')
      return element('li', line, element('br'), element('code', details))
    }),
  )
  if (app.requests.length === 0) slot('requests').replaceChildren(element('li', 'None yet.'))
}

function showAccounts(list, app) {
  const rows = app.accounts.map((account) => {
    const grants = app.grants.filter((grant) => grant.account === account.id)
    const scopes = [...new Set(grants.flatMap((grant) => grant.scopes))].filter((scope) => scope.includes('.'))
    const words = grants.length === 0
      ? 'No access given'
      : grants.length + (grants.length === 1 ? ' grant: ' : ' grants: ') + (scopes.join(', ') || 'identity only')
    const revoke = element('button', 'Revoke')
    revoke.type = 'button'
    revoke.disabled = grants.length === 0
    revoke.dataset.action = 'revoke'
    revoke.dataset.account = account.id
    revoke.dataset.testid = 'revoke-' + app.slug + '-' + account.id
    revoke.setAttribute('aria-label', 'Revoke access to ' + account.email)
    return element('li', '', element('span', account.email, element('small', words)), revoke)
  })
  const same = list.dataset.shown === rows.map((row) => row.textContent).join()
  if (same) return // keeps the focus on a button that did not change
  list.dataset.shown = rows.map((row) => row.textContent).join()
  list.replaceChildren(...rows)
}

async function refresh() {
  const answer = await call('GET', '')
  answer?.apps.forEach(show)
}

function valueOf(input) {
  if (input.dataset.kind === 'toggle') return input.checked
  if (input.dataset.kind === 'number') return input.value === '' ? null : Number(input.value)
  if (input.dataset.kind === 'choice') return input.value || null
  const boxes = input.closest('fieldset').querySelectorAll('[data-behaviour]')
  return [...boxes].filter((box) => box.checked).map((box) => box.value)
}

document.addEventListener('change', async ({ target }) => {
  const name = target.dataset?.behaviour
  if (!name || !target.reportValidity()) return
  const slug = target.closest('[data-app]').dataset.app
  const app = await call('PATCH', '/' + slug, { [name]: valueOf(target) })
  if (app) show(app)
})

document.addEventListener('click', async ({ target }) => {
  const button = target.closest?.('[data-action]')
  if (!button) return
  const slug = button.closest('[data-app]')?.dataset.app
  const { action, account } = button.dataset
  const answer = await call('POST', (slug ? '/' + slug : '') + '/' + action, account ? { account } : {})
  for (const app of answer?.apps ?? (answer ? [answer] : [])) show(app)
})

await refresh()
setInterval(() => document.visibilityState === 'visible' && refresh(), 2000)
`
