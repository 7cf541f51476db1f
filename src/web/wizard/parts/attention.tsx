import type { SetupScreenSetupFragment } from '../../../generated/documents/graphql.js'
import { texts } from '../texts.js'
import { Unbroken } from './unbroken.js'
import { whatNeedsAttention } from './what-needs-attention.js'

/** Names the apps that keep the setup from being ready: those that the person can repair, otherwise an administrator's. */
export function Attention({ setup }: { setup: SetupScreenSetupFragment }) {
  const attention = whatNeedsAttention(setup)
  if (!attention) return null
  const { from, apps } = attention
  const sentence = from === 'person' ? texts.setup.attention : texts.setup.onlyAdministrator
  return (
    <p className={from === 'person' ? 'notice notice--warn' : 'notice'}>
      <Unbroken text={sentence(texts.list(apps), apps.length)} names={apps} />
    </p>
  )
}
