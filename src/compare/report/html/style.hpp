// The style sheet of the report, for light and dark mode.
#pragma once

namespace streamdemo::compare::html {

inline constexpr const char* style = R"css(
:root { --ink: #1c2430; --soft: #5c6878; --line: #d8dee6; --paper: #fff; --field: #f3f5f8;
  --poll: #d9731a; --wait: #8250c8; --flow: #12866f; --made: #7b8794; --empty: #f0b684; --sent: #4a7fc1; --bad: #b3261e; }
@media (prefers-color-scheme: dark) { :root { --ink: #e4e9f0; --soft: #9aa7b8; --line: #333d4a; --paper: #14181e;
  --field: #1d232b; --poll: #f0954a; --wait: #b48cf0; --flow: #3fc4a6; --made: #8793a1; --empty: #8a5a2c; --sent: #78a9e6;
  --bad: #ff8a80; } }
* { box-sizing: border-box; }
body { margin: 0; background: var(--paper); color: var(--ink); font: 16px/1.5 system-ui, sans-serif; }
main { max-width: 68rem; margin: 0 auto; padding: 1rem 1rem 4rem; }
h1 { font-size: 1.6rem; line-height: 1.2; margin: 1rem 0; }
h2 { font-size: 1.15rem; margin: 2.2rem 0 .4rem; border-top: 1px solid var(--line); padding-top: 1.2rem; }
p { margin: .4rem 0; color: var(--soft); max-width: 46rem; }
.lead { color: var(--ink); font-size: 1.1rem; }
.lead strong { color: var(--flow); }
.bad { color: var(--bad); font-weight: 600; }
.lane, .axis { display: grid; grid-template-columns: 15rem 1fr 6.5rem; gap: .6rem; align-items: center; margin: 2px 0; }
.lane b { font-weight: 500; font-size: .9rem; }
.lane i, .axis i { font-style: normal; font-size: .85rem; color: var(--soft); text-align: right;
  font-variant-numeric: tabular-nums; white-space: nowrap; }
.lane svg { width: 100%; height: 26px; background: var(--field); border-radius: 3px; display: block; }
.axis div { position: relative; height: 1.3rem; }
.axis span { position: absolute; transform: translateX(-50%); font-size: .75rem; color: var(--soft); white-space: nowrap; }
.axis span:first-child { transform: none; }
.axis span:last-child { transform: translateX(-100%); }
.tick { stroke-width: 2px; vector-effect: non-scaling-stroke; fill: none; }
rect.poll { fill: var(--poll); } rect.wait { fill: var(--wait); } rect.flow { fill: var(--flow); }
rect.made { fill: var(--made); } rect.empty { fill: var(--empty); } rect.sent { fill: var(--sent); }
path.poll { stroke: var(--poll); } path.wait { stroke: var(--wait); } path.flow { stroke: var(--flow); }
path.made { stroke: var(--made); stroke-opacity: .6; stroke-width: 1px; } path.grid { stroke: var(--line); stroke-width: 1px; }
.legend span { margin-right: 1rem; white-space: nowrap; font-size: .85rem; }
.legend svg { width: .8em; height: .8em; margin-right: .35em; vertical-align: -.05em; }
.scroll { overflow-x: auto; margin: .6rem 0; }
table { border-collapse: collapse; font-size: .8rem; font-variant-numeric: tabular-nums; }
th, td { padding: .25rem .5rem; text-align: right; border-bottom: 1px solid var(--line); white-space: nowrap; }
th:first-child, td:first-child { text-align: left; }
th { font-weight: 600; color: var(--soft); }
pre { background: var(--field); padding: .8rem; overflow-x: auto; font-size: .8rem; border-radius: 4px; }
summary { cursor: pointer; font-size: .95rem; padding: .2rem 0; }
@media (max-width: 40rem) {
  .lane, .axis { grid-template-columns: 1fr auto; gap: 0 .6rem; }
  .lane { margin: .45rem 0; }
  .lane svg, .axis div { grid-column: 1 / -1; grid-row: 2; }
  .axis b, .axis i { display: none; }
}
)css";

}  // namespace streamdemo::compare::html
