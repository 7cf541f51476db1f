import { Link, useRoute } from 'wouter'
import { WIZARD_PATHS } from '../../../http/wizard/paths.js'
import { useReach } from '../reach.js'
import { texts } from '../texts.js'
import { useWizard } from '../wizard-context.js'
import { BrandMark } from './brand-mark.js'
import { PersonMenu } from './person-menu.js'

/**
 * The main navigation, and who is signed in.
 * @param isLost whether there's nothing at this address, although it's below one of the tabs
 */
export function TopBar({ isLost }: { isLost: boolean }) {
  const { config, reach } = useWizard()
  const signedOut = useReach(reach) === 'signed-out'
  return (
    <header className="bar">
      <div className="bar__inner">
        <Link href={WIZARD_PATHS.plugins} className="bar__brand">
          <BrandMark brand={config.brand} />
        </Link>
        <nav className="tabs" aria-label={texts.navigation.label}>
          <Tab
            href={WIZARD_PATHS.plugins}
            also={isLost ? undefined : WIZARD_PATHS.plugin}
            text={texts.navigation.plugins}
          />
          <Tab href={WIZARD_PATHS.mine} text={texts.navigation.mine} />
          <Tab href={WIZARD_PATHS.connections} also={WIZARD_PATHS.connection} text={texts.navigation.connections} />
        </nav>
        {!signedOut && <PersonMenu />}
      </div>
    </header>
  )
}

function Tab({ href, also = href, text }: { href: string; also?: string | undefined; text: string }) {
  const [isPresent] = useRoute(href)
  const [isBelow] = useRoute(also)
  return (
    <Link href={href} className="tab" aria-current={isPresent ? 'page' : isBelow ? 'true' : undefined}>
      {text}
    </Link>
  )
}
