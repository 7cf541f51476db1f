import { lookCss } from './look.js'

export const controlCss = `${lookCss}
:root{--alert:#a3410b;--off:#868b9c;--accent:#333}
@media (prefers-color-scheme:dark){:root{--alert:#ffb27a;--off:#6d7283;--accent:#ccc}}
body{margin:0 auto;max-width:1120px;padding:clamp(1.25rem,4vw,2.5rem) 1.25rem 5rem;background:var(--ground);color:var(--ink);
font:.9375rem/1.55 var(--font)}
header{display:flex;justify-content:space-between;align-items:center;gap:16px 24px;flex-wrap:wrap}
h1{font-size:clamp(1.5rem,1.2rem + 1.4vw,2rem);font-weight:680;letter-spacing:-.022em;line-height:1.2;margin:0 0 .35rem}
h2{font-size:1.0625rem;font-weight:640;letter-spacing:-.01em;margin:0}
h3{font-size:.8125rem;margin:18px 0 6px;color:var(--soft);font-weight:620}
header>div{flex:1 1 20rem}
header p{margin:0;color:var(--soft)}
#notice{min-height:1.5em;margin:12px 0;color:var(--alert)}
.apps{display:grid;gap:20px}
@media (min-width:880px){.apps{grid-template-columns:repeat(2,minmax(0,1fr))}}
section{background:var(--card);border:1px solid var(--line);border-radius:var(--radius);padding:20px}
.title{display:flex;align-items:center;gap:12px;min-width:0}
.title code{display:block;font-size:.8125rem;color:var(--soft);overflow-wrap:anywhere}.title code span{display:inline-block}
.logo{flex:none}
.state{margin:0 0 8px;color:var(--soft);min-height:1.45em}
.links{margin:14px 0 0}
.switches{margin-top:14px;border:1px solid var(--line);border-radius:var(--radius-small);padding:0 14px}
.switches .field{padding:12px 0}.switches .field+.field{border-top:1px solid var(--line)}
.switches input[role=switch]{width:54px;height:32px}.switches input[role=switch]::after{width:26px;height:26px}
.switches input[role=switch]:checked::after{translate:22px}
a{color:var(--accent);font-weight:560}
button{font:inherit;font-weight:560;font-size:.875rem;min-height:36px;padding:6px 14px;border-radius:var(--radius-small);border:1px solid var(--line-button);
background:var(--card);color:var(--ink);cursor:pointer}
button:hover{border-color:var(--line-strong);background:var(--raised)}
button[aria-disabled=true]{color:var(--soft);cursor:default;background:transparent;border-style:dashed}
:focus-visible{outline:3px solid var(--accent);outline-offset:2px}
.row{display:flex;gap:8px;flex-wrap:wrap;margin-top:12px}
ul,ol{list-style:none;margin:0;padding:0}
.legend{margin-bottom:20px}
.legend p,.legend dl{margin:4px 0 0}
.legend p{color:var(--soft)}
.legend dl{display:grid;gap:12px 28px;margin-top:14px}
@media (min-width:960px){.legend dl{grid-template-columns:repeat(3,minmax(0,1fr))}}
p,dd,small{text-wrap:pretty}dt{font-weight:620}dd{margin:2px 0 0}dd.then{color:var(--soft)}
.grants li{display:flex;flex-wrap:wrap;justify-content:space-between;gap:2px 12px;align-items:baseline;padding:12px 0;border-top:1px solid var(--line)}
.grants li:first-child{border-top:0;padding-top:4px}
.grants b{font-weight:620;overflow-wrap:anywhere}
.grants code,.grants [data-part=tokens]{flex-basis:100%}
.grants code{font-size:.8125rem;overflow-wrap:anywhere}
.grants .row,.all{display:grid;grid-template-columns:repeat(3,auto);gap:6px;flex-basis:100%;margin-top:8px}
.grants button,.all button{font-size:.8125rem;padding:6px 4px}
@media (max-width:420px){.grants .row,.all{grid-template-columns:1fr;gap:8px}.grants button,.all button{font-size:.875rem}}
.grants .rest{display:block;color:var(--soft)}
.outcome{scroll-margin:8px;margin:4px 0 0;border:1px solid var(--line);padding:10px 12px;border-radius:var(--radius-small);background:var(--raised);font-size:.875rem}
.outcome:empty{padding:0;margin:0;border:0}
.all{border-top:1px solid var(--line);padding-top:12px}
.all[hidden]{display:none}
.all span{color:var(--soft);font-size:.8125rem;grid-column:1/-1}
details{border-top:1px solid var(--line);margin-top:16px}
details+details{margin-top:0}
details[open]{padding-bottom:12px}
details details{margin-top:0;padding-left:14px}
details details summary{font-weight:560}
summary{cursor:pointer;font-weight:620;padding:13px 0;display:flex;gap:8px;align-items:center;list-style:none}
summary::-webkit-details-marker{display:none}
summary::after{content:"";width:8px;height:8px;border:solid var(--soft);border-width:0 2px 2px 0;/* What is drawn is half of the box. */transform:translateY(-25%) rotate(45deg);margin-left:auto;margin-right:2px}
details[open]>summary::after{transform:translateY(25%) rotate(225deg)}
[data-slot=changed]{font-size:.75rem;font-weight:600;color:var(--alert);white-space:nowrap}
.field{display:flex;justify-content:space-between;align-items:center;gap:14px;padding:9px 0;border:0;margin:0}
fieldset.field{display:block;padding:0;margin-top:10px}
.field b,legend{font-weight:560;display:block;padding:0}
small{display:block;font-size:.8125rem;color:var(--soft);line-height:1.35}
fieldset small{display:block;margin-bottom:4px}
fieldset label{display:inline-flex;align-items:center;gap:7px;margin-right:16px;padding:5px 0}
input[type=checkbox]{accent-color:var(--accent);width:18px;height:18px;margin:0}
input[role=switch]{appearance:none;flex:none;width:42px;height:25px;border-radius:99px;background:var(--off);position:relative;cursor:pointer}
input[role=switch]::after{content:"";position:absolute;inset:3px auto auto 3px;width:19px;height:19px;border-radius:50%;background:var(--card);transition:translate .12s}
input[role=switch]:checked{background:var(--accent)}
input[role=switch]:checked::after{translate:17px}
input[type=number],select{font:inherit;color:inherit;background:var(--ground);border:1px solid var(--line-strong);border-radius:var(--radius-small);min-height:36px;padding:5px 9px}
input[type=number]{width:96px}
input:invalid{border-color:var(--alert)}
.field.choice{display:grid;grid-template-columns:minmax(0,1fr);gap:6px}
select{width:100%}
.amount{display:flex;align-items:center;gap:8px;flex:none}
@media (max-width:520px){button,select,input[type=number]{min-height:40px}fieldset label{padding:9px 0}.links a{display:inline-block;padding:10px 0;margin:-10px 0}.field.number{display:grid;grid-template-columns:minmax(0,1fr);gap:6px}}
.requests li{padding:7px 0;border-top:1px solid var(--line);font-size:.8125rem}
.requests code{color:var(--soft);overflow-wrap:anywhere}
.requests{max-height:320px;overflow:auto}
@media (prefers-reduced-motion:reduce){*{transition:none!important}}
`
