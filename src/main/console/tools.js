/**
 * Tools that work in this page alone: nothing typed here is sent anywhere.
 *
 * @module
 */
import { html, useEffect, useState } from './html.js';
import { filter, useRoute } from './route.js';
import { ago, clock, visible } from './text.js';
import { Body, Facts, Field, Head, State, Tabs, area, input } from './ui.js';

/** Seconds that the time of a call may differ. */
const TOLERANCE = 300;

export function Tools() {
  const { query } = useRoute();
  const tool = query.tool ?? 'token';
  return html`<${Head} title="Tools" about="They work in this page alone: nothing typed here leaves it." />
    <${Tabs} tabs=${[
      ['token', 'Token decoder'],
      ['signature', 'Signature verifier'],
    ]} now=${tool} onTab=${(/** @type {string} */ key) => filter({ tool: key }, { replace: true })} />
    ${tool === 'signature' ? html`<${Verifier} />` : html`<${Decoder} />`}`;
}

function Decoder() {
  const [token, setToken] = useState('');
  const decoded = token.trim() ? decodeToken(token.trim()) : undefined;
  return html`<section class="form" aria-label="Token decoder">
    <${Field} label="Token" wide hint="A user's or a service's token, with or without Bearer. Its signature is not verified here.">
      ${area(token, setToken, { rows: 4, placeholder: 'eyJhbGciOi…' })}
    </${Field}>
    ${
      decoded &&
      (decoded.error
        ? html`<p><${State} tone="bad">${decoded.error}</${State}></p>`
        : html`<${Claims} header=${decoded.header} claims=${decoded.claims} />`)
    }
  </section>`;
}

/** @returns {{ error: string, header?: undefined, claims?: undefined } | { error?: undefined, header: any, claims: any }} */
function decodeToken(/** @type {string} */ text) {
  const parts = text.replace(/^Bearer\s+/i, '').split('.');
  if (text.startsWith('sbk_')) {
    return { error: 'This is an API key: it holds nothing to decode.' };
  }
  if (parts.length !== 3) {
    return { error: `A token has three parts with dots between them; this has ${parts.length}.` };
  }
  try {
    const [header, claims] = parts
      .slice(0, 2)
      .map((part) => JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(base64(part))));
    return { header, claims };
  } catch {
    return { error: 'The first two parts are not Base64 of JSON.' };
  }
}

/** Base64 and Base64 for URLs. */
function base64(/** @type {string} */ text) {
  const bytes = atob(text.replace(/-/g, '+').replace(/_/g, '/'));
  return Uint8Array.from(bytes, (one) => one.charCodeAt(0));
}

function Claims(/** @type {{ header: any, claims: any }} */ { header, claims }) {
  const now = Date.now() / 1_000;
  const expired = typeof claims.exp === 'number' && claims.exp < now;
  const early = typeof claims.nbf === 'number' && claims.nbf > now;
  const user = claims.user_id ?? claims.sub;
  return html`<p>
      <${State} tone=${expired || early || claims.exp === undefined ? 'bad' : 'ok'}>${
        claims.exp === undefined
          ? 'It has no exp: nodes refuse it'
          : expired
            ? `Expired ${ago(claims.exp * 1_000)}`
            : early
              ? `Not valid before ${clock(claims.nbf * 1_000)}`
              : `Expires ${ago(claims.exp * 1_000)}`
      }</${State}>
    </p>
    <${Facts}
      of=${[
        ['Signed with', visible(header.alg ?? '–')],
        header.kid !== undefined && ['Key', html`<code>${visible(header.kid)}</code>`],
        [
          'Tenant',
          claims.tenant_id === undefined
            ? html`<${State} tone=${claims.svc ? 'info' : 'bad'}>${claims.svc ? 'all tenants' : 'none: nodes refuse it'}</${State}>`
            : html`<code>${visible(claims.tenant_id)}</code>`,
        ],
        [
          'For',
          claims.svc
            ? 'a service'
            : user === undefined
              ? html`<${State} tone="bad">nobody: nodes refuse it</${State}>`
              : html`the user <code>${visible(user)}</code>`,
        ],
        !claims.svc && ['Role', visible(claims.role ?? 'agent, the default')],
        claims.iat !== undefined && ['Issued', `${clock(claims.iat * 1_000)}, ${ago(claims.iat * 1_000)}`],
        claims.jti !== undefined && ['Id, to revoke it', html`<code>${visible(claims.jti)}</code>`],
      ]}
    />
    <h2>Header</h2>
    <${Body} value=${header} label="header of the token" />
    <h2>Claims</h2>
    <${Body} value=${claims} label="claims of the token" />`;
}

function Verifier() {
  const [fields, setFields] = useState(
    /** @type {Record<string, string>} */ ({ secret: '', id: '', timestamp: '', signature: '', legacy: '', body: '' }),
  );
  const [found, setFound] = useState(/** @type {{ tone: import('./ui.js').Tone, text: string }[]} */ ([]));
  useEffect(() => {
    let current = true;
    verify(fields).then((next) => current && setFound(next));
    return () => {
      current = false;
    };
  }, [fields]);
  const field = (
    /** @type {string} */ name,
    /** @type {string} */ label,
    /** @type {string} */ placeholder,
    /** @type {string | undefined} */ hint = undefined,
  ) => html`<${Field} label=${label} hint=${hint}>
    ${input(fields[name], (value) => setFields({ ...fields, [name]: value.trim() }), { class: 'mono', type: name === 'secret' ? 'password' : 'text', placeholder })}
  </${Field}>`;
  return html`<section class="form two" aria-label="Signature verifier">
    <div>
      ${field('secret', 'Secret or public key', 'whsec_… or whpk_…')}
      ${field('id', 'webhook-id', 'msg_…')}
      ${field('timestamp', 'webhook-timestamp', '1795473000')}
      ${field('signature', 'webhook-signature', 'v1,…')}
      ${field('legacy', 'X-Webhook-Signature', 'hexadecimal', 'The other form; one of both is enough.')}
    </div>
    <div>
      <${Field} label="Body, exactly as received">
        ${area(fields.body, (body) => setFields({ ...fields, body }), { rows: 14 })}
      </${Field}>
    </div>
    <div role="status" class="wide results">${found.map((one) => html`<p><${State} tone=${one.tone}>${one.text}</${State}></p>`)}</div>
  </section>`;
}

/** @returns {Promise<{ tone: import('./ui.js').Tone, text: string }[]>} */
async function verify(
  /** @type {Record<string, string>} */ {
    secret = '',
    id = '',
    timestamp = '',
    signature = '',
    legacy = '',
    body = '',
  },
) {
  if (!secret || (!signature && !legacy)) {
    return [{ tone: 'info', text: 'Fill in the secret, a signature with its headers, and the body.' }];
  }
  if (!crypto.subtle) {
    return [{ tone: 'bad', text: 'This page came over plain HTTP, where the browser offers no cryptography.' }];
  }
  /** @type {{ tone: import('./ui.js').Tone, text: string }[]} */
  const found = [];
  try {
    if (legacy) {
      const good = await hmac(new TextEncoder().encode(secret), body);
      found.push(judged('X-Webhook-Signature', hex(good) === legacy.toLowerCase().replace(/^sha256=/, '')));
    }
    if (signature) {
      const text = `${id}.${timestamp}.${body}`;
      const parts = signature.split(/\s+/);
      const results = await Promise.all(parts.map((part) => verifyOne(part, secret, text)));
      const known = results.filter((one) => one !== undefined);
      found.push(
        known.length
          ? judged('webhook-signature', known.some(Boolean))
          : {
              tone: 'warn',
              text: `webhook-signature has no signature for ${secret.startsWith('whpk_') ? 'a public key (v1a)' : 'a secret (v1)'}`,
            },
      );
      found.push(...timeOf(timestamp));
    }
  } catch (/** @type {any} */ error) {
    found.push({
      tone: 'bad',
      text:
        error instanceof DOMException
          ? 'The secret, key or signature is not valid Base64, or has another length.'
          : String(error.message),
    });
  }
  if (/\n\s*"|:\s/.test(body) && found.some((one) => one.tone === 'bad')) {
    found.push({
      tone: 'info',
      text: 'The body has white space between its members: nodes send none. A formatted body does not verify.',
    });
  }
  return found;
}

/** @returns {{ tone: import('./ui.js').Tone, text: string }} */
function judged(/** @type {string} */ name, /** @type {boolean} */ good) {
  return good
    ? { tone: 'ok', text: `${name} is genuine` }
    : { tone: 'bad', text: `${name} does not fit this secret and these bytes` };
}

/** @returns {{ tone: import('./ui.js').Tone, text: string }[]} */
function timeOf(/** @type {string} */ timestamp) {
  const seconds = Number(timestamp);
  if (!timestamp || !Number.isFinite(seconds)) {
    return [{ tone: 'warn', text: 'webhook-timestamp is not a number of seconds' }];
  }
  return Math.abs(Date.now() / 1_000 - seconds) > TOLERANCE
    ? [{ tone: 'warn', text: `It was signed ${ago(seconds * 1_000)}: receivers refuse more than 5 minutes` }]
    : [];
}

/** @returns {Promise<boolean | undefined>} Undefined if this signature is of another kind than the key */
async function verifyOne(/** @type {string} */ part, /** @type {string} */ secret, /** @type {string} */ text) {
  const [version, value = ''] = part.split(',');
  if (version === 'v1' && !secret.startsWith('whpk_')) {
    const key = secret.startsWith('whsec_') ? base64(secret.slice(6)) : new TextEncoder().encode(secret);
    const good = await hmac(key, text);
    return btoa(String.fromCharCode(...good)) === value;
  }
  if (version === 'v1a' && secret.startsWith('whpk_')) {
    const key = await crypto.subtle.importKey('raw', base64(secret.slice(5)), 'Ed25519', false, ['verify']);
    return crypto.subtle.verify('Ed25519', key, base64(value), new TextEncoder().encode(text));
  }
  return undefined;
}

async function hmac(/** @type {Uint8Array<ArrayBuffer>} */ secret, /** @type {string} */ text) {
  const key = await crypto.subtle.importKey('raw', secret, { name: 'HMAC', hash: 'SHA-256' }, false, ['sign']);
  return new Uint8Array(await crypto.subtle.sign('HMAC', key, new TextEncoder().encode(text)));
}

function hex(/** @type {Uint8Array} */ bytes) {
  return [...bytes].map((one) => one.toString(16).padStart(2, '0')).join('');
}
