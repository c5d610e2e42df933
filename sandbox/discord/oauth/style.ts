export const pageStyle = `
:root {
  --page: #e9eaf0; --panel: #fff; --text: #23252b; --quiet: #5b5f6a; --line: #d5d7de;
  --main: #4752c4; --main-text: #fff; --yes: #1d7a45; --no: #b3303a;
}
@media (prefers-color-scheme: dark) {
  :root {
    --page: #1a1b1f; --panel: #2b2d33; --text: #f0f1f4; --quiet: #b0b4be; --line: #43464f;
    --main: #5865f2; --yes: #5ccf8f; --no: #ff8a8f;
  }
}
* { box-sizing: border-box }
body {
  margin: 0; min-height: 100vh; display: flex; flex-direction: column; align-items: center; justify-content: center;
  gap: 1rem; padding: 1rem; background: var(--page); color: var(--text); font: 1rem/1.5 system-ui, sans-serif;
}
main {
  width: 100%; max-width: 27rem; padding: 1.5rem; background: var(--panel); border-radius: .75rem;
  box-shadow: 0 .25rem 1.5rem rgb(0 0 0 / .15); overflow-wrap: anywhere;
}
h1 { margin: 0 0 .25rem; font-size: 1.5rem; line-height: 1.25 }
h2 { margin: 1.25rem 0 .5rem; font-size: 1rem }
p { margin: 0 0 .75rem }
fieldset { margin: 0 0 1rem; padding: 0; border: 0; display: grid; gap: .5rem }
.hidden { position: absolute; clip-path: inset(50%) }
.center { text-align: center }
.quiet, footer { color: var(--quiet); font-size: .875rem }
.row {
  display: flex; align-items: center; gap: .75rem; padding: .625rem .75rem;
  border: 1px solid var(--line); border-radius: .5rem;
}
label.row { cursor: pointer }
.names { flex: 1; display: flex; flex-direction: column; line-height: 1.3 }
.avatar {
  flex: none; width: 2.5rem; height: 2.5rem; border-radius: 50%; display: grid; place-items: center;
  color: #fff; font-weight: 600; text-shadow: 0 0 3px rgb(0 0 0 / .6);
}
a { color: inherit }
ul { margin: 0 0 1rem; padding: 0; list-style: none }
li { padding-left: 1.75rem; position: relative }
li::before { position: absolute; left: .25rem; font-weight: 700 }
.yes::before { content: "✓"; color: var(--yes) }
.no::before { content: "✕"; color: var(--no) }
.buttons { display: flex; flex-wrap: wrap; justify-content: space-between; gap: .75rem }
.buttons form { flex: 1 }
button {
  width: 100%; min-height: 2.75rem; padding: .5rem 1rem; border: 1px solid var(--line); border-radius: .5rem;
  background: transparent; color: inherit; font: inherit; font-weight: 600; cursor: pointer;
}
.main { background: var(--main); border-color: var(--main); color: var(--main-text) }
:focus-visible { outline: 3px solid var(--main); outline-offset: 2px }
footer { max-width: 27rem; text-align: center }
`
