/**
 * Signing in with an API key, a service token or a user's token.
 *
 * @module
 */
import { call } from './api.js';
import { useAct } from './data.js';
import { html, useEffect, useRef, useState } from './html.js';
import { setSession } from './session.js';
import { Button, Field, Logo, Refusal, input, sending } from './ui.js';

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
    <form onSubmit=${sending(() => credential.trim() && run())}>
      <${Logo} size=${40} />
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
              ${input(credential, setCredential, { ref: field, type: 'password', class: 'mono', placeholder: 'sbk_…', required: true })}
            </${Field}>
            <${Refusal} error=${error ?? problem} />
            <${Button} type="submit" kind="primary large" busy=${busy}>Sign in</${Button}>`
      }
    </form>
  </main>`;
}
