import type { ReactNode } from 'react'
import type { PluginPageQuery } from '../../../generated/documents/graphql.js'
import { texts } from '../texts.js'
import { PageHeading } from './page-heading.js'
import { PluginIcon } from './plugin-icon.js'

export type PluginOfPage = NonNullable<PluginPageQuery['plugin']>

/** The top of a plugin's page, before and after its setup is started. */
export function PluginHead({ plugin, children }: { plugin: PluginOfPage; children?: ReactNode }) {
  return (
    <div className="plugin-head">
      <PluginIcon plugin={plugin} size="large" />
      <div className="plugin-head__words">
        <PageHeading title={plugin.name}>{plugin.summary}</PageHeading>
        <p className="soft small">
          {plugin.publisher && `${texts.plugins.by(plugin.publisher)} · `}
          {texts.plugin.version(plugin.version)}
        </p>
      </div>
      {children}
    </div>
  )
}
