import type { PageConfig } from '../page-config.js'

const HEIGHT_PX = 28

/** The operator's logo, or Patchbay's, and the name unless the logo contains it. */
export function BrandMark({ brand: { name, logo } }: Pick<PageConfig, 'brand'>) {
  if (!logo) return <span>{name}</span>
  const { url, darkUrl, ratio, isWide } = logo
  const size = { width: Math.round(HEIGHT_PX * ratio), height: HEIGHT_PX }
  const alt = isWide ? name : ''
  return (
    <>
      <img className={darkUrl ? 'logo logo--light' : 'logo'} src={url} alt={alt} {...size} />
      {darkUrl && <img className="logo logo--dark" src={darkUrl} alt={alt} {...size} />}
      {!isWide && <span>{name}</span>}
    </>
  )
}
