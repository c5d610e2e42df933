/** For the pages of the sandbox's Spotify, in light and in dark. Not Spotify's colours, so that nobody mistakes it. */
export const pageStyle = `
:root { color-scheme: light dark; --ground: #f3f1ec; --card: #fff; --ink: #1d1b18; --soft: #67615a; --line: #ddd8cf;
  --accent: #8a3b12; --on-accent: #fff; --letter: #f2d9b8 }
@media (prefers-color-scheme: dark) { :root { --ground: #16140f; --card: #211e18; --ink: #f3efe7; --soft: #aaa294;
  --line: #3a352c; --accent: #f0a868; --on-accent: #24160a; --letter: #5b4326 } }
* { box-sizing: border-box }
body { margin: 0; padding: 1rem; background: var(--ground); color: var(--ink);
  font: 1rem/1.5 system-ui, -apple-system, 'Segoe UI', sans-serif }
.place { max-width: 27rem; margin: 1.5rem auto .75rem; font-weight: 650 }
.place span { display: block; color: var(--soft); font-size: .875rem; font-weight: 400 }
main { max-width: 27rem; margin: 0 auto 2rem; padding: 1.5rem; background: var(--card); border: 1px solid var(--line);
  border-radius: 1rem }
h1 { margin: 0 0 1.25rem; font-size: 1.375rem; line-height: 1.25; text-wrap: balance; overflow-wrap: anywhere }
h2 { margin: 1.25rem 0 .25rem; font-size: 1rem }
ul { margin: 0 0 1.5rem; padding-left: 1.25rem }
fieldset { margin: 0; padding: 0; border: 0 }
legend { padding: 0; margin-bottom: .5rem; color: var(--soft) }
.account { display: flex; gap: .75rem; align-items: center; margin-bottom: .5rem; padding: .625rem .75rem;
  border: 1px solid var(--line); border-radius: .75rem; cursor: pointer; line-height: 1.3 }
.account:has(:checked) { border-color: var(--accent); box-shadow: inset 0 0 0 1px var(--accent) }
.account input { accent-color: var(--accent); flex: none; width: 1.125rem; height: 1.125rem }
.letter { display: grid; place-items: center; flex: none; width: 2.25rem; height: 2.25rem; border-radius: 50%;
  background: var(--letter); font-weight: 650 }
small, .small { color: var(--soft); font-size: .875rem }
.small { margin: 1rem 0 0 }
summary { padding: .5rem 0; color: var(--accent); cursor: pointer }
button { width: 100%; min-height: 2.875rem; margin-top: .5rem; border: 1px solid transparent; border-radius: 1.5rem;
  background: var(--accent); color: var(--on-accent); font: inherit; font-weight: 650; cursor: pointer }
button.quiet { background: none; border-color: var(--line); color: inherit }
:focus-visible { outline: 3px solid var(--accent); outline-offset: 2px }
`
