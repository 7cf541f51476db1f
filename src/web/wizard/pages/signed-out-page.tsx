import { isFramed } from '../framed.js'
import { Glyph } from '../parts/glyph.js'
import { PageHeading } from '../parts/page-heading.js'
import { texts } from '../texts.js'
import { useWizard } from '../wizard-context.js'

/**
 * Shown when the person is no longer signed in to the host. They can sign in there in any window, and then reload this
 * page.
 */
export function SignedOutPage() {
  const { config } = useWizard()
  const { title, line, lineElsewhere } = texts.signedOut
  return (
    <div className="card lost">
      <span className="lost__mark">
        <Glyph name="key" />
      </span>
      <PageHeading title={title}>{config.signInUrl ? line : lineElsewhere}</PageHeading>
      <div className="actions">
        {config.signInUrl && (
          <a className="button button--primary" href={config.signInUrl} target={isFramed ? '_top' : undefined}>
            {texts.signedOut.signIn}
          </a>
        )}
        <button type="button" className="button" onClick={() => location.reload()}>
          {texts.signedOut.retry}
        </button>
      </div>
    </div>
  )
}
