import type { SetupScreenSetupFragment } from '../../../generated/documents/graphql.js'
import { texts } from '../texts.js'

/** The person's copies of the skills, next to the steps, and the apps that each one is waiting for. */
export function SetupSkills({ setup }: { setup: SetupScreenSetupFragment }) {
  return (
    <section className="card panel" aria-labelledby="skills">
      <h2 id="skills">{texts.setup.skills}</h2>
      <p className="soft small">{texts.setup.skillsLead}</p>
      <ul className="skills">
        {setup.skills.map(({ id, name, ready, waitingFor }) => (
          <li key={id} className={ready ? 'skill skill--ready' : 'skill'}>
            <h3>{name}</h3>
            <p className="soft small">
              {ready ? texts.mine.ready : `${texts.mine.waitingFor} ${waitingFor.map(({ name }) => name).join(', ')}`}
            </p>
          </li>
        ))}
      </ul>
    </section>
  )
}
