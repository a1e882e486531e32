import type { Options, Switchboard } from './switchboard.js';

export interface VisitorOptions
  extends Omit<Options, 'token' | 'ticket' | 'transport' | 'path' | 'params' | 'topics' | 'users' | 'kept'> {
  /** Names the tenant and the origins of its pages; no secret. */
  widgetKey: string;
  /** The chat's id, chosen by your backend and impossible to guess. */
  chat: string;
}

/**
 * Opens a visitor's connection: it sees the `chat.*` events of its chat, and may publish
 * `chat.message` and `chat.typing`. The server sets the chat of what it publishes.
 */
export function visitor(url: string, options: VisitorOptions): Switchboard;
