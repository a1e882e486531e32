/**
 * Connections of anonymous visitors of a web page to one chat.
 *
 * @module
 */
import { Switchboard } from './switchboard.js';

/** @type {(url: string, options: import('./visitors.js').VisitorOptions) => Switchboard} */
export function visitor(url, { widgetKey, chat, ...options }) {
  if (!widgetKey || !chat) {
    throw new TypeError('give the widgetKey of the page, and the chat that your backend chose');
  }
  return new Switchboard(url, {
    ...options,
    transport: 'websocket',
    path: `/ws/public/${encodeURIComponent(chat)}`,
    params: { widget_key: widgetKey },
  });
}
