import type { SetupScreenSetupFragment } from '../../../generated/documents/graphql.js'
import { texts } from '../texts.js'
import { useFresh } from '../use-fresh.js'
import { repairOfApp } from './steps-in-trouble.js'
import { WaitingFor } from './waiting-for.js'
import { waitingGroups } from './waiting-groups.js'

/** The person's copies of the skills, next to the steps: what each can do, or the apps that it is waiting for. */
export function SetupSkills({ setup }: { setup: SetupScreenSetupFragment }) {
  return (
    <section aria-labelledby="skills">
      <h2 id="skills">{texts.setup.skills}</h2>
      <div className="card panel">
        <p className="soft small">{texts.setup.skillsLead}</p>
        <ul className="skills">
          {setup.skills.map((skill) => (
            <Skill key={skill.id} skill={skill} steps={setup.steps} />
          ))}
        </ul>
      </div>
    </section>
  )
}

interface SkillProps {
  skill: SetupScreenSetupFragment['skills'][number]
  steps: SetupScreenSetupFragment['steps']
}

function Skill({ skill, steps }: SkillProps) {
  const { name, summary, ready, waitingFor } = skill
  const isFresh = useFresh(ready)
  return (
    <li className={`skill${ready ? ' skill--ready' : ''}${isFresh ? ' skill--fresh' : ''}`}>
      <h3>
        {name}
        {ready && <span className="skill__ready small"> {texts.mine.ready}</span>}
      </h3>
      <p className="soft small">
        {ready ? summary : <WaitingFor groups={waitingGroups(waitingFor, (app) => repairOfApp(app, steps))} />}
      </p>
    </li>
  )
}
