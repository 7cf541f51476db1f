import { type ReactNode, useEffect, useRef } from 'react'
import { useWizard } from '../wizard-context.js'

let isFirst = true

/** The page's heading. It takes the focus when the page appears, except on the first page, where the browser decides. */
export function PageHeading({ title, children }: { title: string; children?: ReactNode }) {
  const { brand } = useWizard().config
  const heading = useRef<HTMLHeadingElement>(null)
  useEffect(() => {
    if (!isFirst) heading.current?.focus()
    isFirst = false
  }, [])
  useEffect(() => {
    document.title = `${title} · ${brand.name}`
  }, [title, brand.name])
  return (
    <div className="heading">
      <h1 ref={heading} tabIndex={-1}>
        {title}
      </h1>
      {children && <p className="soft">{children}</p>}
    </div>
  )
}
