import { brandWithType } from '@pothos/core'
import { parseGlobalId } from '../domain/global-id.js'
import type { UserView } from '../domain/view/user-view.js'
import { builder } from './builder.js'
import type { Context } from './context.js'
import { isUuid, slugRefusal } from './ids.js'
import { limitExceeded } from './limit-exceeded.js'
import { snapshotOf } from './refs.js'

const MAX_IDS = 100

/** Finds each type of node in what the viewer sees. Objects of other users aren't part of it. */
const FINDERS = new Map<string, (view: UserView, id: string) => object | undefined>(
  Object.entries({
    Plugin: (view, id) => view.catalogue.plugins.get(id),
    Skill: (view, id) => {
      const [plugin = '', skill] = id.split('/')
      return view.catalogue.plugins.get(plugin)?.skills.find(({ slug }) => slug === skill)
    },
    Connector: (view, id) => {
      const connector = view.catalogue.connectors.get(id)
      return connector?.removed ? undefined : connector
    },
    ConnectedAccount: (view, id) => view.connection(id),
    PluginSetup: (view, id) => view.setup(id),
    SkillCopy: (view, id) => view.skillCopy(id),
    Authorization: (view, id) => view.authorization(id),
  }),
)

/** Returns the node, or null, or an error that takes its place. */
async function findNode(context: Context, globalId: string) {
  const refusal = slugRefusal(globalId)
  if (refusal) return refusal
  const parsed = parseGlobalId(globalId)
  if (!parsed) return null
  const { typename, id } = parsed
  if (typename === 'Webhook' || typename === 'WebhookDelivery') return findWebhookNode(context, typename, id)
  let view = await context.view()
  // Authorizations that are no longer of interest aren't part of the state that every view is derived from.
  if (typename === 'Authorization' && isUuid(id) && context.caller.kind === 'user' && !view.authorization(id)) {
    view = await context.authorizations.load(id)
  }
  const item = FINDERS.get(typename)?.(view, id)
  if (!item) return null
  const node = snapshotOf(view, item)
  brandWithType(node, typename as never)
  return node
}

/**
 * Looks up ids, each one once, however often an operation names it.
 * @throws GraphQLError if all the `node`s and `nodes` of the operation together name too many
 */
function findNodes(context: Context, globalIds: readonly string[]): Promise<(object | null)[]> {
  const { found } = context
  const added = new Set(globalIds.filter((id) => !found.has(id)))
  if (found.size + added.size > MAX_IDS) {
    throw limitExceeded('ids', `Ask for at most ${MAX_IDS} different ids in one operation.`)
  }
  for (const id of added) found.set(id, findNode(context, id))
  return Promise.all(globalIds.map((id) => found.get(id) ?? null))
}

/** What belongs to host back ends is read separately, and only for API keys with the scope. */
async function findWebhookNode({ caller, services, db }: Context, typename: 'Webhook' | 'WebhookDelivery', id: string) {
  if (caller.kind !== 'api-key' || !caller.key.scopes.has('webhooks:write') || !isUuid(id)) return null
  const row =
    typename === 'Webhook' ? await services.findWebhook(id) : await db.webhookDelivery.findUnique({ where: { id } })
  if (row) brandWithType(row, typename as never)
  return row
}

builder.queryFields((t) => ({
  node: t.field({
    type: builder.nodeInterfaceRef(),
    nullable: true,
    description: 'The object with this id, if you may see it.',
    args: { id: t.arg.id({ required: true, description: 'Any `id` from this API.' }) },
    resolve: async (_root, { id }, context) => (await findNodes(context, [id]))[0] ?? null,
  }),
  nodes: t.field({
    type: [builder.nodeInterfaceRef()],
    nullable: { list: false, items: true },
    description: `Looks up several ids, in their order; null where there is nothing. At most ${MAX_IDS} different ones in one operation, with those of \`node\`.`,
    args: { ids: t.arg.idList({ required: true, description: 'Any `id`s from this API.' }) },
    resolve: (_root, { ids }, context) => findNodes(context, ids),
  }),
}))
