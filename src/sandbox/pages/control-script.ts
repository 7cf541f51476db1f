import { calm } from '../behavior.js'
import { grantActionWords } from './grant-action-words.js'

/** Runs in the browser. It reads `/control/api`, shows the state and sends what the person changes. */
export const controlScript = `
const notice = document.querySelector('#notice')
const element = (name, text, ...children) => {
  const made = document.createElement(name)
  if (text) made.textContent = text
  made.append(...children)
  return made
}
const calm = ${JSON.stringify(calm)}
const grantActions = ${JSON.stringify(grantActionWords)}
const GRANTS_SHOWN = 10
let changes = 0 // made on this page, so that it never shows a response that is older than a change

async function call(method, path, body) {
  if (method !== 'GET') changes++
  try {
    const response = await fetch('/control/api' + path, {
      method,
      headers: method === 'GET' ? {} : { 'content-type': 'application/json' },
      body: method === 'GET' ? undefined : JSON.stringify(body ?? {}),
    })
    const answer = await response.json()
    if (method !== 'GET' || notice.dataset.silent) say(response.ok ? '' : answer.error)
    return response.ok ? answer : null
  } catch {
    say('The sandbox isn’t responding. Is it running?')
    notice.dataset.silent = 'true'
    return null
  }
}

function say(words) {
  delete notice.dataset.silent
  write(notice, words)
}

function write(where, words) {
  if (where.textContent !== words) where.textContent = words
}

function show(app) {
  const section = document.getElementById(app.slug)
  const slot = (name) => section.querySelector('[data-slot=' + name + ']')
  const { counters: n } = app
  const held = app.held ? ', ' + app.held + '\u00a0on hold' : ''
  slot('state').textContent =
    plural(n.authorizationRequests, 'authorization') + ', ' + plural(n.tokenRequests, 'token request') +
    ' (' + plural(n.refreshes, 'refresh', 'refreshes') + (n.reuses ? ', ' + n.reuses + '\u00a0with a used token' : '') + '), ' +
    plural(n.revocations, 'revocation') + held
  for (const input of section.querySelectorAll('[data-behavior]')) {
    if (input === document.activeElement && input.dataset.kind === 'number') continue
    const value = app.behaviour[input.dataset.behavior]
    if (input.dataset.kind === 'toggle') input.checked = value
    else if (input.dataset.kind === 'scopes') input.checked = value.includes(input.value)
    else {
      if (input.dataset.kind === 'choice' && ![...input.options].some((option) => option.value === (value ?? ''))) {
        input.append(element('option', value)) // scripted through the API, with a name that isn't in the list
      }
      input.value = value ?? ''
    }
  }
  for (const details of section.querySelectorAll('details')) {
    const names = new Set([...details.querySelectorAll('[data-behavior]')].map((input) => input.dataset.behavior))
    const changed = [...names].filter((name) => JSON.stringify(app.behaviour[name]) !== JSON.stringify(calm[name]))
    const mark = details.querySelector('[data-slot=changed]')
    if (mark) mark.textContent = changed.length ? changed.length + '\u00a0changed' : ''
  }
  showGrants(section, slot, app)
  slot('requests').replaceChildren(
    ...app.requests.map(({ at, method, endpoint, status, error, parameters }) => {
      const line = at.slice(11, 19) + ' ' + method + ' ' + endpoint + ' ' + status + (error ? ' ' + error : '')
      const details = Object.entries(parameters).map(([name, value]) => name + '=' + value).join(' ')
      return element('li', line, element('br'), element('code', details))
    }),
  )
  if (app.requests.length === 0) slot('requests').replaceChildren(element('li', 'None yet.'))
}

const plural = (number, one, many = one + 's') => number + '\u00a0' + (number === 1 ? one : many)
const count = (number, noun) => (number === 0 ? 'no\u00a0' + noun + 's' : plural(number, noun))

function moment(iso) {
  const at = new Date(iso)
  const time = at.toLocaleTimeString([], { timeStyle: 'short' })
  return at.toDateString() === new Date().toDateString() ? time : at.toLocaleDateString() + ', ' + time
}

/** Updates rows in place, so that the button that was pressed keeps the focus. */
function showGrants(section, slot, app) {
  const list = slot('grants')
  const outcome = slot('outcome')
  const present = new Map([...list.children].map((row) => [row.dataset.grant ?? '', row]))
  const wanted = app.grants.toReversed().slice(0, GRANTS_SHOWN).map((grant) => {
    const row = present.get(grant.id) ?? grantRow(grant, app)
    const until = grant.accessTokensUntil ? ' (until ' + moment(grant.accessTokensUntil) + ')' : ''
    const words = {
      scopes: grant.scopes.join(', '),
      since: 'Since ' + moment(grant.grantedAt),
      tokens: count(grant.accessTokens, 'access token') + until + ', ' + count(grant.refreshTokens, 'refresh token'),
    }
    for (const [part, text] of Object.entries(words)) write(row.querySelector('[data-part=' + part + ']'), text)
    row.querySelector('[data-action=expire]').setAttribute('aria-disabled', grant.accessTokens === 0)
    row.querySelector('[data-action=break]').setAttribute('aria-disabled', grant.refreshTokens === 0)
    return row
  })
  const more = app.grants.length - wanted.length
  if (app.grants.length === 0) wanted.push(restRow(present, 'No access is granted now. Connect ' + app.name + ' in Patchbay to see it here.'))
  if (more > 0) wanted.push(restRow(present, 'And ' + more + '\u00a0more.'))
  // Remove old rows first: a row that has to move because of them would lose the focus.
  for (const row of [...list.children].filter((row) => !wanted.includes(row))) {
    if (row.contains(document.activeElement)) outcome.focus()
    row.remove()
  }
  wanted.forEach((row, place) => {
    if (list.children[place] !== row) list.insertBefore(row, list.children[place] ?? null)
  })
  slot('all').hidden = app.grants.length < 2
}

function restRow(present, words) {
  const row = present.get('') ?? element('li')
  row.className = 'rest'
  write(row, words)
  return row
}

function grantRow(grant, app) {
  const account = app.accounts.find(({ id }) => id === grant.account)
  const who = account?.email ?? grant.account
  const part = (name, tag) => {
    const made = element(tag)
    made.dataset.part = name
    return made
  }
  const buttons = grantActions.map(({ action, label }) => {
    const button = element('button', label)
    button.type = 'button'
    button.dataset.action = action
    button.dataset.grant = grant.id
    button.dataset.who = who
    button.dataset.testid = action + '-grant'
    button.setAttribute('aria-label', label + ' for ' + who + ' at ' + app.name + ', granted ' + moment(grant.grantedAt))
    button.setAttribute('aria-describedby', 'legend-' + action)
    return button
  })
  const row = element('li', '', element('b', who), part('since', 'small'), part('scopes', 'code'), part('tokens', 'small'))
  const group = element('div', '', ...buttons)
  group.className = 'row'
  row.append(group)
  row.dataset.grant = grant.id
  row.dataset.account = grant.account
  return row
}

async function refresh() {
  const before = changes
  const answer = await call('GET', '')
  if (before === changes) answer?.apps.forEach(show)
}

function valueOf(input) {
  if (input.dataset.kind === 'toggle') return input.checked
  if (input.dataset.kind === 'number') return input.value === '' ? null : Number(input.value)
  if (input.dataset.kind === 'choice') return input.value || null
  const boxes = input.closest('fieldset').querySelectorAll('[data-behavior]')
  return [...boxes].filter((box) => box.checked).map((box) => box.value)
}

document.addEventListener('change', async ({ target }) => {
  const name = target.dataset?.behavior
  if (!name || !target.reportValidity()) return
  const slug = target.closest('[data-app]').dataset.app
  const app = await call('PATCH', '/' + slug, { [name]: valueOf(target) })
  if (app) show(app)
})

document.addEventListener('click', async ({ target }) => {
  const button = target.closest?.('[data-action]')
  if (!button) return
  const section = button.closest('[data-app]')
  const slug = section?.dataset.app
  const { action, grant, who } = button.dataset
  const words = grantActions.find((each) => each.action === action)
  const tell = (text) => {
    const outcome = section?.querySelector('[data-slot=outcome]')
    if (!outcome) return
    outcome.textContent = text // even if the text is the same, because it happened again
    outcome.scrollIntoView({ block: 'nearest' })
  }
  if (button.getAttribute('aria-disabled') === 'true') return tell(words.nothing.replace('{who}', who))
  const answer = await call('POST', (slug ? '/' + slug : '') + '/' + action, grant ? { grant } : {})
  if (answer && words) {
    tell(words.done.replace('{who}', who ?? 'everyone') + ' at ' + new Date().toLocaleTimeString([], { timeStyle: 'medium' }) + '. ' + words.inPatchbay)
  } else if (answer) tell('')
  for (const app of answer?.apps ?? (answer ? [answer] : [])) show(app)
})

await refresh()
setInterval(() => document.visibilityState === 'visible' && refresh(), 1000)
document.addEventListener('visibilitychange', () => document.visibilityState === 'visible' && refresh())
`
