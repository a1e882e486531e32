/**
 * Signing in with an API key, a service token or a user's token.
 *
 * @module
 */
import { call } from './api.js';
import { useAct } from './data.js';
import { html, useEffect, useRef, useState } from './html.js';
import { setSession } from './session.js';
import { Button, Field, Refusal } from './ui.js';

const LOCAL = /^(localhost|127(\.\d+){3}|\[::1\]|.+\.localhost)$/;

/** @param {{ problem: import('./api.js').Problem | undefined }} props */
export function SignIn({ problem }) {
  const field = useRef(/** @type {HTMLInputElement | null} */ (null));
  const [credential, setCredential] = useState('');
  const plain = location.protocol === 'http:' && !LOCAL.test(location.hostname);
  useEffect(() => {
    document.title = 'Sign in · Switchboard';
    field.current?.focus();
  }, []);
  const { run, busy, error } = useAct(async () => {
    const { session } = await call('POST', '/api/v1/console/session', {
      headers: { Authorization: `Bearer ${credential.trim()}` },
    });
    setCredential('');
    setSession(session);
  });
  return html`<main class="signin">
    <form
      onSubmit=${(/** @type {Event} */ event) => {
        event.preventDefault();
        credential.trim() && run();
      }}
    >
      <svg class="logo" viewBox="0 0 32 32" width="40" height="40" aria-hidden="true">
        <rect width="32" height="32" rx="8" />
        <path d="M9 11h3c5 0 4 10 9 10h2M9 21h3c5 0 4-10 9-10h2" />
      </svg>
      <h1>Sign in to Switchboard</h1>
      ${
        plain
          ? html`<div class="refusal" role="alert">
            <div>
              <p><strong>This page came over plain HTTP</strong></p>
              <p>A session can't be kept safe on it, so signing in is off. Open the console over HTTPS, or through a
                tunnel to <code>localhost</code>.</p>
            </div>
          </div>`
          : html`<${Field}
              label="API key or token"
              hint=${html`Make a key with <code>switchboard key create</code>. It stays in this form until it is
                exchanged for a session of at most 12 hours.`}
            >
              ${(/** @type {string} */ id, /** @type {string} */ described) =>
                html`<input
                  id=${id}
                  ref=${field}
                  type="password"
                  class="mono"
                  value=${credential}
                  placeholder="sbk_…"
                  autocomplete="off"
                  spellcheck=${false}
                  required
                  aria-describedby=${described}
                  onInput=${(/** @type {any} */ event) => setCredential(event.target.value)}
                />`}
            </${Field}>
            <${Refusal} error=${error ?? problem} />
            <${Button} type="submit" kind="primary large" busy=${busy}>Sign in</${Button}>`
      }
    </form>
  </main>`;
}
