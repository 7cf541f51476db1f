/**
 * The type and colors of all pages of the sandbox: those of the wizard (src/web/wizard/styles/tokens.css), so that a person
 * who goes from one to the other stays in one place.
 */
export const lookCss = `
:root{--ground:#f7f8fa;--card:#ffffff;--raised:#f0f2f5;--ink:#151a23;--soft:#525b6b;--line:#e1e4ea;--line-strong:#8a93a3;--warn:#7d4a00;--radius:12px;--radius-small:8px;
--font:"Inter Variable",Inter,system-ui,-apple-system,"Segoe UI",sans-serif}
@media (prefers-color-scheme:dark){:root{--ground:#0e1116;--card:#171b22;--raised:#20262f;--ink:#eef1f6;--soft:#a8b1c0;--line:#2a313c;--line-strong:#76808f;--warn:#f0be70}}
*{box-sizing:border-box}
`
