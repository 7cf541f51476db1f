import { useEffect, useRef } from 'react'
import { Link } from 'wouter'
import type { SetupScreenSetupFragment } from '../../../generated/documents/graphql.js'
import { WIZARD_PATHS } from '../../../http/wizard/paths.js'
import { useSetup } from '../../client/react.js'
import { useAnnounce } from '../parts/announcer.js'
import { Attention } from '../parts/attention.js'
import { Empty } from '../parts/empty.js'
import { Glyph } from '../parts/glyph.js'
import { Loading } from '../parts/loading.js'
import { PluginHead, type PluginOfPage } from '../parts/plugin-head.js'
import { Progress } from '../parts/progress.js'
import { RemoveSetup } from '../parts/remove-setup.js'
import { SetupSkills } from '../parts/setup-skills.js'
import { SetupStatusPill } from '../parts/status-pill.js'
import { Step } from '../parts/step.js'
import { asksForMore, isBeingConnected, stepsToDo, wordFor } from '../parts/steps-in-trouble.js'
import { Unbroken } from '../parts/unbroken.js'
import { whatIsReady } from '../parts/what-is-ready.js'
import { texts } from '../texts.js'
import { useFresh } from '../use-fresh.js'
import { useKept } from '../use-kept.js'
import { useWizard } from '../wizard-context.js'

type Setup = SetupScreenSetupFragment

interface SetupPageProps {
  plugin: PluginOfPage
  setupId: string
  /** Called when the setup was removed, on this page or elsewhere. */
  onGone(where: 'here' | 'elsewhere'): void
}

/** The wizard itself: a plugin's setup, always up to date. */
export function SetupPage({ plugin, setupId, onGone }: SetupPageProps) {
  const { transport } = useWizard()
  const { setup: live, gone } = useSetup(transport, setupId)
  const setup = useKept(setupId, live)
  const isRemovedHere = useRef(false)
  useEffect(() => {
    if (gone) onGone(isRemovedHere.current ? 'here' : 'elsewhere')
  }, [gone, onGone])
  return (
    <>
      <PluginHead
        plugin={plugin}
        status={setup && <SetupStatusPill setup={setup} />}
        progress={
          setup &&
          setup.progress.required > 0 && (
            <Progress
              counts={setup.progress}
              hasOptional={setup.steps.some(({ requirement }) => requirement.optional)}
            />
          )
        }
      />
      {setup && !gone ? (
        <Screen
          setup={setup}
          onRemoving={() => {
            isRemovedHere.current = true
          }}
        />
      ) : (
        <Loading shape="columns" />
      )}
    </>
  )
}

function Screen({ setup, onRemoving }: { setup: Setup; onRemoving(): void }) {
  useAnnouncements(setup)
  const isReady = wordFor(setup) === 'READY'
  const isFresh = useFresh(isReady)
  const [required, optional] = [false, true].map((optional) =>
    setup.steps.filter(({ requirement }) => requirement.optional === optional),
  ) as [Setup['steps'], Setup['steps']]
  const next = nextOf(setup)
  const current = currentOf(setup)
  // Once there is nothing left to do, the page's primary action is to go on.
  const isDone = isReady && !next
  const step = (item: Setup['steps'][number]) => (
    <Step
      key={item.id}
      step={item}
      setup={setup}
      isNext={item === next}
      isCurrent={item === current}
      isPrimary={item === current && !isDone}
    />
  )
  return (
    <div className="wizard">
      {isReady && <Finish setup={setup} isFresh={isFresh} isPrimary={isDone} />}
      <Attention setup={setup} />
      <div className="wizard__steps">
        {required.length > 0 && (
          <section aria-labelledby="steps">
            <h2 id="steps">{setup.status === 'READY' ? texts.setup.stepsDone : texts.setup.steps}</h2>
            <ol className="steps card">{required.map(step)}</ol>
          </section>
        )}
        {optional.length > 0 && (
          <section aria-labelledby="optional-steps">
            <h2 id="optional-steps">{texts.setup.optionalSteps}</h2>
            <div className="card">
              <p className="steps__lead soft small">{texts.setup.optionalLead}</p>
              <ul className="steps steps--optional">{optional.map(step)}</ul>
            </div>
          </section>
        )}
        {setup.steps.length === 0 && (
          <section aria-labelledby="steps">
            <h2 id="steps">{texts.plugin.noApps}</h2>
            <Empty glyph="plug" title={texts.plugins.needsNothing} />
          </section>
        )}
      </div>
      <aside className="wizard__aside">
        <SetupSkills setup={setup} />
        <RemoveSetup setup={setup} onRemoving={onRemoving} />
      </aside>
    </div>
  )
}

interface FinishProps {
  setup: Setup
  isFresh: boolean
  /** Whether going on is the page's primary action. */
  isPrimary: boolean
}

/** Shown once every required app is live. */
function Finish({ setup, isFresh, isPrimary }: FinishProps) {
  const { plugin } = setup
  const { more, apps } = whatIsReady(setup)
  return (
    <section className={isFresh ? 'finish finish--fresh' : 'finish'} aria-labelledby="finish">
      <div className="finish__inner card">
        <span className="finish__mark" aria-hidden="true">
          <Glyph name="check" />
        </span>
        <div className="finish__words">
          <h2 id="finish">
            <Unbroken text={texts.setup.ready(plugin.name)} names={[plugin.name]} />
          </h2>
          <p className="soft">
            <Unbroken text={texts.setup.readyLead[more](texts.list(apps))} names={apps} />
          </p>
        </div>
        <div className="actions">
          <Link href={WIZARD_PATHS.mine} className={isPrimary ? 'button button--primary' : 'button'}>
            {texts.setup.toMine}
          </Link>
          <Link href={WIZARD_PATHS.plugins} className="button">
            {texts.setup.toPlugins}
          </Link>
        </div>
      </div>
    </section>
  )
}

/** What the person should do next. The API's own choice may be a step that only an administrator can help with. */
function nextOf(setup: Setup): Setup['steps'][number] | undefined {
  const toDo = stepsToDo(setup)
  return toDo.find(({ id }) => id === setup.nextStep?.id) ?? toDo[0]
}

/** The step that the person is connecting, here or elsewhere. Otherwise the next one. */
function currentOf(setup: Setup): Setup['steps'][number] | undefined {
  const next = nextOf(setup)
  return next && isBeingConnected(next) ? next : (setup.steps.find(isBeingConnected) ?? next)
}

/** Announces what changed since the last state to screen readers: first the steps, then whether the plugin is ready. */
function useAnnouncements(setup: Setup): void {
  const announce = useAnnounce()
  const before = useRef(setup)
  useEffect(() => {
    const last = before.current
    before.current = setup
    if (last === setup) return
    const news = setup.steps.filter((step) => {
      const was = last.steps.find(({ id }) => id === step.id)
      return was && was.status !== step.status
    })
    const next = nextOf(setup) ?? setup.steps.find(({ id }) => id === setup.nextStep?.id)
    const said = news.map((step) => {
      const {
        status,
        connector: { name },
      } = step
      if (status === 'LIVE') return texts.announce.live(name, next?.connector.name ?? null)
      if (status === 'AUTHORIZING') return texts.announce.waiting(name)
      if (status === 'NOT_CONNECTED' || status === 'UNAVAILABLE') return null
      return asksForMore(step, setup) ? texts.step.asksForMore(name) : texts.announce.broken(name)
    })
    if (wordFor(setup) === 'READY' && wordFor(last) !== 'READY') said.push(texts.announce.ready(setup.plugin.name))
    const words = said.filter((text) => text !== null)
    if (words.length > 0) announce(words.join(' '))
  }, [setup, announce])
}
