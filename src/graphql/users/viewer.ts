import { globalId } from '../../domain/global-id.js'
import type { Prisma } from '../../generated/prisma/client.js'
import { builder } from '../builder.js'
import { SetupStatus } from '../enums.js'
import { isUuid } from '../ids.js'
import { PAGE_ARGS } from '../page-args.js'
import { pageOf } from '../pages.js'
import { ConnectedAccountRef, PluginSetupRef, snapshotOf, snapshotsOf, ViewerRef } from '../refs.js'
import { ActivityRef } from './activity.js'
import { SkillCopyConnection } from './skill-copy.js'

const Organization = builder.objectRef<{ id: string; name: string | null }>('Organization').implement({
  description:
    'Whom a user belongs to. Members do not see each other’s setups and connections, administrators included.',
  fields: (t) => ({
    id: t.id({ description: 'The organization’s id, as the host names it.', resolve: ({ id }) => id }),
    name: t.exposeString('name', { nullable: true, description: 'For people, if the token tells.' }),
  }),
})

ViewerRef.implement({
  description: 'You: whoever the token names.',
  fields: (t) => ({
    id: t.id({ description: 'The same for ever; for caches.', resolve: ({ item }) => globalId('Viewer', item.userId) }),
    name: t.string({
      nullable: true,
      description: 'For people, if the token tells.',
      resolve: ({ item }) => item.name,
    }),
    organization: t.field({
      type: Organization,
      description: 'Whom you belong to.',
      resolve: ({ item }) => item.organization,
    }),
    revision: t.int({
      description: 'Grows whenever anything you see changes. Of two answers keep the one with the higher revision.',
      resolve: ({ view }) => view.revision,
    }),
    setups: t.field({
      type: [PluginSetupRef],
      description: 'Your setups, the first started first.',
      args: { status: t.arg({ type: SetupStatus, description: 'Only those that stand so.' }) },
      resolve: ({ view }, { status }) =>
        snapshotsOf(
          view,
          view.state.setups.filter((setup) => !status || view.progress(setup).status === status),
        ),
    }),
    connections: t.field({
      type: [ConnectedAccountRef],
      description: 'Everything you have connected.',
      resolve: ({ view }) => snapshotsOf(view, view.state.connections),
    }),
    skills: t.field({
      type: SkillCopyConnection,
      description: 'Mine: your copies of skills. They stay, whatever becomes of the setup.',
      args: PAGE_ARGS,
      resolve: ({ view }, page) => pageOf(snapshotsOf(view, view.mine), page, ({ item }) => item.id),
    }),
    activity: t.prismaConnection(
      {
        type: ActivityRef,
        authScopes: { user: true },
        cursor: 'id',
        description: 'What happened to your connections and setups, the latest first.',
        resolve: ({ cursor, ...query }, { item }, _args, { db }) => {
          const { userId } = item
          if (cursor?.id !== undefined && !isUuid(cursor.id)) return []
          // Another user's cursor would say when something happened to them.
          const from: Pick<Prisma.ActivityFindManyArgs, 'cursor'> = cursor?.id
            ? { cursor: { id: cursor.id, userId } }
            : {}
          return db.activity.findMany({
            ...query,
            ...from,
            where: { userId },
            orderBy: [{ at: 'desc' }, { id: 'desc' }],
          })
        },
      },
      { name: 'ActivityConnection', description: 'A page of what happened.' },
      { name: 'ActivityEdge', description: 'Something that happened, in a page.' },
    ),
  }),
})

builder.queryField('viewer', (t) =>
  t.field({
    type: ViewerRef,
    description: 'You: whoever the token names.',
    resolve: async (_root, _args, context) => snapshotOf(await context.view(), context.viewer),
  }),
)
