import { useState } from 'react'
import type { ConnectionsQuery } from '../../../generated/documents/graphql.js'
import { useConnectApp } from '../../client/react.js'
import { texts } from '../texts.js'
import { useKeptFocus } from '../use-kept-focus.js'
import { useWizard } from '../wizard-context.js'
import { AppIcon } from './app-icon.js'
import { useAskingConnect } from './ask-variables.js'
import { ConnectProgress, type OpenAttempt, stageOf } from './connect-progress.js'
import { Failure, StartTrouble } from './connect-trouble.js'
import { isForAdministrator } from './steps-in-trouble.js'

interface OtherAppProps {
  app: ConnectionsQuery['connectors']['edges'][number]['node']
  /** An authorization of the app that is still open, wherever it was started. */
  pending: OpenAttempt | null
  /** Whether continuing is the page's primary action. */
  isPrimary: boolean
}

/** An app that the person hasn't connected yet, as a row. */
export function OtherApp({ app, pending, isPrimary }: OtherAppProps) {
  const { transport } = useWizard()
  const connecting = useConnectApp(transport)
  const asking = useAskingConnect(connecting, app)
  const row = useKeptFocus<HTMLLIElement>()
  const [isTried, setTried] = useState(false)
  const { state } = connecting
  const stage = stageOf(state, pending)
  const failure = state?.phase === 'not-connected' ? state.authorization.failure : null
  const isRetry = isTried && failure != null && !isForAdministrator(failure)
  const connect = () => {
    setTried(true)
    asking.connect({ connectorId: app.id })
  }
  return (
    <li ref={row} className="connection">
      <div className="connection__row connection__row--other">
        <AppIcon app={app} />
        <h3 tabIndex={-1} data-keep-focus>
          {app.name}
        </h3>
        {!stage && (
          <button
            type="button"
            className="button button--small"
            onClick={connect}
            aria-label={isRetry ? `${texts.step.tryAgain} ${app.name}` : texts.remedy.CONNECT(app.name)}
          >
            {isRetry ? texts.step.tryAgain : texts.connections.connect}
          </button>
        )}
      </div>
      <div className="connection__more">
        {stage && (
          <ConnectProgress
            app={app}
            stage={stage}
            connecting={connecting}
            onConnectHere={connect}
            purpose="connect"
            isPrimary={isPrimary}
            isSmall
          />
        )}
        {failure && <Failure failure={failure} app={app.name} />}
        <StartTrouble state={state} />
      </div>
      {asking.form}
    </li>
  )
}
