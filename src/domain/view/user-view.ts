import type { Catalogue, Connector, Plugin, Requirement, Skill } from '../catalogue/catalogue.js'
import { missingScopes } from '../catalogue/scopes.js'
import { NotFoundError } from '../errors.js'
import { authorizationOfInterest } from './authorization-of-interest.js'
import { isOpen } from './authorization-status.js'
import {
  nextStep,
  type Remedy,
  remedyFor,
  type SetupStatus,
  type StepCounts,
  type StepStatus,
  setupStatus,
  stepCounts,
  stepStatus,
} from './setup-rules.js'
import type { AuthorizationRow, BindingRow, ConnectionRow, SetupRow, SkillCopyRow, UserState } from './user-state.js'

/** An item of the catalogue or the state, together with the view that it comes from. */
export interface Snapshot<T> {
  readonly item: T
  readonly view: UserView
}

/**
 * Returns part of the view that an operation read at its end.
 * @throws NotFoundError if another request has removed it in between. To the caller, it's as if that request came first
 */
export function foundIn<T>(view: UserView, item: T | undefined, word: NotFoundError['word']): Snapshot<T> {
  if (item === undefined) throw new NotFoundError(word)
  return { item, view }
}

export interface Step {
  readonly requirement: Requirement
  readonly optional: boolean
  readonly status: StepStatus
  readonly remedy: Remedy | null
  readonly recognized: boolean
  readonly missingScopes: readonly string[]
  readonly connection: ConnectionRow | null
  readonly authorization: AuthorizationRow | null
}

export interface SetupProgress {
  readonly plugin: Plugin
  readonly steps: readonly Step[]
  readonly status: SetupStatus
  readonly counts: StepCounts
  readonly nextStep: Step | null
  /** When every required step became live. Null if one is not. */
  readonly readyAt: Date | null
}

/**
 * What one user sees. Here and everywhere, *state* is what is stored and a *view* is what is derived from it:
 *
 * - `UserState`: the user's rows at one moment. `readUserState` reads them.
 * - `UserView`: that state and the catalogue of the same moment, with everything that the rules derive from them.
 *   `ReadView` reads one, `WatchView` one after the other.
 * - `Snapshot`: one item of a view, together with the view.
 */
export class UserView {
  /** The number that subscribers compare. Both parts only grow, so the sum does too. */
  readonly revision: number
  // Computed once, however often an operation asks for it.
  readonly #progress = new Map<string, SetupProgress>()
  readonly #setupsUsing = new Map<string, readonly SetupRow[]>()
  readonly #waitingFor = new Map<string, readonly Connector[]>()
  #connections: ReadonlyMap<string, readonly ConnectionRow[]> | undefined
  #copies: ReadonlyMap<string, readonly SkillCopyRow[]> | undefined
  #mine: readonly SkillCopyRow[] | undefined

  constructor(
    readonly catalogue: Catalogue,
    readonly state: UserState,
    /** Everything that the user has, if this view shows only part of it. */
    private readonly wider?: UserView,
  ) {
    this.revision = state.revision + state.catalogueRevision
  }

  /** For what depends on everything the user has, but isn't shown itself. */
  get whole(): UserView {
    return this.wider ?? this
  }

  /**
   * Returns what a session for one setup may see: that setup, the connections that its steps use or could use, and its
   * authorizations.
   */
  narrowedTo(setupId: string): UserView {
    const { state, catalogue } = this
    const setup = this.setup(setupId)
    const required = setup ? this.plugin(setup.pluginSlug).requirements.map(({ connector }) => connector.slug) : []
    const part: UserState = {
      ...state,
      setups: setup ? [setup] : [],
      bindings: state.bindings.filter((binding) => binding.setupId === setupId),
      connections: state.connections.filter((connection) => required.includes(connection.connectorSlug)),
      authorizations: state.authorizations.filter((authorization) => authorization.setupId === setupId),
      skillCopies: state.skillCopies.filter((copy) => copy.pluginSlug === setup?.pluginSlug),
    }
    return new UserView(catalogue, part, this.whole)
  }

  setup(id: string): SetupRow | undefined {
    return this.state.setups.find((setup) => setup.id === id)
  }

  setupOf(plugin: Plugin): SetupRow | undefined {
    return this.state.setups.find((setup) => setup.pluginSlug === plugin.slug)
  }

  connection(id: string): ConnectionRow | undefined {
    return this.state.connections.find((connection) => connection.id === id)
  }

  authorization(id: string): AuthorizationRow | undefined {
    return this.state.authorizations.find((authorization) => authorization.id === id)
  }

  skillCopy(id: string): SkillCopyRow | undefined {
    return this.state.skillCopies.find((copy) => copy.id === id)
  }

  connector(slug: string): Connector {
    const connector = this.catalogue.connectors.get(slug)
    if (!connector) throw new Error(`connector ${slug} is not in the catalogue`)
    return connector
  }

  plugin(slug: string): Plugin {
    const plugin = this.catalogue.plugins.get(slug)
    if (!plugin) throw new Error(`plugin ${slug} is not in the catalogue`)
    return plugin
  }

  /** Returns the user's connections of one connector. The default comes first. */
  connectionsOf(connectorSlug: string): readonly ConnectionRow[] {
    this.#connections ??= groupedBy(this.state.connections, ({ connectorSlug }) => connectorSlug)
    return this.#connections.get(connectorSlug) ?? []
  }

  isDefault(connection: ConnectionRow): boolean {
    return this.connectionsOf(connection.connectorSlug)[0]?.id === connection.id
  }

  /** Returns the connection that a setup, or a skill without one, uses: the bound one, otherwise the default. */
  connectionFor(setup: SetupRow | undefined, connectorSlug: string): ConnectionRow | null {
    const binding = setup && this.#binding(setup, connectorSlug)
    if (binding) return (binding.connectionId && this.connection(binding.connectionId)) || null
    return this.connectionsOf(connectorSlug)[0] ?? null
  }

  progress(setup: SetupRow): SetupProgress {
    return onceFor(this.#progress, setup.id, () => this.#derive(setup))
  }

  /** Returns the setups with a step that uses this connection. */
  setupsUsing(connection: ConnectionRow): readonly SetupRow[] {
    return onceFor(this.#setupsUsing, connection.id, () =>
      this.state.setups.filter((setup) =>
        this.progress(setup).steps.some((step) => step.connection?.id === connection.id),
      ),
    )
  }

  /** Mine: in the order of copying, and the skills of one plugin in the plugin's order. */
  get mine(): readonly SkillCopyRow[] {
    this.#mine ??= this.state.skillCopies
      .map((copy) => ({ copy, place: this.#skillsOf(copy).findIndex(({ slug }) => slug === copy.skillSlug) }))
      .sort((a, b) => a.copy.copiedAt.getTime() - b.copy.copiedAt.getTime() || a.place - b.place)
      .map(({ copy }) => copy)
    return this.#mine
  }

  copiesOf(setup: SetupRow): readonly SkillCopyRow[] {
    this.#copies ??= groupedBy(this.mine, ({ pluginSlug }) => pluginSlug)
    return this.#copies.get(setup.pluginSlug) ?? []
  }

  /** Returns the skill that a copy was made from, as the catalogue has it, even if the plugin no longer has it. */
  skill(copy: SkillCopyRow): Skill {
    const skill = this.#skillsOf(copy).find(({ slug }) => slug === copy.skillSlug)
    if (!skill) throw new Error(`skill ${copy.pluginSlug}/${copy.skillSlug} is not in the catalogue`)
    return skill
  }

  /** Returns the connectors that the skill is missing to run now, in wizard order. */
  waitingFor(copy: SkillCopyRow): readonly Connector[] {
    return onceFor(this.#waitingFor, copy.id, () => this.#missingFor(copy))
  }

  #missingFor(copy: SkillCopyRow): Connector[] {
    const setup = this.setupOf(this.plugin(copy.pluginSlug))
    return this.skill(copy)
      .requirements.filter(({ connector, scopes }) => {
        const connection = this.connectionFor(setup, connector.slug)
        const live =
          connection?.status === 'LIVE' &&
          missingScopes(connector.provider, scopes, connection.grantedScopes).length === 0
        return !(connector.available && live)
      })
      .map(({ connector }) => connector)
  }

  /** The skills of the plugin's current version, then those it no longer has. */
  #skillsOf({ pluginSlug }: SkillCopyRow): readonly Skill[] {
    const { skills, formerSkills } = this.plugin(pluginSlug)
    return [...skills, ...formerSkills]
  }

  #binding(setup: SetupRow, connectorSlug: string): BindingRow | undefined {
    return this.state.bindings.find((row) => row.setupId === setup.id && row.connectorSlug === connectorSlug)
  }

  #derive(setup: SetupRow): SetupProgress {
    const plugin = this.plugin(setup.pluginSlug)
    const steps = plugin.requirements.map((requirement) => this.#step(setup, requirement))
    const status = setupStatus(steps)
    return {
      plugin,
      steps,
      status,
      counts: stepCounts(steps),
      nextStep: nextStep(steps),
      readyAt: status === 'READY' ? this.#readySince(setup, steps) : null,
    }
  }

  #step(setup: SetupRow, requirement: Requirement): Step {
    const { connector } = requirement
    const binding = this.#binding(setup, connector.slug)
    const connection = this.connectionFor(setup, connector.slug)
    const tried = this.state.authorizations.filter((row) => row.connectorSlug === connector.slug)
    const authorization = authorizationOfInterest(tried, setup, connection)
    const missing = connection ? missingScopes(connector.provider, requirement.scopes, connection.grantedScopes) : []
    const status = stepStatus({
      available: connector.available,
      connection,
      missingScopes: missing,
      authorizing: authorization !== null && isOpen(authorization.status),
    })
    return {
      requirement,
      optional: requirement.optional,
      status,
      remedy: remedyFor(status),
      recognized:
        status === 'LIVE' && connection !== null && connection.connectedAt < setup.startedAt && !binding?.authorized,
      missingScopes: missing,
      connection,
      authorization,
    }
  }

  #readySince(setup: SetupRow, steps: readonly Step[]): Date {
    const moments = steps
      .filter((step) => !step.optional)
      .flatMap((step) => [
        step.connection?.authorizedAt,
        this.#binding(setup, step.requirement.connector.slug)?.boundAt,
      ])
    return new Date(Math.max(setup.startedAt.getTime(), ...moments.map((moment) => moment?.getTime() ?? 0)))
  }
}

function onceFor<T>(known: Map<string, T>, id: string, compute: () => T): T {
  let value = known.get(id)
  if (value === undefined) {
    value = compute()
    known.set(id, value)
  }
  return value
}

function groupedBy<T>(items: readonly T[], keyOf: (item: T) => string): ReadonlyMap<string, readonly T[]> {
  const groups = new Map<string, T[]>()
  for (const item of items) {
    const group = groups.get(keyOf(item))
    if (group) group.push(item)
    else groups.set(keyOf(item), [item])
  }
  return groups
}
