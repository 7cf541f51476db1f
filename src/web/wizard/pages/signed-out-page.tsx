import { PageHeading } from '../parts/page-heading.js'
import { texts } from '../texts.js'
import { useWizard } from '../wizard-context.js'

/** The host knows nobody any more. Signing in there, in whatever window, is what helps; then this page begins anew. */
export function SignedOutPage() {
  const { config } = useWizard()
  return (
    <>
      <PageHeading title={texts.signedOut.title}>{texts.signedOut.line}</PageHeading>
      <div className="actions">
        {config.signInUrl && (
          <a className="button button--primary" href={config.signInUrl}>
            {texts.signedOut.signIn}
          </a>
        )}
        <button type="button" className="button" onClick={() => location.reload()}>
          {texts.signedOut.retry}
        </button>
      </div>
    </>
  )
}
