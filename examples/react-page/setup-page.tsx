import type { Setup, Transport } from 'patchbay/client'
import { useConnectApp, useSetup } from 'patchbay/client/react'
import { useState } from 'react'

type Step = Setup['steps'][number]

const STATUS: Record<Step['status'], string> = {
  NOT_CONNECTED: 'Not connected',
  AUTHORIZING: 'Connecting…',
  LIVE: 'Connected',
  MISSING_SCOPES: 'Needs permissions',
  EXPIRED: 'Access expired',
  BROKEN: 'Access revoked',
  UNAVAILABLE: 'Not available yet',
}

/** What the button offers; null where there is nothing that the user can do. */
function offerFor({ remedy, connector: { name } }: Step): string | null {
  switch (remedy) {
    case 'CONNECT':
      return `Connect ${name}`
    case 'REAUTHORIZE':
      return `Reconnect ${name}`
    case 'GRANT_SCOPES':
      return `Allow what is missing in ${name}`
    case 'WAIT':
      return `Start again with ${name}`
    default:
      return null
  }
}

/** A setup that is always up to date, on every device that shows it. */
export function SetupPage({ transport, setupId }: { transport: Transport; setupId: string }) {
  const { setup, gone, away } = useSetup(transport, setupId)
  if (gone) return <p role="alert">This setup was removed.</p>
  if (!setup) return <p role="status">{away ? 'We can’t reach the server. Trying again…' : 'Loading…'}</p>
  const { plugin, progress, status, steps } = setup
  // Connected, but the user or the app withheld a permission that the plugin needs.
  const lacking = progress.connected - progress.done
  return (
    <>
      <h1>{plugin.name}</h1>
      <p>{plugin.summary}</p>
      <p role="status">
        {status === 'READY'
          ? `${plugin.name} is ready.`
          : `${progress.connected} of ${progress.required} apps are connected${lacking > 0 ? `, ${lacking} without every permission` : ''}.`}
      </p>
      {away && <p role="alert">We can’t reach the server right now. This may be out of date.</p>}
      <ol>
        {steps.map((step) => (
          <SetupStep key={step.id} transport={transport} setupId={setupId} step={step} />
        ))}
      </ol>
    </>
  )
}

interface StepProps {
  transport: Transport
  setupId: string
  step: Step
}

function SetupStep({ transport, setupId, step }: StepProps) {
  const { connector, connection, requirement, status } = step
  const { state, connect, reopen, cancel } = useConnectApp(transport)
  const [fault, setFault] = useState<string>()
  const offer = offerFor(step)
  // A broken connection, or one without some permission, is repaired: the user has to consent with the same account.
  const isRepair = step.remedy === 'REAUTHORIZE' || step.remedy === 'GRANT_SCOPES'
  const start = () => {
    setFault(undefined)
    // In the click itself, or the browser blocks the window.
    connect({ connectorId: connector.id, setupId, ...(isRepair && connection && { connectionId: connection.id }) })
  }
  const isBusy = state?.phase === 'starting' || state?.phase === 'checking' || state?.phase === 'redirecting'
  return (
    <li>
      <h2>{connector.name}</h2>
      <p>
        {STATUS[status]}
        {connection?.account?.label && ` as ${connection.account.label}`}
      </p>
      {status !== 'LIVE' && (
        <>
          <p>{requirement.reason}</p>
          <ul>
            {requirement.permissions.map(({ scope, description }) => (
              <li key={scope}>{description ?? scope}</li>
            ))}
          </ul>
        </>
      )}
      {state?.phase === 'waiting' ? (
        <p>
          {state.popup === 'open'
            ? 'Continue in the other window.'
            : 'Did you close the window? Open it again, or cancel.'}
          <button type="button" onClick={reopen}>
            Show window
          </button>
          <button
            type="button"
            onClick={() => cancel().catch(() => setFault('We couldn’t reach the server. Try again.'))}
          >
            Cancel
          </button>
        </p>
      ) : (
        offer && (
          <button type="button" disabled={isBusy} onClick={start}>
            {offer}
          </button>
        )
      )}
      {step.remedy === 'ASK_OPERATOR' && <p>Ask your administrator to set up {connector.name}.</p>}
      <Outcome state={state} />
      {fault && <p role="alert">{fault}</p>}
    </li>
  )
}

/** Why an attempt on this page failed. That it succeeded is in the setup. */
function Outcome({ state }: Pick<ReturnType<typeof useConnectApp>, 'state'>) {
  switch (state?.phase) {
    case 'not-connected': {
      const { failure } = state.authorization
      return failure && <p role="alert">{[failure.message, failure.hint].filter(Boolean).join(' ')}</p>
    }
    case 'refused':
      return <p role="alert">{state.message}</p>
    case 'unreachable':
      return <p role="alert">We couldn’t reach the server. Try again.</p>
    default:
      return null
  }
}
