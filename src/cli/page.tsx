/** The small page of development: every flow by buttons and forms, over the JSON routes. It keeps no state of its own. */

import { html, raw } from 'hono/html'
import type { Message } from '../core/index.js'

function Field(props: { label: string; name: string; type: string; autocomplete: string }) {
  const { label, name, type, autocomplete } = props
  return (
    <label>
      {label}
      <input name={name} type={type} autocomplete={autocomplete} required />
    </label>
  )
}

const email = <Field label="Email" name="email" type="email" autocomplete="username" />
const code = <Field label="Code" name="code" type="text" autocomplete="one-time-code" />
const newPassword = <Field label="Password" name="password" type="password" autocomplete="new-password" />
const password = <Field label="Password" name="password" type="password" autocomplete="current-password" />

function Form(props: { id: string; title: string; action: string; button: string; children: unknown }) {
  const { id, title, action, button, children } = props
  return (
    <form id={id} data-action={action}>
      <h2>{title}</h2>
      {children}
      <button>{button}</button>
    </form>
  )
}

function Shell(props: { title: string; children: unknown }) {
  return (
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="color-scheme" content="light dark" />
        <title>{props.title}</title>
        <link rel="stylesheet" href="/page.css" />
      </head>
      <body>{props.children}</body>
    </html>
  )
}

/** The page, on which a link from a message waits for a click. */
export function page(basePath: string) {
  return html`<!doctype html>${(
      <Shell title="Latchkey">
        <header>
          <h1>Latchkey</h1>
          <p>
            Authentication that lives in your own Postgres. This page is for development: it drives every flow
            by the JSON routes below <code>{basePath}</code>. What would be sent stands in the{' '}
            <a href="/dev/inbox">development inbox</a>.
          </p>
          <p role="status" id="status"></p>
        </header>
        <main data-base={basePath}>
          <section id="link" hidden>
            <h2>Finish by the link</h2>
            <div id="link-password" hidden>
              {newPassword}
            </div>
            <button id="link-button">Continue</button>
          </section>
          <section id="signed-in" hidden>
            <h2>
              Signed in as <span id="who"></span>
            </h2>
            <ul id="sessions"></ul>
            <button id="end-others">End the other sessions</button>
            <button id="sign-out">Sign out</button>
          </section>
          <div id="signed-out" hidden>
            <Form id="sign-up" title="Sign up" action="sign-up" button="Sign up">
              {email}
              {newPassword}
            </Form>
            <Form id="verify" title="Prove the address" action="verification/callback" button="Prove">
              {email}
              {code}
            </Form>
            <Form id="sign-in" title="Sign in" action="password/request" button="Sign in">
              {email}
              {password}
            </Form>
            <Form id="magic" title="Sign in by a message" action="magic-link/request" button="Send">
              {email}
            </Form>
            <Form id="otp" title="Sign in by the code" action="email-otp/callback" button="Sign in">
              {email}
              {code}
            </Form>
            <Form id="recover" title="Forgot the password" action="recovery/request" button="Send">
              {email}
            </Form>
            <Form id="reset" title="Set a new password" action="recovery/callback" button="Set">
              {email}
              {code}
              {newPassword}
            </Form>
          </div>
        </main>
        <script src="/page.js" defer></script>
      </Shell>
    )}`
}

/** The inbox: every message that would have been sent, the newest first. */
export function inboxPage(messages: readonly Message[]) {
  return html`<!doctype html>${(
      <Shell title="Development inbox">
        <header>
          <h1>Development inbox</h1>
          <p>
            Messages that would have been sent, the newest first. <a href="/">Back to the page</a>
          </p>
        </header>
        <main>
          {messages.length === 0 ? <p>No message yet.</p> : null}
          {[...messages].reverse().map((message) => (
            <article>
              <h2>{message.event}</h2>
              <p>to {message.to.value}</p>
              {message.code === undefined ? null : <p class="code">{message.code}</p>}
              {message.link === undefined ? null : (
                <p>
                  <a href={message.link}>{message.link}</a>
                </p>
              )}
            </article>
          ))}
        </main>
      </Shell>
    )}`
}

/** The stylesheet of both. */
export const style = String(
  raw(`
:root { color-scheme: light dark; font: 16px/1.5 system-ui, sans-serif; --line: color-mix(in srgb, currentColor 20%, transparent); }
body { max-width: 60rem; margin: 0 auto; padding: 1.5rem; }
h1 { margin: 0; } h2 { font-size: 1.05rem; margin: 0 0 .75rem; }
#signed-out { display: grid; grid-template-columns: repeat(auto-fill, minmax(17rem, 1fr)); gap: 1rem; }
[hidden] { display: none !important; }
form, section, article { border: 1px solid var(--line); border-radius: .75rem; padding: 1rem; margin-bottom: 1rem; }
label { display: block; margin-bottom: .75rem; font-size: .875rem; }
input { display: block; width: 100%; box-sizing: border-box; font: inherit; padding: .5rem; border: 1px solid var(--line); border-radius: .5rem; background: Canvas; color: inherit; }
button { font: inherit; padding: .5rem 1rem; border: 0; border-radius: .5rem; background: #1f5fd0; color: #fff; cursor: pointer; }
li button { margin-left: .5rem; padding: .1rem .6rem; }
.code { font: 700 2rem/1 ui-monospace, monospace; letter-spacing: .2em; }
article a { overflow-wrap: anywhere; }
#status { min-height: 1.5em; font-weight: 600; }
`),
)

/** The script of the page. */
export const script = `
const main = document.querySelector('main');
const base = main.dataset.base;
const status = document.getElementById('status');
const element = (id) => document.getElementById(id);

async function call(method, path, body) {
  const init = { method, headers: body ? { 'content-type': 'application/json' } : {} };
  if (body) init.body = JSON.stringify(body);
  const response = await fetch(base + '/' + path, init);
  const text = await response.text();
  const answer = text === '' ? {} : JSON.parse(text);
  if (!response.ok) {
    const fields = (answer.fields || []).map((f) => f.field + ': ' + f.rule + (f.limit ? ' ' + f.limit : '')).join(', ');
    throw new Error(answer.title + (fields ? ' (' + fields + ')' : ''));
  }
  return answer;
}

async function show() {
  const scope = await call('GET', 'session').catch(() => null);
  element('signed-in').hidden = scope === null;
  element('signed-out').hidden = scope !== null;
  if (scope === null) return;
  element('who').textContent = scope.user.name || scope.user.id;
  const { sessions } = await call('GET', 'sessions');
  element('sessions').replaceChildren(...sessions.map((session) => {
    const item = document.createElement('li');
    item.textContent = (session.userAgent || 'unknown device') + ', since ' + new Date(session.createdAt).toLocaleString() + (session.current ? ' (this one)' : '');
    if (!session.current) {
      const button = document.createElement('button');
      button.textContent = 'End';
      button.addEventListener('click', act(() => call('DELETE', 'sessions/' + session.id), 'The session is over.'));
      item.append(button);
    }
    return item;
  }));
}

function act(work, done) {
  return async (event) => {
    event.preventDefault();
    try { await work(event); status.textContent = done; await show(); }
    catch (error) { status.textContent = error.message; }
  };
}

const done = {
  'sign-up': 'A message is in the inbox: prove the address.', 'verify': 'The address is proven. Sign in now.',
  'sign-in': 'Signed in.', 'magic': 'A message is in the inbox.', 'otp': 'Signed in.',
  'recover': 'If the address is known, a message is in the inbox.', 'reset': 'The password is set. Sign in with it.',
};
for (const form of document.querySelectorAll('form')) {
  const send = () => call('POST', form.dataset.action, Object.fromEntries(new FormData(form)));
  form.addEventListener('submit', act(send, done[form.id]));
}
element('sign-out').addEventListener('click', act(() => call('DELETE', 'session'), 'Signed out.'));
element('end-others').addEventListener('click', act(() => call('DELETE', 'sessions'), 'The other sessions are over.'));

const token = new URLSearchParams(location.search).get('token');
if (token && location.pathname.startsWith(base)) {
  const route = location.pathname.slice(base.length + 1);
  const recovery = route.startsWith('recovery');
  element('link').hidden = false;
  element('link-password').hidden = !recovery;
  history.replaceState(null, '', '/');
  element('link-button').addEventListener('click', act(async () => {
    const input = element('link-password').querySelector('input');
    await call('POST', route, recovery ? { token, password: input.value } : { token });
    element('link').hidden = true;
  }, 'Done.'));
}
show();
`
