import { useState } from 'react'
import { type ConnectionCardFragment, VerifyConnectionDocument } from '../../generated/documents/graphql.js'
import { problemText, troubleText, uncheckedText } from './text-or-message.js'
import { texts } from './texts.js'
import { useWizard } from './wizard-context.js'

/** Checks a connection with the app, and returns what the app said. */
export function useVerify({ id, connector }: ConnectionCardFragment) {
  const { transport } = useWizard()
  const [isVerifying, setVerifying] = useState(false)
  const [said, say] = useState<{ isGood: boolean; text: string } | null>(null)
  async function verify() {
    if (isVerifying) return
    setVerifying(true)
    say(null)
    try {
      const { verifyConnection } = await transport.execute(VerifyConnectionDocument, { input: { connectionId: id } })
      if (verifyConnection.__typename !== 'ConnectedAccount')
        say({ isGood: false, text: uncheckedText(verifyConnection, connector.name) })
      else if (verifyConnection.status === 'LIVE') {
        say({ isGood: true, text: texts.connections.verifiedNow(connector.name) })
      } else if (verifyConnection.problem) {
        say({ isGood: false, text: problemText(verifyConnection.problem, connector.name) })
      }
    } catch (error) {
      say({ isGood: false, text: troubleText(error) })
    } finally {
      setVerifying(false)
    }
  }
  return { verify, isVerifying, said }
}
