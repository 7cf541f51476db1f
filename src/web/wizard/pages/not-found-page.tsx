import { useContext, useLayoutEffect } from 'react'
import { Link } from 'wouter'
import { WIZARD_PATHS } from '../../../http/wizard/paths.js'
import { LostContext } from '../lost.js'
import { Glyph } from '../parts/glyph.js'
import { PageHeading } from '../parts/page-heading.js'
import { texts } from '../texts.js'

/** Also shown at addresses that the server doesn't know. Without a wizard, src/http/not-found.ts has a page of its own. */
export function NotFoundPage() {
  const setLost = useContext(LostContext)
  useLayoutEffect(() => {
    setLost(true)
    return () => setLost(false)
  }, [setLost])
  return (
    <div className="card lost">
      <span className="lost__mark">
        <Glyph name="info" />
      </span>
      <PageHeading title={texts.notFound.title}>{texts.notFound.line}</PageHeading>
      <div className="actions">
        <Link href={WIZARD_PATHS.plugins} className="button">
          {texts.notFound.back}
        </Link>
      </div>
    </div>
  )
}
