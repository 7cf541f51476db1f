import { useId, useState } from 'react'
import type { ConnectorVariableFragment } from '../../../generated/documents/graphql.js'
import type { ConnectOptions } from '../../client/connect-app.js'
import type { useConnectApp } from '../../client/react.js'
import { texts } from '../texts.js'
import { useWizard } from '../wizard-context.js'
import { Dialog } from './dialog.js'
import { Unbroken } from './unbroken.js'

type Options = Omit<ConnectOptions, 'onChange'>
type Values = Readonly<Record<string, string>>

interface AskedApp {
  name: string
  variables: readonly ConnectorVariableFragment[]
}

/**
 * Connects an app, and asks for what its address contains first. A connection to repair has that already, unless the
 * server says that it doesn't.
 * @returns the function to call in the click, and the form while it's open
 */
export function useAskingConnect({ connect, state }: ReturnType<typeof useConnectApp>, app: AskedApp) {
  const [asked, ask] = useState<Options | null>(null)
  const { returnTo } = useWizard()
  const shared = { openingText: texts.step.opening(app.name), ...(returnTo !== null && { returnTo }) }
  const isMissing = state?.phase === 'refused' && state.error.__typename === 'InvalidVariablesError'
  return {
    connect(options: Options) {
      if (app.variables.length > 0 && (options.connectionId === undefined || isMissing)) ask(options)
      else connect({ ...options, ...shared })
    },
    form: asked && (
      <AskVariables
        app={app}
        onClose={() => ask(null)}
        onEntered={(variables) => {
          ask(null)
          connect({ ...asked, ...shared, variables })
        }}
      />
    ),
  }
}

interface AskVariablesProps {
  app: AskedApp
  onEntered(values: Values): void
  onClose(): void
}

/** Asks for what an app's address contains, such as a subdomain. Nothing is remembered. */
function AskVariables({ app, onEntered, onClose }: AskVariablesProps) {
  const formId = useId()
  const idOf = ({ name }: ConnectorVariableFragment) => `${formId}-${name}`
  const [values, setValues] = useState<Values>({})
  const [left, setLeft] = useState<ReadonlySet<string>>(new Set())
  const textOf = (variable: ConnectorVariableFragment) => values[variable.name] ?? variable.defaultValue ?? ''
  function confirm() {
    const tidy = Object.fromEntries(app.variables.map((each) => [each.name, tidied(each, textOf(each))]))
    setValues(tidy)
    setLeft(new Set(Object.keys(tidy)))
    const wrong = app.variables.find((each) => faultOf(each, tidy[each.name] ?? ''))
    if (wrong) document.getElementById(idOf(wrong))?.focus()
    else onEntered(tidy)
  }
  return (
    <Dialog
      title={texts.ask.title(app.name)}
      names={[app.name]}
      action={texts.ask.action}
      onConfirm={confirm}
      onClose={onClose}
    >
      <p className="soft">
        <Unbroken text={texts.ask.lead(app.name)} names={[app.name]} />
      </p>
      {app.variables.map((variable) => (
        <Variable
          key={variable.name}
          id={idOf(variable)}
          variable={variable}
          value={textOf(variable)}
          fault={left.has(variable.name) ? faultOf(variable, textOf(variable)) : null}
          onChange={(value) => setValues((before) => ({ ...before, [variable.name]: value }))}
          onLeave={() => {
            const value = textOf(variable)
            if (value.trim() === '') return
            setValues((before) => ({ ...before, [variable.name]: tidied(variable, value) }))
            setLeft((before) => new Set([...before, variable.name]))
          }}
        />
      ))}
    </Dialog>
  )
}

interface VariableProps {
  id: string
  variable: ConnectorVariableFragment
  value: string
  fault: string | null
  onChange(value: string): void
  onLeave(): void
}

function Variable({ id, variable, value, fault, onChange, onLeave }: VariableProps) {
  const { label, placeholder, hint, choices, prefix, suffix } = variable
  // A fault says what to enter, so it takes the hint's place.
  const isHinting = hint !== null && hint !== '' && fault === null
  const described = [isHinting && `${id}-hint`, fault && `${id}-fault`].filter(Boolean).join(' ')
  const field = {
    id,
    value,
    'aria-invalid': fault !== null,
    'aria-describedby': described || undefined,
    onChange: (event: { target: { value: string } }) => onChange(event.target.value),
    onBlur: onLeave,
  }
  return (
    <div className="asked">
      <label htmlFor={id}>{label}</label>
      <div className={fault ? 'field affixed affixed--bad' : 'field affixed'}>
        {prefix && <span className="soft affixed__part">{prefix}</span>}
        {choices ? (
          <select {...field}>
            {!choices.includes(value) && <option value="">{texts.ask.choose}</option>}
            {choices.map((choice) => (
              <option key={choice}>{choice}</option>
            ))}
          </select>
        ) : (
          <input
            {...field}
            placeholder={placeholder}
            autoCapitalize="none"
            autoComplete="off"
            autoCorrect="off"
            spellCheck={false}
            maxLength={200}
          />
        )}
        {suffix && <span className="soft affixed__part">{suffix}</span>}
      </div>
      {isHinting && (
        <p id={`${id}-hint`} className="soft small">
          {hint}
        </p>
      )}
      <p id={`${id}-fault`} className="asked__fault small" role="alert">
        {fault}
      </p>
    </div>
  )
}

function faultOf(variable: ConnectorVariableFragment, value: string): string | null {
  if (value.trim() === '') return texts.ask.missing
  return matches(variable, value) ? null : texts.ask.invalid(variable.placeholder)
}

/** Returns the part that is asked for, if a person entered the whole address or used capitals. */
function tidied(variable: ConnectorVariableFragment, text: string): string {
  const entered = text.trim()
  const lower = entered.toLowerCase()
  const { prefix, suffix } = variable
  const [before, address] = [prefix, entered].map((url) => url.replace(/^https?:\/\//i, ''))
  const host = lower.replace(/^https?:\/\//, '').replace(/\/.*$/, '')
  const part = suffix && host.endsWith(suffix) ? host.slice(0, -suffix.length) : lower
  const isWhole = !suffix && before && address?.toLowerCase().startsWith(before.toLowerCase())
  const inPath = isWhole ? (address?.slice(before.length).split(/[/?#]/)[0] ?? '') : lower
  return (
    [entered, lower, part, inPath, inPath.toLowerCase()].find((candidate) => matches(variable, candidate)) ?? entered
  )
}

/** The server decides. A pattern that this browser can't read refuses nothing here. */
function matches({ pattern, choices }: ConnectorVariableFragment, value: string): boolean {
  if (choices) return choices.includes(value)
  try {
    return new RegExp(`^(?:${pattern})$`).test(value)
  } catch {
    return true
  }
}
