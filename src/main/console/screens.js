/**
 * The screens that the console and the portal share, with the addresses below them.
 *
 * @module
 */
import { AttemptPage, Attempts } from './attempts.js';
import { html } from './html.js';
import { Kept, KeptCollection } from './kept.js';
import { route } from './route.js';
import { UserPage, Users } from './users.js';
import { WebhookForm } from './webhook-form.js';
import { WebhookPage } from './webhook.js';
import { Webhooks } from './webhooks.js';

export function webhookScreen(/** @type {string[]} */ [id, part, log]) {
  if (!id) {
    return html`<${Webhooks} />`;
  }
  if (id === 'new' || part === 'edit') {
    return id === 'new' ? html`<${WebhookForm} />` : html`<${WebhookForm} key=${id} id=${id} />`;
  }
  return part === 'attempts' && log
    ? html`<${AttemptPage} key=${log} webhook=${id} log=${log} />`
    : html`<${WebhookPage} key=${id} id=${id} />`;
}

export function attemptsScreen() {
  return html`<${Attempts} />`;
}

export function keptScreen() {
  const { collection: name } = route().query;
  return name ? html`<${KeptCollection} key=${name} name=${name} />` : html`<${Kept} />`;
}

export function userScreen() {
  const { user } = route().query;
  return user ? html`<${UserPage} key=${user} user=${user} />` : html`<${Users} />`;
}
