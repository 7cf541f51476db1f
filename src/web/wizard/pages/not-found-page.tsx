import { Link } from 'wouter'
import { WIZARD_PATHS } from '../../../http/wizard/paths.js'
import { PageHeading } from '../parts/page-heading.js'
import { texts } from '../texts.js'

export function NotFoundPage() {
  return (
    <>
      <PageHeading title={texts.notFound.title}>{texts.notFound.line}</PageHeading>
      <Link href={WIZARD_PATHS.plugins} className="button">
        {texts.notFound.back}
      </Link>
    </>
  )
}
