import { Link } from 'wouter'
import { PageHeading } from '../parts/page-heading.js'
import { texts } from '../texts.js'

export function NotFoundPage() {
  return (
    <>
      <PageHeading title={texts.notFound.title}>{texts.notFound.line}</PageHeading>
      <Link href="/" className="button">
        {texts.notFound.back}
      </Link>
    </>
  )
}
