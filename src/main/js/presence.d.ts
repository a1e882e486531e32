import type { Switchboard } from './switchboard.js';

export interface UserPresence {
  readonly user_id: string;
  readonly online: boolean;
  readonly last_seen: string | null;
}

export interface Presence {
  /** Resolved once the server has said how the users stand; rejected if the role may not see it. */
  readonly ready: Promise<void>;
  /** Grows with each change. */
  readonly version: number;
  /** Presence of a user; undefined until the server has sent it. */
  get(user: string): UserPresence | undefined;
  /** Those of the users who are online. */
  online(): string[];
  on(name: 'change', listener: (change: { user_id: string }) => unknown): () => void;
  /** Stops following the users, unless others follow them over the same client. */
  stop(): void;
}

/** Presence of these users, from now on until `stop()`. */
export function presence(client: Switchboard, users: readonly string[]): Presence;
