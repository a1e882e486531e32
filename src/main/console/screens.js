/**
 * The screens that the console and the portal share, with the addresses below them.
 *
 * @module
 */
import { lazy } from './lazy.js';
import { route } from './route.js';

const modules = {
  webhooks: () => import('./webhooks.js'),
  form: () => import('./webhook-form.js'),
  attempts: () => import('./attempts.js'),
  log: () => import('./log.js'),
  kept: () => import('./kept.js'),
  users: () => import('./users.js'),
};

export function webhookScreen(/** @type {string[]} */ [id, part, log]) {
  if (!id) {
    return lazy(modules.webhooks, 'Webhooks');
  }
  if (id === 'new' || part === 'edit') {
    return lazy(modules.form, 'WebhookForm', id === 'new' ? {} : { key: id, id });
  }
  return part === 'attempts' && log
    ? lazy(modules.attempts, 'AttemptPage', { key: log, webhook: id, log })
    : lazy(modules.webhooks, 'WebhookPage', { key: id, id });
}

export function attemptsScreen() {
  return lazy(modules.attempts, 'Attempts');
}

export function logScreen() {
  return lazy(modules.log, 'Log');
}

export function keptScreen() {
  const { collection: name } = route().query;
  return name ? lazy(modules.kept, 'KeptCollection', { key: name, name }) : lazy(modules.kept, 'Kept');
}

export function userScreen() {
  const { user } = route().query;
  return user ? lazy(modules.users, 'UserPage', { key: user, user }) : lazy(modules.users, 'Users');
}
