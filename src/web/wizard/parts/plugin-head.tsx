import type { ReactNode } from 'react'
import type { PluginPageQuery } from '../../../generated/documents/graphql.js'
import { texts } from '../texts.js'
import { PageHeading } from './page-heading.js'
import { PluginIcon } from './plugin-icon.js'

export type PluginOfPage = NonNullable<PluginPageQuery['plugin']>

interface PluginHeadProps {
  plugin: PluginOfPage
  /** Where the setup is, once it is started. */
  status?: ReactNode
  progress?: ReactNode
}

/** The top of a plugin's page, before and after its setup is started. */
export function PluginHead({ plugin, status, progress }: PluginHeadProps) {
  return (
    <div className="plugin-head">
      <PluginIcon plugin={plugin} size="large" />
      <div className="plugin-head__words">
        <PageHeading title={plugin.name}>{plugin.summary}</PageHeading>
        <p className="plugin-head__version soft small">
          {plugin.publisher && `${texts.plugins.by(plugin.publisher)} ·\u00a0`}
          {texts.plugin.version(plugin.version)}
        </p>
        {progress}
      </div>
      {status}
    </div>
  )
}
