import { globalId } from '../../domain/global-id.js'
import { isOpen } from '../../domain/view/authorization-status.js'
import type { Prisma } from '../../generated/prisma/client.js'
import { builder } from '../builder.js'
import { SetupStatus } from '../enums.js'
import { isUuid } from '../ids.js'
import { PAGE_ARGS, withCheckedArgs } from '../page-args.js'
import { pageOf } from '../pages.js'
import { AuthorizationRef, ConnectedAccountRef, PluginSetupRef, snapshotOf, snapshotsOf, ViewerRef } from '../refs.js'
import { ActivityRef } from './activity.js'
import { SkillCopyConnection } from './skill-copy.js'

const Organization = builder.objectRef<{ id: string; name: string | null }>('Organization').implement({
  description:
    'The organization that a user belongs to. Members, including administrators, can’t see each other’s setups and connections.',
  fields: (t) => ({
    id: t.id({ description: 'The organization’s id, as in your tokens.', resolve: ({ id }) => id }),
    name: t.exposeString('name', { nullable: true, description: 'A display name, if the token has one.' }),
  }),
})

/** A cursor of the activity is what Pothos makes of an entry's id. */
function isActivityCursor(text: string): boolean {
  const [, id = ''] = /^GPC:S:(.*)$/s.exec(Buffer.from(text, 'base64').toString()) ?? []
  return isUuid(id)
}

ViewerRef.implement({
  description: 'You: the user that the token identifies.',
  fields: (t) => ({
    id: t.id({ description: 'A permanent id, for caches.', resolve: ({ item }) => globalId('Viewer', item.userId) }),
    name: t.string({
      nullable: true,
      description: 'A display name, if the token has one.',
      resolve: ({ item }) => item.name,
    }),
    organization: t.field({
      type: Organization,
      description: 'Your organization.',
      resolve: ({ item }) => item.organization,
    }),
    revision: t.int({
      description:
        'Increases whenever anything you can see changes. Of two responses, keep the one with the higher revision.',
      resolve: ({ view }) => view.revision,
    }),
    setups: t.field({
      type: [PluginSetupRef],
      description: 'Your setups, oldest first.',
      args: { status: t.arg({ type: SetupStatus, description: 'Only setups with this status.' }) },
      resolve: ({ view }, { status }) =>
        snapshotsOf(
          view,
          view.state.setups.filter((setup) => !status || view.progress(setup).status === status),
        ),
    }),
    connections: t.field({
      type: [ConnectedAccountRef],
      description: 'All your connections.',
      resolve: ({ view }) => snapshotsOf(view, view.state.connections),
    }),
    openAuthorizations: t.field({
      type: [AuthorizationRef],
      description:
        'Your authorizations that haven’t ended, newest first. An app that you connect in advance has no setup whose step would show it.',
      resolve: ({ view }) =>
        snapshotsOf(
          view,
          view.state.authorizations.filter(({ status }) => isOpen(status)),
        ),
    }),
    skills: t.field({
      type: SkillCopyConnection,
      description: 'Your copies of skills. They stay even if the setup is removed.',
      args: PAGE_ARGS,
      resolve: ({ view }, page) => pageOf(snapshotsOf(view, view.mine), page, ({ item }) => item.id),
    }),
    activity: withCheckedArgs(
      t.prismaConnection(
        {
          type: ActivityRef,
          authScopes: { user: true },
          cursor: 'id',
          description: 'What happened to your connections and setups, newest first.',
          resolve: ({ cursor, ...query }, { item }, _args, { db, takePage }) => {
            takePage()
            const { userId } = item
            // Another user's cursor would reveal when something happened to them.
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
        { name: 'ActivityConnection', description: 'A page of activity.' },
        { name: 'ActivityEdge', description: 'One entry in a page of activity.' },
      ),
      isActivityCursor,
    ),
  }),
})

builder.queryField('viewer', (t) =>
  t.field({
    type: ViewerRef,
    description: 'You: the user that the token identifies.',
    resolve: async (_root, _args, context) => snapshotOf(await context.view(), context.viewer),
  }),
)
