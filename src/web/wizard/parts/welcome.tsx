import type { PluginCardFragment } from '../../../generated/documents/graphql.js'
import { texts } from '../texts.js'
import { useStartSetup } from '../use-start-setup.js'
import { StartRefusal } from './start-refusal.js'

/** Greets a person who hasn't set up anything yet, and offers to start with one plugin. */
export function Welcome({ plugin }: { plugin: PluginCardFragment }) {
  const { start, starting, refusal } = useStartSetup()
  return (
    <section className="welcome card" aria-labelledby="welcome">
      <div className="welcome__words">
        <h2 id="welcome">{texts.welcome.title}</h2>
        <p className="soft">{texts.welcome.lead}</p>
        <ol className="welcome__steps">
          {texts.welcome.steps.map((step) => (
            <li key={step}>{step}</li>
          ))}
        </ol>
        <div className="actions">
          <button
            type="button"
            className="button button--primary"
            aria-disabled={starting}
            onClick={() => start(plugin)}
          >
            {texts.welcome.start(plugin.name)}
          </button>
        </div>
        <StartRefusal refusal={refusal} />
      </div>
      <Patchbay />
    </section>
  )
}

/** Two rows of sockets, and cables in the colors of the sandbox's apps between them. */
function Patchbay() {
  return (
    <svg className="welcome__picture" viewBox="0 0 320 220" aria-hidden="true">
      <rect className="welcome__panel" x="14" y="18" width="292" height="74" rx="18" />
      <rect className="welcome__panel" x="14" y="128" width="292" height="74" rx="18" />
      {SOCKETS.map((x) => (
        <g key={x}>
          <circle className="welcome__socket" cx={x} cy="55" r="15" />
          <circle className="welcome__socket" cx={x} cy="165" r="15" />
        </g>
      ))}
      {CABLES.map(({ from, to, color }) => (
        <g key={color} stroke={color} fill={color}>
          <path className="welcome__cable" d={`M${from} 55C${from} 118 ${to} 102 ${to} 165`} />
          <circle cx={from} cy="55" r="8" />
          <circle cx={to} cy="165" r="8" />
        </g>
      ))}
    </svg>
  )
}

const SOCKETS = [50, 105, 160, 215, 270]
const CABLES = [
  { from: 50, to: 105, color: '#b4234a' },
  { from: 160, to: 50, color: '#0b8276' },
  { from: 215, to: 270, color: '#6d4be0' },
] as const
