//! How the panel looks, in light and dark.

/** For a constructable style sheet. */
export const CSS = `
:host{display:block;container-type:inline-size;color-scheme:light;
--paper:#fff;--sheet:#f6f7f9;--ink:#1b2130;--soft:#566073;--rule:#dfe3ea;--accent:#3b4fd8;--tint:#e9ecff;
--good:#136c43;--warn:#8a5300;--bad:#b3261e;--field:#fff;--edge:#848da0;
font:13px/1.45 system-ui,-apple-system,"Segoe UI",sans-serif;color:var(--ink);min-height:0}
:host([hidden]){display:none}
:host([theme=dark]){color-scheme:dark;--paper:#14171f;--sheet:#1b1f2a;--ink:#e8ebf3;--soft:#a3adc2;--rule:#2c3242;--accent:#9aa8ff;--tint:#262d4d;
--good:#6fd6a3;--warn:#f0b662;--bad:#ff8f85;--field:#10131a;--edge:#737d94}
@media (prefers-color-scheme:dark){:host(:not([theme=light])){color-scheme:dark;--paper:#14171f;--sheet:#1b1f2a;--ink:#e8ebf3;--soft:#a3adc2;--rule:#2c3242;--accent:#9aa8ff;--tint:#262d4d;
--good:#6fd6a3;--warn:#f0b662;--bad:#ff8f85;--field:#10131a;--edge:#737d94}}
*{box-sizing:border-box}
[hidden]{display:none!important}
p,h3,dl,dd,ol,figure{margin:0;padding:0}
.panel{background:var(--paper);border:1px solid var(--rule);border-radius:12px;overflow:hidden;display:grid;grid-template-columns:184px minmax(0,1fr);height:100%}
.listbox{background:var(--sheet);border-right:1px solid var(--rule);padding:10px 8px;display:flex;flex-direction:column;gap:2px;overflow:auto}
.listbox:empty{display:none}
.nothing{padding:28px;color:var(--soft);grid-column:1/-1}
.main{padding:14px 16px;display:flex;flex-direction:column;gap:12px;min-width:0}
button,select,input{font:inherit;color:inherit;border-radius:7px;border:1px solid var(--edge);background:var(--field);padding:4px 10px;min-height:30px}
button{cursor:pointer;background:var(--paper);font-weight:500}
button:hover{background:var(--tint)}
button[aria-pressed=true]{background:var(--accent);color:var(--paper);border-color:var(--accent)}
.danger{color:var(--bad);border-color:currentColor}
input{flex:1;min-width:7em}
input::placeholder{color:var(--soft);opacity:1}
input[aria-invalid]{border-color:var(--bad);outline-color:var(--bad)}
:focus-visible{outline:2px solid var(--accent);outline-offset:2px}
.listbox button{display:grid;text-align:left;border-color:transparent;background:none;padding:6px 10px;line-height:1.35}
.listbox button span{overflow:hidden;text-overflow:ellipsis;white-space:nowrap}
.listbox small{color:var(--soft);font-size:11.5px;font-weight:400;font-variant-numeric:tabular-nums}
.listbox [aria-selected=true]{background:var(--tint)}
.listbox [aria-selected=true] span{color:var(--accent);font-weight:600}
.charts{display:grid;grid-template-columns:1fr 1fr;gap:16px}
figcaption{color:var(--soft);display:flex;justify-content:space-between;align-items:baseline;gap:8px}
figcaption strong{color:var(--ink);font-size:18px;font-weight:600;font-variant-numeric:tabular-nums}
svg{display:block;width:100%;height:64px;overflow:visible}
line.grid{stroke:var(--rule);vector-effect:non-scaling-stroke}
.line{fill:none;stroke:var(--accent);stroke-width:1.75;stroke-linejoin:round;stroke-linecap:round;vector-effect:non-scaling-stroke}
.dots{stroke-width:5}
.area{fill:var(--accent);opacity:.13}
.scale{display:flex;justify-content:space-between;color:var(--soft);font-size:11px;margin-top:2px}
.actions,.actions form,.bar{display:flex;flex-wrap:wrap;gap:8px;align-items:center}
.actions form:not([method]){flex:1;flex-wrap:nowrap;min-width:min(100%,300px)}
.outcome{flex-basis:100%;color:var(--soft);min-height:1.45em;margin:-4px 0 -10px;overflow-wrap:anywhere}
.tablist{display:flex;gap:4px;border-bottom:1px solid var(--rule)}
.tablist button{border:0;border-radius:6px 6px 0 0;background:none;color:var(--soft);padding:5px 12px;border-bottom:2px solid transparent}
.tablist [aria-selected=true]{color:var(--accent);border-bottom-color:currentColor;font-weight:600}
#view{min-height:0}
.bar{margin-bottom:8px}
.found{color:var(--soft);font-variant-numeric:tabular-nums}
div.grid{border:1px solid var(--rule);border-radius:8px;overflow:auto;height:clamp(220px,40vh,560px);scroll-padding-top:30px}
.grid .head [role=row],.row{display:grid;grid-template-columns:minmax(8em,1fr) 70px 76px 84px minmax(5em,.6fr);align-items:center}
.head{background:var(--sheet);border-bottom:1px solid var(--rule);position:sticky;top:0;z-index:1;height:30px}
.head button{border:0;border-radius:0;background:none;width:100%;text-align:left;color:var(--soft);font-size:12px;padding:0 10px;min-height:29px;white-space:nowrap}
.head button:focus-visible{outline-offset:-2px}
[aria-sort=ascending] button::after{content:" ↑"}
[aria-sort=descending] button::after{content:" ↓"}
.space{position:relative;overflow:hidden}
.row{height:30px;border-bottom:1px solid var(--rule);cursor:default}
.row:hover{background:var(--sheet)}
.row>div{padding:0 10px;white-space:nowrap;overflow:hidden;text-overflow:ellipsis}
.row .key,code,pre,h3{font-family:ui-monospace,SFMono-Regular,Menlo,Consolas,monospace;font-size:12.5px}
.row .age,.row .left,.row .tags{color:var(--soft);font-variant-numeric:tabular-nums}
.row[aria-selected=true]{background:var(--tint)}
.row[aria-selected=true] .age,.row[aria-selected=true] .left,.row[aria-selected=true] .tags{color:var(--ink)}
.grid:focus-visible .row[aria-selected=true]{outline:2px solid var(--accent);outline-offset:-2px}
[data-kind=fresh],[data-kind=hit] b{color:var(--good)}
[data-kind=stale],[data-kind=stale] b,[data-kind=eviction] b,[data-kind=expire] b,[data-kind=invalidate] b,[data-kind=delete] b{color:var(--warn)}
[data-kind=failed],[data-kind=error] b,.trouble{color:var(--bad)}
.detail{border:1px solid var(--rule);border-radius:8px;background:var(--sheet);padding:10px 12px;margin-top:10px}
.detail header{display:flex;justify-content:space-between;gap:12px;align-items:start}
h3{font-weight:600;overflow-wrap:anywhere}
.detail dl{display:flex;flex-wrap:wrap;gap:2px 8px;margin:6px 0}
.detail dd{margin-right:14px;font-variant-numeric:tabular-nums}
dt{color:var(--soft)}
.tag{min-height:24px;padding:1px 9px;border-radius:99px;margin:0 4px 4px 0}
pre{margin:8px 0;max-height:180px;overflow:auto;white-space:pre-wrap;overflow-wrap:anywhere;background:var(--paper);border:1px solid var(--rule);border-radius:6px;padding:8px}
.acts{display:flex;gap:8px}
.log{list-style:none;height:clamp(220px,40vh,560px);overflow:auto;border:1px solid var(--rule);border-radius:8px;padding:4px 0}
.log li{display:grid;grid-template-columns:94px 74px minmax(0,1fr) auto;gap:8px;padding:3px 10px}
.log time{color:var(--soft);font-variant-numeric:tabular-nums}
.log b{font-weight:600}
.log code{white-space:nowrap;overflow:hidden;text-overflow:ellipsis}
.log i{color:var(--soft);font-style:normal}
.statistics{display:grid;grid-template-columns:repeat(auto-fill,minmax(128px,1fr));gap:10px}
.statistics div{background:var(--sheet);border-radius:8px;padding:8px 12px}
.statistics dd{font-size:17px;font-weight:600;font-variant-numeric:tabular-nums}
dialog{border:1px solid var(--rule);border-radius:12px;background:var(--paper);color:var(--ink);padding:20px;max-width:340px}
dialog::backdrop{background:rgb(10 14 24/.45)}
dialog form{display:flex;gap:8px;justify-content:flex-end;margin-top:16px}
dialog h3{font:600 15px/1.4 system-ui,sans-serif}
.entries:has(.detail:not([hidden])) div.grid{height:clamp(130px,20vh,280px)}
@container (max-width:620px){
.panel{grid-template-columns:minmax(0,1fr)}
.listbox{flex-direction:row;border-right:0;border-bottom:1px solid var(--rule)}
.listbox button{flex:none}
.main{padding:12px}
.charts{gap:12px}}
@container (max-width:520px){
.grid .head [role=row],.row{grid-template-columns:minmax(0,1fr) 62px 70px 82px}
[role=columnheader].tags,.row .tags{display:none}}
@container (max-width:430px){
.grid .head [role=row],.row{grid-template-columns:minmax(0,1fr) 58px 76px}
[role=columnheader].left,.row .left{display:none}
.log li{grid-template-columns:70px minmax(0,1fr) auto}
.log time{display:none}}
@media (prefers-reduced-motion:no-preference){button,.row{transition:background-color .12s}}
@media (forced-colors:active){.line{stroke:CanvasText}.row[aria-selected=true]{outline:1px solid Highlight;outline-offset:-1px}}
`;
