import { Link } from 'wouter'
import { WIZARD_PATHS } from '../../../http/wizard/paths.js'
import { Glyph } from '../parts/glyph.js'
import { PageHeading } from '../parts/page-heading.js'
import { texts } from '../texts.js'

/** Looks and reads like the server's page for an address that doesn't exist (src/http/not-found.ts). */
export function NotFoundPage() {
  return (
    <div className="card lost">
      <span className="lost__mark">
        <Glyph name="info" />
      </span>
      <PageHeading title={texts.notFound.title}>{texts.notFound.line}</PageHeading>
      <Link href={WIZARD_PATHS.plugins} className="button">
        {texts.notFound.back}
      </Link>
    </div>
  )
}
