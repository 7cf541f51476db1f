import { useEffect, useId, useRef, useState } from 'react'
import { useQuery } from 'urql'
import { SignedInDocument, type SignedInQuery } from '../../../generated/documents/graphql.js'
import { isLanguage, LANGUAGES } from '../../../languages/languages.js'
import { applyLanguage, keepLanguage, keptLanguage } from '../language.js'
import { becomePerson } from '../people.js'
import { texts } from '../texts.js'
import { keepTheme, keptTheme, THEMES } from '../theme.js'
import { useKept } from '../use-kept.js'
import { useWizard } from '../wizard-context.js'
import { Glyph } from './glyph.js'
import { Hidden } from './hidden.js'

const signedIn = SignedInDocument.toString()

/**
 * Shows who is signed in, the theme and the language. In development and staging, it also has the people you can switch
 * to, and the sandbox.
 */
export function PersonMenu() {
  const { config, person } = useWizard()
  const [{ data: loaded }] = useQuery<SignedInQuery>({ query: signedIn })
  const data = useKept('signed-in', loaded)
  const [theme, setTheme] = useState(keptTheme)
  const menu = useRef<HTMLDetailsElement>(null)
  useClosing(menu)
  const name = data?.viewer.name
  return (
    <details className="person" ref={menu}>
      <summary>
        <span className="person__letter" data-letter={name?.slice(0, 1)} />
        <Hidden>{name ? `${texts.person.label}: ` : texts.person.label}</Hidden>
        {name && <span className="person__name">{name}</span>}
        {(config.isStaging || config.people) && (
          <span className="badge">{config.isStaging ? texts.person.staging : texts.person.demo}</span>
        )}
      </summary>
      <div className="person__menu card">
        {data && (
          <p className="person__who">
            <strong>{name}</strong>
            <span className="soft">{data.viewer.organization.name}</span>
          </p>
        )}
        {config.people && (
          <fieldset className="choices">
            <legend>{texts.person.switchTo}</legend>
            {config.people.map(({ id, name, organization }) => (
              <label key={id}>
                <input
                  type="radio"
                  name="person"
                  value={id}
                  checked={id === person}
                  onChange={() => becomePerson(id)}
                />
                <span>
                  {name}
                  <span className="soft small">, {organization}</span>
                </span>
                <Glyph name="check" />
              </label>
            ))}
          </fieldset>
        )}
        <fieldset>
          <legend>{texts.theme.label}</legend>
          <div className="segments">
            {THEMES.map((option) => (
              <label key={option}>
                <input
                  type="radio"
                  name="theme"
                  value={option}
                  checked={option === theme}
                  onChange={() => {
                    keepTheme(option)
                    setTheme(option)
                  }}
                />
                <span>{texts.theme[option]}</span>
              </label>
            ))}
          </div>
        </fieldset>
        {!config.language && <LanguageChoice />}
        {(config.sandboxUrl || config.explorerUrl) && (
          <div className="person__links">
            <p className="person__heading">{config.isStaging ? texts.person.staging : texts.person.development}</p>
            {config.sandboxUrl && (
              <a href={config.sandboxUrl} target="_blank" rel="noreferrer">
                {texts.person.sandbox}
              </a>
            )}
            {config.explorerUrl && (
              <a href={`${config.explorerUrl}${person ? `?as=${person}` : ''}`} target="_blank" rel="noreferrer">
                {texts.person.explorer}
              </a>
            )}
          </div>
        )}
        {config.signOutUrl && <SignOut address={config.signOutUrl} />}
      </div>
    </details>
  )
}

/** Signs out of staging. The page has no forms, so it sends the request itself. */
function SignOut({ address }: { address: string }) {
  const [failed, setFailed] = useState(false)
  const signOut = () =>
    fetch(address, { method: 'POST', redirect: 'manual' }).then(
      () => location.assign('/'),
      () => setFailed(true),
    )
  return (
    <div className="person__links">
      <button type="button" className="button button--small" onClick={signOut}>
        {texts.person.signOut}
      </button>
      {failed && <p role="alert">{texts.away.unreachable}</p>}
    </div>
  )
}

/** Lets the person choose the language. Until they do, it's the browser's. */
function LanguageChoice() {
  const { config } = useWizard()
  const selectId = useId()
  const [language, setLanguage] = useState(keptLanguage)
  return (
    <div className="person__language">
      <label htmlFor={selectId} className="person__heading">
        {texts.languages.label}
      </label>
      <select
        id={selectId}
        className="field field--small"
        value={language ?? ''}
        onChange={({ target: { value } }) => {
          const chosen = isLanguage(value) ? value : null
          keepLanguage(chosen)
          setLanguage(chosen)
          // Offline, it takes effect when the page is loaded again.
          applyLanguage(config).catch(() => undefined)
        }}
      >
        <option value="">{texts.languages.browser}</option>
        {Object.entries(LANGUAGES).map(([code, name]) => (
          <option key={code} value={code} lang={code}>
            {name}
          </option>
        ))}
      </select>
    </div>
  )
}

/** Closes the menu on Escape, and on a click or focus outside it. */
function useClosing(menu: React.RefObject<HTMLDetailsElement | null>): void {
  useEffect(() => {
    const close = (event: Event) => {
      const { current } = menu
      if (!current?.open) return
      const isEscape = event instanceof KeyboardEvent && event.key === 'Escape'
      if (event instanceof KeyboardEvent ? !isEscape : current.contains(event.target as Node)) return
      current.open = false
      if (isEscape) current.querySelector('summary')?.focus()
    }
    const events = ['keydown', 'pointerdown', 'focusin']
    for (const type of events) document.addEventListener(type, close)
    return () => {
      for (const type of events) document.removeEventListener(type, close)
    }
  }, [menu])
}
