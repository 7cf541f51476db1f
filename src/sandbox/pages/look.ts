/** Where the sandbox serves the type of its pages. Without one, they use the system's. */
export const FONT_PATH = '/inter.woff2'

/**
 * The type and colors of all pages of the sandbox: those of the wizard (src/web/wizard/styles/tokens.css), so that a person
 * who goes from one to the other stays in one place.
 */
export const lookCss = `
@font-face{font-family:"Inter Variable";font-weight:100 900;font-display:swap;src:url(${FONT_PATH}) format("woff2")}
:root{--ground:#f7f8fa;--card:#ffffff;--raised:#f0f2f5;--ink:#151a23;--soft:#525b6b;--line:#e1e4ea;--line-button:#a9b1bf;--line-strong:#818a9b;--warn:#7d4a00;--radius:12px;--radius-small:8px;
--font:"Inter Variable",Inter,system-ui,-apple-system,"Segoe UI",sans-serif}
@media (prefers-color-scheme:dark){:root{--ground:#0e1116;--card:#171b22;--raised:#20262f;--ink:#eef1f6;--soft:#a8b1c0;--line:#2a313c;--line-button:#4a5464;--line-strong:#76808f;--warn:#f0be70}}
*{box-sizing:border-box}
body{font-feature-settings:"cv05","ss03";text-wrap:pretty}h1,h2,h3{text-wrap:balance}
`
